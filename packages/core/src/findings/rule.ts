import type { Confidence, Severity } from '../model/lines.ts'
import type { Nanoseconds, PacketNumber } from '../units.ts'
import type { Facts } from './facts.ts'

/** Why a packet is evidence: ids of messages (story/messages). */
export type Reason = 'fin' | 'rst' | 'other-fin' | 'head-ends' | 'body-begins' | 'last-byte' | 'date-header'

export interface Evidence {
  packet: PacketNumber
  why: Reason
}

/** What a rule found in one conversation; `params` fill the rule's message in both languages. */
export interface Finding<P extends Params = Params> {
  severity: Severity
  confidence: Confidence
  evidence: Evidence[]
  /** The time that it explains. */
  interval: [Nanoseconds, Nanoseconds]
  params: P
}

export type Params = Record<string, string | number | boolean | null | number[]>

/** One diagnosis. `needs` names the facts that run() is given, and nothing else. */
export interface Rule<K extends keyof Facts = keyof Facts, P extends Params = Params> {
  /** Group and name: `tcp/who-closed-first`. */
  id: string
  /** RFC section or other source of the rule. */
  cites: string
  needs: readonly K[]
  run(facts: Pick<Facts, K>): Finding<P>[]
  /** For who only counts: the severity of the one finding that run() returns, or null if it returns none. A rule that
   *  may return several has none, and is run. */
  judge?(facts: Pick<Facts, K>): Severity | null
}

/** Ties `needs` to what run() may read. */
export function defineRule<K extends keyof Facts, P extends Params>(rule: Rule<K, P>): Rule<K, P> {
  return rule
}
