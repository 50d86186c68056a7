import type { Nanoseconds } from '../../units.ts'

/** Turns the capture's times into the contract's: RFC 3339 UTC with nanoseconds. */
export class CaptureClock {
  /** Second of the first packet: the origin of relative times. */
  baseSeconds = 0
  /** False when the source has no date, or no zone: then there is no time to give. */
  dated = true
  /** The last text of a second: nearly every packet shares it with the one before. */
  private second = Number.NaN
  private text = ''

  /** Of a packet: exact. */
  format(seconds: number, nanos: number): string | null {
    if (!this.dated) return null
    if (seconds !== this.second) {
      this.second = seconds
      this.text = secondText(seconds)
    }
    return `${this.text}.${String(nanos).padStart(9, '0')}Z`
  }

  /** Of a time relative to the base second. */
  formatRelative(time: Nanoseconds): string | null {
    const seconds = Math.floor(time / 1e9)
    return this.format(this.baseSeconds + seconds, Math.round(time - seconds * 1e9))
  }

  /** Seconds since 1970, or null without a date. */
  toUnix(time: Nanoseconds): number | null {
    return this.dated ? this.baseSeconds + time / 1e9 : null
  }
}

/** Date and time up to the second. Beyond what a Date holds (a damaged capture), the epoch. */
function secondText(seconds: number): string {
  const ms = seconds * 1000
  return new Date(Math.abs(ms) <= 8.64e15 ? ms : 0).toISOString().slice(0, -5)
}
