import type { ConversationRecord } from '../conversation/record.ts'
import type { Severity } from '../model/lines.ts'
import type { Reason } from '../story/messages/conclusion-types.ts'
import type { Milliseconds } from '../units.ts'

/** What a choice among conversations looks at. */
export interface Merits {
  readonly line: ConversationRecord
  readonly exchangeCount: number
  readonly findings: Readonly<Record<Severity, number>>
  readonly incomplete: number
  /** Worst HTTP status, 0 = none. */
  readonly worstStatus: number
  readonly slowestWait: Milliseconds
}

/** Points a reason is worth. A finding's severity weighs most; what merely differs from the plain course least. */
const WEIGHT: Record<Severity, number> = { error: 100, warn: 40, note: 6, info: 0 }

/** Score, and the reasons that made it, weightiest first. */
export function judge(merits: Merits): { score: number; reasons: Reason[] } {
  const { line, findings } = merits
  const won: { points: number; reason: Reason }[] = []
  for (const severity of ['error', 'warn', 'note'] as const) {
    const count = findings[severity]
    if (count > 0)
      won.push({ points: WEIGHT[severity] * Math.min(count, 3), reason: { kind: 'findings', severity, count } })
  }
  if (line.open === 'refused') won.push({ points: 35, reason: { kind: 'refused' } })
  else if (line.open === 'unanswered') won.push({ points: 35, reason: { kind: 'unanswered' } })
  else if (line.close === 'reset') won.push({ points: 30, reason: { kind: 'reset' } })
  if (line.open === 'simultaneous' || line.open === 'fast-open')
    won.push({ points: 12, reason: { kind: 'unusual-open' } })
  if (line.close === 'simultaneous' || line.close === 'half-closed')
    won.push({ points: 12, reason: { kind: 'unusual-close' } })
  if (merits.worstStatus >= 400) {
    won.push({ points: merits.worstStatus >= 500 ? 25 : 10, reason: { kind: 'status', status: merits.worstStatus } })
  }
  if (merits.incomplete > 0) won.push({ points: 20, reason: { kind: 'incomplete-exchange' } })
  const retransmitted = line.retransmissions.client + line.retransmissions.server
  if (retransmitted > 0) {
    won.push({ points: Math.min(24, 8 + 2 * retransmitted), reason: { kind: 'retransmissions', count: retransmitted } })
  }
  won.sort((a, b) => b.points - a.points)
  return { score: won.reduce((sum, { points }) => sum + points, 0), reasons: won.map(({ reason }) => reason) }
}

/** Conversations of one shape went alike as far as a reader cares; one of them in full is enough. */
export function shapeOf(merits: Merits): string {
  const { line } = merits
  const lost = line.retransmissions.client + line.retransmissions.server > 0
  const worst = merits.findings.error > 0 ? 'error' : merits.findings.warn > 0 ? 'warn' : ''
  return [
    line.open,
    line.close,
    line.closedFirst,
    lost,
    worst,
    merits.incomplete > 0,
    Math.floor(merits.worstStatus / 100),
  ].join(' ')
}
