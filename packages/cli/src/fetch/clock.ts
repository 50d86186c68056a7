/** Milliseconds since the process began, monotonic: fractions down to a nanosecond, of which microseconds can be
 *  trusted. */
export type Moment = number

export function now(): Moment {
  return performance.now()
}

/** Nanoseconds since 1970 of a moment, on the clock that packets are stamped by (CLOCK_REALTIME). */
function wallClock(at: Moment): bigint {
  return BigInt(Math.round(performance.timeOrigin * 1000)) * 1000n + BigInt(Math.round(at * 1e6))
}

/** The same as RFC 3339, UTC, with nanoseconds. */
export function timestamp(at: Moment): string {
  const ns = wallClock(at)
  const seconds = new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`
}
