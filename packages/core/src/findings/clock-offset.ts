import type { Severity } from '../model/lines.ts'
import type { ClockFacts, ExchangeFacts } from './facts.ts'
import { defineRule, type Finding } from './rule.ts'

export interface ClockOffset extends Record<string, number> {
  /** Server's clock minus the capture's, in seconds, to the microsecond. */
  offsetSeconds: number
}

/** Below, the Date header's whole seconds, caching and the way to the capture point explain it. */
const TOLERANCE_SECONDS = 3

/** The server's Date header (generated when the response was, RFC 9110 §6.6.1) against the capture's clock. */
export const clockOffset = defineRule<'exchanges' | 'clock', ClockOffset>({
  id: 'http/clock-offset',
  cites: 'RFC 9110 §6.6.1',
  needs: ['exchanges', 'clock'],
  judge: ({ exchanges, clock }): Severity | null => (offsetOf(exchanges, clock) === null ? null : 'info'),
  run({ exchanges, clock }): Finding<ClockOffset>[] {
    const offset = offsetOf(exchanges, clock)
    if (offset === null) return []
    return [
      {
        severity: 'info',
        confidence: 'likely',
        evidence: [{ packet: exchanges.datePacket, why: 'date-header' }],
        interval: [exchanges.dateTime, exchanges.dateTime],
        params: { offsetSeconds: Math.round(offset * 1e6) / 1e6 },
      },
    ]
  },
})

/** In seconds; null: none that is worth telling, or nobody can tell. */
function offsetOf(exchanges: ExchangeFacts, clock: ClockFacts): number | null {
  if (exchanges.date === null) return null
  const captured = clock.toUnix(exchanges.dateTime)
  if (captured === null) return null
  // The header names a whole second: the server's clock stood somewhere within it.
  const offset = captured < exchanges.date ? exchanges.date - captured : Math.min(0, exchanges.date + 1 - captured)
  return Math.abs(offset) < TOLERANCE_SECONDS ? null : offset
}
