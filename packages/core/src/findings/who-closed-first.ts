import type { Severity, SideName } from '../model/lines.ts'
import { defineRule, type Evidence, type Finding } from './rule.ts'

export interface WhoClosedFirst extends Record<string, string | null> {
  first: SideName | 'both'
  timeWait: SideName | 'both' | 'none' | null
}

/** Who sent the first FIN, and who therefore keeps TIME_WAIT. Resets are other rules' business. */
export const whoClosedFirst = defineRule<'close', WhoClosedFirst>({
  id: 'tcp/who-closed-first',
  cites: 'RFC 9293 §3.6, §3.3.2',
  needs: ['close'],
  judge({ close }): Severity | null {
    const isKnown = close.first !== null && close.first !== 'none' && !close.reset
    return isKnown && (close.packets.client !== 0 || close.packets.server !== 0) ? 'info' : null
  },
  run({ close }): Finding<WhoClosedFirst>[] {
    const { first, packets } = close
    if (first === null || first === 'none' || close.reset) return []
    const evidence: Evidence[] = []
    const closer = first === 'server' ? packets.server : packets.client
    const other = first === 'server' ? packets.client : packets.server
    if (closer !== 0) evidence.push({ packet: closer, why: 'fin' })
    if (other !== 0) evidence.push({ packet: other, why: first === 'both' ? 'fin' : 'other-fin' })
    if (evidence.length === 0) return []
    const confidence = close.isWhole && closer !== 0 ? 'certain' : 'likely'
    return [
      {
        severity: 'info',
        confidence,
        evidence,
        interval: [close.time, close.end],
        params: { first, timeWait: close.timeWait },
      },
    ]
  },
})
