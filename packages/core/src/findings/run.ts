import type { Facts } from './facts.ts'
import type { Finding, Rule } from './rule.ts'

/** Runs one rule. Null: it threw. That is the rule's failure, told as such, and stops nothing else. */
export function runRule(rule: Rule, facts: Facts): Finding[] | null {
  try {
    return rule.run(facts)
  } catch {
    return null
  }
}
