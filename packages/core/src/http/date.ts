import type { Offset } from '../units.ts'
import { ascii, equalsWord, isDigit, SPACE } from './text.ts'

const GMT = ascii('gmt')
/** Three letters in lower case as one number. */
function monthKey(first: number, second: number, third: number): number {
  return ((first | 32) << 16) | ((second | 32) << 8) | (third | 32)
}
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'
  .split(' ')
  .map((name) => monthKey(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)))

function digits(b: Uint8Array, at: Offset, count: number): number {
  let value = 0
  for (let i = at; i < at + count; i++) {
    if (!isDigit(b[i])) return -1
    value = value * 10 + b[i] - 48
  }
  return value
}

/** 0 to 11, or -1. */
function month(b: Uint8Array, at: Offset): number {
  return MONTHS.indexOf(monthKey(b[at], b[at + 1], b[at + 2]))
}

/** Days since 1970-01-01 of a date in the proleptic Gregorian calendar; month 0 to 11. */
function dayNumber(year: number, monthIndex: number, day: number): number {
  // Years begin in March, so that the leap day is the last one.
  const y = monthIndex < 2 ? year - 1 : year
  const m = (monthIndex + 10) % 12
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * m + 2) / 5) + day - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

function clock(b: Uint8Array, at: Offset): number {
  const h = digits(b, at, 2)
  const m = digits(b, at + 3, 2)
  const s = digits(b, at + 6, 2)
  // A leap second is written as 60 (RFC 9110 §5.6.7).
  if (b[at + 2] !== 58 || b[at + 5] !== 58 || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 60) return -1
  return h * 3600 + m * 60 + s
}

function combine(year: number, monthIndex: number, day: number, seconds: number): number | null {
  if (year < 0 || monthIndex < 0 || day < 1 || day > 31 || seconds < 0) return null
  return dayNumber(year, monthIndex, day) * 86400 + seconds
}

/** HTTP-date in b[at, end) as seconds since 1970, RFC 9110 §5.6.7: IMF-fixdate, RFC 850 and asctime form.
 *  Null when it is none of them. The two-digit year of RFC 850 is read as 1970 to 2069: this floor has no clock. */
export function parseHttpDate(b: Uint8Array, at: Offset, end: Offset): number | null {
  const length = end - at
  // Sun, 06 Nov 1994 08:49:37 GMT
  if (length === 29 && b[at + 3] === 44 && b[at + 7] === SPACE && equalsWord(b, end - 3, GMT)) {
    return combine(digits(b, at + 12, 4), month(b, at + 8), digits(b, at + 5, 2), clock(b, at + 17))
  }
  // Sun Nov  6 08:49:37 1994
  if (length === 24 && b[at + 3] === SPACE) {
    const day = b[at + 8] === SPACE ? digits(b, at + 9, 1) : digits(b, at + 8, 2)
    return combine(digits(b, at + 20, 4), month(b, at + 4), day, clock(b, at + 11))
  }
  // Sunday, 06-Nov-94 08:49:37 GMT
  const comma = end - 24
  if (
    comma > at &&
    length <= 33 &&
    equalsWord(b, end - 3, GMT) &&
    b[comma] === 44 &&
    b[comma + 4] === 45 &&
    b[comma + 8] === 45
  ) {
    const short = digits(b, comma + 9, 2)
    if (short < 0) return null
    const year = short < 70 ? 2000 + short : 1900 + short
    return combine(year, month(b, comma + 5), digits(b, comma + 2, 2), clock(b, comma + 12))
  }
  return null
}
