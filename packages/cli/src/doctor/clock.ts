import type { Koffi } from '../capture/koffi.ts'
import type { Fact } from './check.ts'
import type { Machine } from './machine.ts'

/** struct timex, adjtimex(2), is a long (of which `modes` takes an int: 0 sets nothing), then longs. */
const MAX_ERROR = 3
const STATUS = 5
const LARGEST_BYTES = 512
/** No clock is kept by another one. */
const STA_UNSYNC = 0x40

/** Whether the clock that stamps packets is held to others. */
export function checkClock({ koffi }: Machine): readonly Fact[] {
  const found = koffi.it === null || process.platform !== 'linux' ? null : readClock(koffi.it)
  if (found === null) return [{ check: 'clock', status: 'unknown', isSynchronised: null, errorMs: null }]
  return [{ check: 'clock', status: found.isSynchronised ? 'ok' : 'note', ...found }]
}

function readClock(koffi: Koffi): { isSynchronised: boolean; errorMs: number | null } | null {
  try {
    const long = koffi.sizeof('long')
    const timex = new Uint8Array(LARGEST_BYTES)
    const adjtimex = koffi.load(null).func('int adjtimex(void *)') as unknown as (timex: Uint8Array) => number
    if (adjtimex(timex) < 0) return null
    const [status] = new Int32Array(timex.buffer, STATUS * long, 1)
    if ((status & STA_UNSYNC) !== 0) return { isSynchronised: false, errorMs: null }
    const Longs = long === 8 ? BigInt64Array : Int32Array
    const [errorMicroseconds] = new Longs(timex.buffer, MAX_ERROR * long, 1)
    return { isSynchronised: true, errorMs: Number(errorMicroseconds) / 1000 }
  } catch {
    return null
  }
}
