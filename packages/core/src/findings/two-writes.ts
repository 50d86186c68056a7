import type { Severity, SideName } from '../model/lines.ts'
import { defineRule, type Finding } from './rule.ts'

export interface TwoWrites extends Record<string, string | number> {
  side: SideName
  headBytes: number
  bodyBytes: number
  times: number
}

/** A message whose head and body left in segments of their own although one segment would have held both: the program
 *  wrote them apart (a stack merges writes, but does not split what fits). Precondition of the Nagle stall. */
export const twoWrites = defineRule<'exchanges', TwoWrites>({
  id: 'tcp/two-writes',
  cites: 'RFC 9293 §3.7.4, §3.9.1.2',
  needs: ['exchanges'],
  judge({ exchanges }): Severity | null {
    return exchanges.split === null ? null : 'note'
  },
  run({ exchanges }): Finding<TwoWrites>[] {
    const { split } = exchanges
    if (split === null) return []
    return [
      {
        severity: 'note',
        confidence: 'certain',
        evidence: [
          { packet: split.headPacket, why: 'head-ends' },
          { packet: split.bodyPacket, why: 'body-begins' },
        ],
        interval: [split.time, split.time],
        params: { side: split.side, headBytes: split.headBytes, bodyBytes: split.bodyBytes, times: exchanges.splits },
      },
    ]
  },
})
