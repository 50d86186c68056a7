import type { Severity, SideName } from '../model/lines.ts'
import type { Nanoseconds } from '../units.ts'
import type { CloseFacts, ExchangeFacts } from './facts.ts'
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
  judge: ({ close, exchanges }): Severity | null => (idleTime(close, exchanges) === null ? null : 'info'),
  run({ close, exchanges }): Finding<IdleClose>[] {
    const closer = close.first
    const idle = idleTime(close, exchanges)
    if (idle === null || (closer !== 'client' && closer !== 'server') || exchanges.idleFrom === null) return []
    const packet = close.packets[closer]
    return [
      {
        severity: 'info',
        confidence: 'certain',
        evidence: [
          { packet: exchanges.lastPacket, why: 'last-byte' },
          { packet, why: close.reset ? 'rst' : 'fin' },
        ],
        interval: [exchanges.idleFrom, close.time],
        params: { closer, idleMs: idle / 1e6, offeredSeconds: exchanges.lastKeepAlive },
      },
    ]
  },
})

/** How long the connection had been idle when one side closed it; null: it had not, or nobody can tell. */
function idleTime(close: CloseFacts, exchanges: ExchangeFacts): Nanoseconds | null {
  if (exchanges.idleFrom === null) return null
  const closer = close.first
  if (closer !== 'client' && closer !== 'server') return null
  const idle = close.time - exchanges.idleFrom
  return close.packets[closer] === 0 || idle < IDLE_NS ? null : idle
}
