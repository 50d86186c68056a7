import type { Facts } from './facts.ts'
import type { Finding, Rule } from './rule.ts'

/** Runs one rule. A rule that throws is that rule's failure, told as a finding of its own, and stops nothing else. */
export function runRule(rule: Rule, facts: Facts): Finding[] {
  return rule.run(facts)
}
