/** No zone changes its offset within a quarter of an hour. */
const STEP_SECONDS = 900

/** Seconds that local time (TZ, else the system's) is ahead of UTC, kept for the quarter of an hour last asked for. */
export function localZone(): (epochSeconds: number) => number {
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

function offsetAt(epochSeconds: number): number {
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
