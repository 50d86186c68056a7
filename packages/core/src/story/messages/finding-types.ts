import type { ClockOffset } from '../../findings/clock-offset.ts'
import type { IdleClose } from '../../findings/idle-close.ts'
import type { Reason } from '../../findings/rule.ts'
import type { TwoWrites } from '../../findings/two-writes.ts'
import type { WhoClosedFirst } from '../../findings/who-closed-first.ts'

/** What a finding says: the sentence, what to do about it, and what else it could be. */
export interface FindingText {
  text: string
  advice: string | null
  alternative: string | null
}

/** One message a rule; a language that lacks one does not compile. */
export interface FindingMessages {
  'tcp/who-closed-first'(p: WhoClosedFirst): FindingText
  'tcp/two-writes'(p: TwoWrites): FindingText
  'http/idle-close'(p: IdleClose): FindingText
  'http/clock-offset'(p: ClockOffset): FindingText
}

export interface FindingWords {
  findings: FindingMessages
  why: Record<Reason, string>
}
