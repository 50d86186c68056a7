import type { Nanoseconds } from '../../units.ts'

/** Turns the capture's times into the contract's: RFC 3339 UTC with nanoseconds. */
export class CaptureClock {
  /** Second of the first packet: the origin of relative times. */
  baseSeconds = 0
  /** False when the source has no date, or no zone: then there is no time to give. */
  dated = true
  /** The last text of a second: nearly every packet shares it with the one before. */
  private second = Number.NaN
  private text: string | null = null

  /** Of a packet: exact. Null without a date, or beyond the years that RFC 3339 can write. */
  format(seconds: number, nanos: number): string | null {
    if (!this.dated) return null
    if (seconds !== this.second) {
      this.second = seconds
      this.text = secondText(seconds)
    }
    return this.text === null ? null : `${this.text}.${String(nanos).padStart(9, '0')}Z`
  }

  /** Of a time relative to the base second. */
  formatRelative(time: Nanoseconds): string | null {
    const whole = Math.round(time)
    const seconds = Math.floor(whole / 1e9)
    return this.format(this.baseSeconds + seconds, whole - seconds * 1e9)
  }

  /** Seconds since 1970, or null without a date. */
  toUnix(time: Nanoseconds): number | null {
    return this.dated ? this.baseSeconds + time / 1e9 : null
  }
}

/** RFC 3339 years have four digits: 0000-01-01 to 9999-12-31. */
const FIRST_SECOND = -62_167_219_200
const LAST_SECOND = 253_402_300_799

/** Date and time up to the second; null where RFC 3339 cannot write it (a damaged capture). */
function secondText(seconds: number): string | null {
  if (!(seconds >= FIRST_SECOND && seconds <= LAST_SECOND)) return null
  return new Date(seconds * 1000).toISOString().slice(0, -5)
}
