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
  run({ exchanges, clock }): Finding<ClockOffset>[] {
    if (exchanges.date === null) return []
    const captured = clock.toUnix(exchanges.dateTime)
    if (captured === null) return []
    // The header names a whole second: the server's clock stood somewhere within it.
    const offset = captured < exchanges.date ? exchanges.date - captured : Math.min(0, exchanges.date + 1 - captured)
    if (Math.abs(offset) < TOLERANCE_SECONDS) return []
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
