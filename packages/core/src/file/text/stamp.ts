import { isDigit, isSpace, type Scanner } from './scan.ts'

/** A time stamp as tcpdump prints it.
 *  `clock`: time of day without a date (no option, or -ttttt); also a -ttt delta, which looks the same.
 *  `date`: date and time of an unnamed zone (-tttt). `zoned`: with a zone (not tcpdump's, but seen in tickets).
 *  `epoch`: Unix time (-tt). `delta`: microseconds since the previous packet, as tcpdump 3.x prints -ttt. */
export interface Stamp {
  readonly kind: 'clock' | 'date' | 'zoned' | 'epoch' | 'delta'
  /** As printed. */
  readonly clock: string
  /** Seconds since midnight, the epoch or the previous packet, and nanoseconds in 0..999,999,999. */
  readonly seconds: number
  readonly nanos: number
}

/** Reads the stamp at the cursor; null, with the cursor unmoved, if there is none. */
export function readStamp(s: Scanner): Stamp | null {
  const from = s.at
  const stamp = readDated(s, from) ?? readClock(s, from, null) ?? readEpoch(s, from) ?? readOldDelta(s, from)
  if (stamp === null) s.at = from
  return stamp
}

/** `2008-08-10 10:13:01.617505`, `2008/08/10 …`, `08/10/2008 …` (3.x), `2008-08-10T10:13:01.617505+08:00`. */
function readDated(s: Scanner, from: number): Stamp | null {
  s.at = from
  const first = s.number()
  const mark = s.text[s.at]
  if (first < 0 || (mark !== '-' && mark !== '/')) return null
  s.at++
  const second = s.number()
  if (second < 0 || s.text[s.at] !== mark) return null
  s.at++
  const third = s.number()
  if (third < 0) return null
  const [year, month, day] = first > 31 ? [first, second, third] : [third, first, second]
  if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) return null
  if (!isSpace(s.code()) && s.text[s.at] !== 'T') return null
  s.at++
  s.spaces()
  return readClock(s, from, daysSinceEpoch(year, month, day))
}

/** Time of day at `from`, or, behind a date, at the cursor. `day`: days since the epoch, null without a date. */
function readClock(s: Scanner, from: number, day: number | null): Stamp | null {
  if (day === null) s.at = from
  const minus = day === null && s.literal('-')
  const hours = s.number()
  if (hours < 0 || hours > 23 || !s.literal(':')) return null
  const minutes = s.number()
  if (minutes < 0 || minutes > 59 || !s.literal(':')) return null
  const seconds = s.number()
  // 60: a leap second that the capturing system did show.
  if (seconds < 0 || seconds > 60) return null
  const nanos = readFraction(s)
  if (nanos < 0) return null
  const zone = day === null ? null : readZone(s)
  if (!atBreak(s)) return null
  let total = (day ?? 0) * 86_400 + hours * 3600 + minutes * 60 + seconds - (zone ?? 0)
  let rest = nanos
  if (minus) {
    total = -total - (nanos > 0 ? 1 : 0)
    rest = nanos > 0 ? 1e9 - nanos : 0
  }
  const kind = day === null ? 'clock' : zone === null ? 'date' : 'zoned'
  return { kind, clock: s.text.slice(from, s.at), seconds: total, nanos: rest }
}

/** `1218334381.617505`: nine to eleven digits, so that versions and sizes in prose are not taken for it. */
function readEpoch(s: Scanner, from: number): Stamp | null {
  s.at = from
  const seconds = s.number()
  const digits = s.at - from
  if (seconds < 0 || digits < 9) return null
  const point = s.at
  const nanos = readFraction(s)
  if (nanos < 0 || s.at - point < 4 || !atBreak(s)) return null
  return { kind: 'epoch', clock: s.text.slice(from, s.at), seconds, nanos }
}

/** tcpdump 3.x -ttt: `000126`, or `9. 954714` when whole seconds passed. */
function readOldDelta(s: Scanner, from: number): Stamp | null {
  s.at = from
  let seconds = 0
  let digits = s.at
  let value = s.number()
  if (value < 0) return null
  if (s.literal('. ')) {
    seconds = value
    digits = s.at
    value = s.number()
  }
  if (value < 0 || s.at - digits !== 6 || !isSpace(s.code())) return null
  return { kind: 'delta', clock: s.text.slice(from, s.at), seconds, nanos: value * 1000 }
}

/** Nanoseconds of `.617505` or `,617505`; 0 without a fraction; -1 if digits do not follow the point. */
function readFraction(s: Scanner): number {
  const mark = s.text[s.at]
  if (mark !== '.' && mark !== ',') return 0
  let at = s.at + 1
  let nanos = 0
  let digits = 0
  while (at < s.text.length && isDigit(s.text.charCodeAt(at))) {
    if (digits < 9) nanos = nanos * 10 + s.text.charCodeAt(at) - 0x30
    digits++
    at++
  }
  if (digits === 0) return -1
  for (; digits < 9; digits++) nanos *= 10
  s.at = at
  return nanos
}

/** Seconds east of UTC after `Z`, `+08:00` or `+0800`; null without a zone. */
function readZone(s: Scanner): number | null {
  const from = s.at
  if (s.literal('Z')) return 0
  const sign = s.text[s.at]
  if (sign !== '+' && sign !== '-') return null
  s.at++
  const hours = s.number()
  let minutes = 0
  let whole = hours
  if (hours >= 0 && s.at - from === 5) {
    whole = Math.floor(hours / 100)
    minutes = hours % 100
  } else if (s.literal(':')) minutes = s.number()
  if (whole < 0 || whole > 14 || minutes < 0 || minutes > 59) {
    s.at = from
    return null
  }
  return (sign === '-' ? -1 : 1) * (whole * 3600 + minutes * 60)
}

function atBreak(s: Scanner): boolean {
  const code = s.code()
  return code < 0 || isSpace(code) || code === 0x5d || code === 0x3a || code === 0x2c
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** Printed stamps → a time line in which differences are right. */
export class TimeLine {
  seconds = 0
  nanos = 0
  /** Stamps of kind `clock` are differences to the previous packet (-ttt). */
  deltas = false
  private day = 0
  private last = -1

  /** Moves the line to `stamp` (null: no time was printed, which leaves everything at zero). */
  move(stamp: Stamp | null): void {
    if (stamp === null) return
    if (stamp.kind === 'delta' || (stamp.kind === 'clock' && this.deltas)) {
      this.seconds += stamp.seconds
      this.nanos += stamp.nanos
      if (this.nanos >= 1e9) {
        this.nanos -= 1e9
        this.seconds++
      }
      return
    }
    this.nanos = stamp.nanos
    this.seconds = stamp.seconds
    if (stamp.kind !== 'clock') return
    // A jump of more than half a day is midnight, not a packet out of order.
    if (this.last >= 0 && stamp.seconds < this.last - 43_200) this.day++
    else if (this.day > 0 && stamp.seconds > this.last + 43_200) this.day--
    this.last = stamp.seconds
    this.seconds += this.day * 86_400
  }
}
