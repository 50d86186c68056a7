import { existsSync } from 'node:fs'
import { posixZone } from './posix-zone.ts'

/** No zone changes its offset within a quarter of an hour. */
const STEP_SECONDS = 900

/** Seconds that local time (TZ, else the system's) is ahead of UTC, kept for the quarter of an hour last asked for. */
export function localZone(): (epochSeconds: number) => number {
  const offsetAt = spelledOut() ?? systemOffset
  let lastStep = Number.NaN
  let last = 0
  return (epochSeconds) => {
    const step = Math.floor(epochSeconds / STEP_SECONDS)
    if (step !== lastStep) {
      lastStep = step
      last = offsetAt(step * STEP_SECONDS)
    }
    return last
  }
}

/** A zone that TZ spells out, which JavaScript knows in part only. As for the C library, a zone's file of that name comes first. */
function spelledOut(): ((epochSeconds: number) => number) | null {
  const { TZ } = process.env
  return TZ === undefined || existsSync(`/usr/share/zoneinfo/${TZ.replace(/^:/, '')}`) ? null : posixZone(TZ)
}

function systemOffset(epochSeconds: number): number {
  const time = new Date(epochSeconds * 1000)
  // Not getTimezoneOffset(), which knows whole minutes only: some zones once had odd seconds.
  const local = Date.UTC(2000, time.getMonth(), time.getDate(), time.getHours(), time.getMinutes(), time.getSeconds())
  const utc = Date.UTC(
    2000,
    time.getUTCMonth(),
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
  )
  const seconds = (local - utc) / 1000
  // Local time and UTC on two sides of New Year; a leap year either way.
  const days = time.getFullYear() - time.getUTCFullYear()
  return Number.isNaN(seconds) ? 0 : seconds + days * 366 * 86_400
}
