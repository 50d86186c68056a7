/** Time stamps of pcapng: a 64-bit count of units, whose size the interface gives (if_tsresol), made into seconds and
 *  nanoseconds exactly, rounded down, without BigInt. https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html#section-4.2 */

/** What RFC 3339 can write: years 0 to 9999. A time stamp outside is held at the border. */
const EARLIEST_SECONDS = -62_167_219_200
const LATEST_SECONDS = 253_402_300_799

/** Where splitTime() puts its result; a PacketRecord will do. */
export interface SplitTime {
  seconds: number
  nanos: number
}

/** How the time stamps of one interface are to be read. */
export interface Resolution {
  /** Units per second are 10 or 2 to this power. */
  readonly base: 10 | 2
  readonly exponent: number
  /** Added to every time stamp (if_tsoffset). */
  readonly offsetSeconds: number
}

export const MICROSECONDS: Resolution = { base: 10, exponent: 6, offsetSeconds: 0 }

/** The value of if_tsresol, or null where it cannot be (units finer than 64 bits can count). */
export function readResolution(value: number, offsetSeconds: number): Resolution | null {
  const exponent = value & 0x7f
  if (value & 0x80) return exponent > 63 ? null : { base: 2, exponent, offsetSeconds }
  return exponent > 19 ? null : { base: 10, exponent, offsetSeconds }
}

export function ticksPerSecond(resolution: Resolution): number {
  return resolution.base ** resolution.exponent
}

const POWERS_OF_TEN = Array.from({ length: 11 }, (_, i) => 10 ** i)
const TWO_32 = 2 ** 32
/** Counts whose high half is less are under 2^53. */
const EXACT_HIGH = 2 ** 21
const limbs = new Float64Array(8)

/** Quotient of the last divide(), as high and low 32 bits. An array, since V8 allocates for a number in a variable. */
const quotient = new Float64Array(2)

/** Divides high·2^32 + low by a divisor ≤ 2^37: returns the remainder, leaves the quotient in the array above.
 *  Long division in digits of 16 bits: each intermediate value stays under 2^53, where doubles are exact. */
function divide(high: number, low: number, divisor: number): number {
  const q0 = Math.floor(high / divisor)
  let rest = (high - q0 * divisor) * 65536 + (low >>> 16)
  const q1 = Math.floor(rest / divisor)
  rest = (rest - q1 * divisor) * 65536 + (low & 0xffff)
  const q2 = Math.floor(rest / divisor)
  quotient[0] = q0
  quotient[1] = q1 * 65536 + q2
  return rest - q2 * divisor
}

/** Makes a count of units (two unsigned 32-bit halves) into a time. */
export function splitTime(into: SplitTime, high: number, low: number, resolution: Resolution): void {
  const { base, exponent } = resolution
  if (base === 10 && exponent <= 9 && high < EXACT_HIGH) {
    // Microseconds until 2255: one division of exact doubles.
    const ticks = high * TWO_32 + low
    const perSecond = POWERS_OF_TEN[exponent]
    const seconds = Math.floor(ticks / perSecond)
    into.seconds = seconds
    into.nanos = Math.imul(ticks - seconds * perSecond, POWERS_OF_TEN[9 - exponent])
  } else if (base === 10 && exponent === 9) {
    splitNanoseconds(into, high, low)
  } else if (base === 2) {
    splitBinary(into, high, low, exponent)
  } else if (exponent <= 9) {
    const rest = divide(high, low, POWERS_OF_TEN[exponent])
    into.seconds = quotient[0] * TWO_32 + quotient[1]
    into.nanos = rest * POWERS_OF_TEN[9 - exponent]
  } else {
    divide(high, low, POWERS_OF_TEN[exponent - 9])
    into.nanos = divide(quotient[0], quotient[1], 1e9)
    into.seconds = quotient[0] * TWO_32 + quotient[1]
  }
  into.seconds = Math.min(Math.max(into.seconds + resolution.offsetSeconds, EARLIEST_SECONDS), LATEST_SECONDS)
}

/** The quotient of rounded doubles is off by one at most; the remainder's 32 bits, which wrap exactly, tell. */
function splitNanoseconds(into: SplitTime, high: number, low: number): void {
  let seconds = Math.floor((high * TWO_32 + low) / 1e9)
  let nanos = (low - Math.imul(seconds, 1e9)) >>> 0
  if (nanos >= 2e9) {
    seconds--
    nanos = (nanos + 1e9) >>> 0
  } else if (nanos >= 1e9) {
    seconds++
    nanos -= 1e9
  }
  into.seconds = seconds
  into.nanos = nanos
}

function splitBinary(into: SplitTime, high: number, low: number, exponent: number): void {
  if (exponent >= 32) {
    const unit = 2 ** (exponent - 32)
    into.seconds = Math.floor(high / unit)
    high -= into.seconds * unit
  } else {
    const unit = 2 ** exponent
    const whole = Math.floor(low / unit)
    into.seconds = high * (TWO_32 / unit) + whole
    low -= whole * unit
    high = 0
  }
  // nanos = floor((high·2^32 + low) · 10^9 / 2^exponent), multiplied out in digits of 16 bits.
  let carry = 0
  for (let i = 0; i < 4; i++) {
    const digit = i === 0 ? low & 0xffff : i === 1 ? low >>> 16 : i === 2 ? high & 0xffff : high >>> 16
    carry += digit * 1e9
    limbs[i] = carry % 65536
    carry = Math.floor(carry / 65536)
  }
  limbs[4] = carry % 65536
  limbs[5] = Math.floor(carry / 65536)
  const q = exponent >>> 4
  const shifted = limbs[q] + limbs[q + 1] * 65536 + limbs[q + 2] * TWO_32
  into.nanos = Math.floor(shifted / 2 ** (exponent & 15))
}
