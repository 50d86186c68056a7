import type { SideName } from '../model/lines.ts'
import { defineRule, type Finding } from './rule.ts'

export interface IdleClose extends Record<string, string | number | null> {
  closer: SideName
  idleMs: number
  /** Seconds that the server's Keep-Alive header offered, or null. */
  offeredSeconds: number | null
}

/** Shorter pauses are the end of a page or a script, not an idle timeout. */
const IDLE_NS = 1e9

/** A persistent connection that one side closed after it had been idle: whose timeout it was. */
export const idleClose = defineRule<'close' | 'exchanges', IdleClose>({
  id: 'http/idle-close',
  cites: 'RFC 9112 §9.3, §9.5',
  needs: ['close', 'exchanges'],
  run({ close, exchanges }): Finding<IdleClose>[] {
    const closer = close.first
    if (closer !== 'client' && closer !== 'server') return []
    if (exchanges.lastEnd === null || !exchanges.lastIsPersistent) return []
    const packet = close.packets[closer]
    const idle = close.time - exchanges.lastEnd
    if (packet === 0 || idle < IDLE_NS) return []
    return [
      {
        severity: 'info',
        confidence: 'certain',
        evidence: [
          { packet: exchanges.lastPacket, why: 'last-byte' },
          { packet, why: close.reset ? 'rst' : 'fin' },
        ],
        interval: [exchanges.lastEnd, close.time],
        params: { closer, idleMs: idle / 1e6, offeredSeconds: exchanges.lastKeepAlive },
      },
    ]
  },
})
