import type { Milliseconds } from '../units.ts'

/** Times of report lines as milliseconds, for differences only.
 *  A float64 of milliseconds since 1970 holds about 0.2 µs: whole seconds are subtracted first to keep nanoseconds. */
export interface Instant {
  /** Whole seconds since 1970, or since midnight for a source without a date. */
  readonly seconds: number
  readonly nanos: number
  readonly dated: boolean
}

const SHAPE = /^(?:(\d{4,})-(\d\d)-(\d\d)T)?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/

/** Reads `time` (RFC 3339, UTC) or else `clock` (as printed). Null when neither tells a time of day. */
export function readInstant(time: string | null, clock: string | undefined): Instant | null {
  const match = SHAPE.exec(time ?? clock ?? '')
  if (match === null) return null
  const [, year, month, day, hour, minute, second, fraction] = match
  const dated = year !== undefined
  const days = dated ? Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000 : 0
  return {
    seconds: days + Number(hour) * 3600 + Number(minute) * 60 + Number(second),
    nanos: fraction === undefined ? 0 : Number(fraction.padEnd(9, '0')),
    dated,
  }
}

/** Milliseconds from `from` to `to`. Without dates, going back by more than half a day means past midnight. */
export function elapsed(from: Instant, to: Instant): Milliseconds {
  let seconds = to.seconds - from.seconds
  if (!from.dated && !to.dated && seconds < -43_200) seconds += 86_400
  return seconds * 1000 + (to.nanos - from.nanos) / 1e6
}
