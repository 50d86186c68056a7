import type { Flush } from '../bytes/writer.ts'
import type { Bytes, Offset } from '../units.ts'

const CAPACITY: Bytes = 1 << 20
/** No number or address is longer: such writes check once that this much is left. */
const LONGEST_ITEM: Bytes = 64
const ZERO = 0x30

/** The four digits of 0000–9999, four bytes each. */
const digits = makeDigits()
/** The decimal text of 0–255 in three bytes from the left, and its length in the fourth. */
const octets = makeOctets()
const hexDigits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

function makeDigits(): Uint8Array {
  const table = new Uint8Array(40_000)
  for (let n = 0; n < 10_000; n++) {
    table[4 * n] = ZERO + Math.floor(n / 1000)
    table[4 * n + 1] = ZERO + (Math.floor(n / 100) % 10)
    table[4 * n + 2] = ZERO + (Math.floor(n / 10) % 10)
    table[4 * n + 3] = ZERO + (n % 10)
  }
  return table
}

function makeOctets(): Uint8Array {
  const table = new Uint8Array(1024)
  for (let n = 0; n < 256; n++) {
    const text = String(n)
    for (let i = 0; i < text.length; i++) table[4 * n + i] = text.charCodeAt(i)
    table[4 * n + 3] = text.length
  }
  return table
}

/** The text that is printed, as ASCII bytes in one reused buffer; a full buffer is handed on, in the middle of a line
 *  if need be. Bytes of a packet get here only through the writers of safe-text.ts and hex-dump.ts. */
export class Line {
  private readonly onFlush: Flush
  private readonly bytes = new Uint8Array(CAPACITY)
  private used: Bytes = 0

  constructor(onFlush: Flush) {
    this.onFlush = onFlush
  }

  /** Hands on what was written. */
  flush(): void {
    const used = this.used
    this.used = 0
    if (used > 0) this.onFlush(this.bytes, 0, used)
  }

  /** One printable character, newline or tab. */
  byte(code: number): void {
    if (this.used >= CAPACITY) this.flush()
    this.bytes[this.used++] = code
  }

  /** Literal ASCII text. */
  text(text: string): void {
    const length = text.length
    if (this.used + length > CAPACITY) {
      this.longText(text)
      return
    }
    const bytes = this.bytes
    let used = this.used
    for (let i = 0; i < length; i++) bytes[used++] = text.charCodeAt(i)
    this.used = used
  }

  /** Copies ASCII text b[at, end) that this program made itself. */
  copy(b: Uint8Array, at: Offset, end: Offset): void {
    if (this.used + end - at > CAPACITY) this.flush()
    const bytes = this.bytes
    let used = this.used
    for (let i = at; i < end; i++) bytes[used++] = b[i]
    this.used = used
  }

  /** Unsigned integer up to 2^53. */
  decimal(value: number): void {
    if (this.used > CAPACITY - LONGEST_ITEM) this.flush()
    if (value < 10) this.bytes[this.used++] = ZERO + value
    else this.significant(value)
  }

  /** Integer with a minus sign where it is negative. */
  signed(value: number): void {
    if (value < 0) this.byte(0x2d)
    this.decimal(Math.abs(value))
  }

  /** As C's %*u: padded on the left with blanks to `width` ≤ 32. */
  padded(value: number, width: number): void {
    for (let limit = 10, missing = width - 1; missing > 0; missing--, limit *= 10) if (value < limit) this.byte(0x20)
    this.decimal(value)
  }

  /** As C's %0*u for `width` ≤ 16; a value with more digits is printed whole. */
  zeroPadded(value: number, width: number): void {
    let limit = 10 ** (width - 1)
    while (limit > 1 && value < limit) {
      this.byte(ZERO)
      limit /= 10
    }
    this.decimal(value)
  }

  /** Two digits of 0–99. */
  twoDigits(value: number): void {
    if (this.used > CAPACITY - LONGEST_ITEM) this.flush()
    this.bytes[this.used++] = digits[4 * value + 2]
    this.bytes[this.used++] = digits[4 * value + 3]
  }

  /** Six digits of 0–999999. */
  sixDigits(value: number): void {
    if (this.used > CAPACITY - LONGEST_ITEM) this.flush()
    const high = (value / 10_000) | 0
    this.bytes[this.used++] = digits[4 * high + 2]
    this.bytes[this.used++] = digits[4 * high + 3]
    this.fourDigits(value - high * 10_000)
  }

  /** As C's %x, unsigned up to 32 bits. */
  hex(value: number): void {
    let digitsNeeded = 1
    while (digitsNeeded < 8 && value >>> (4 * digitsNeeded) !== 0) digitsNeeded++
    this.hexPadded(value, digitsNeeded)
  }

  /** As C's %0*x: the lower `width` ≤ 8 digits of up to 32 bits. */
  hexPadded(value: number, width: number): void {
    if (this.used > CAPACITY - LONGEST_ITEM) this.flush()
    for (let shift = 4 * (width - 1); shift >= 0; shift -= 4)
      this.bytes[this.used++] = hexDigits[(value >>> shift) & 15]
  }

  /** The four bytes at `at` in dotted decimal. The caller has checked that they are there. */
  ipv4(b: Uint8Array, at: Offset): void {
    if (this.used > CAPACITY - LONGEST_ITEM) this.flush()
    this.octet(b[at])
    this.bytes[this.used++] = 0x2e
    this.octet(b[at + 1])
    this.bytes[this.used++] = 0x2e
    this.octet(b[at + 2])
    this.bytes[this.used++] = 0x2e
    this.octet(b[at + 3])
  }

  /** The six bytes at `at` as 00:11:22:33:44:55. The caller has checked that they are there. */
  ether(b: Uint8Array, at: Offset): void {
    for (let i = 0; i < 6; i++) {
      if (i > 0) this.byte(0x3a)
      this.hexPadded(b[at + i], 2)
    }
  }

  private longText(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i))
  }

  private octet(value: number): void {
    const bytes = this.bytes
    const entry = 4 * value
    // The bytes behind a shorter number are written over by what comes next.
    bytes[this.used] = octets[entry]
    bytes[this.used + 1] = octets[entry + 1]
    bytes[this.used + 2] = octets[entry + 2]
    this.used += octets[entry + 3]
  }

  /** All digits of a number ≥ 10. */
  private significant(value: number): void {
    if (value < 10_000) {
      const bytes = this.bytes
      const entry = 4 * value
      if (value >= 1000) bytes[this.used++] = digits[entry]
      if (value >= 100) bytes[this.used++] = digits[entry + 1]
      bytes[this.used++] = digits[entry + 2]
      bytes[this.used++] = digits[entry + 3]
      return
    }
    const high = Math.floor(value / 10_000)
    if (high < 10) this.bytes[this.used++] = ZERO + high
    else this.significant(high)
    this.fourDigits(value - high * 10_000)
  }

  private fourDigits(value: number): void {
    const bytes = this.bytes
    const entry = 4 * value
    bytes[this.used] = digits[entry]
    bytes[this.used + 1] = digits[entry + 1]
    bytes[this.used + 2] = digits[entry + 2]
    bytes[this.used + 3] = digits[entry + 3]
    this.used += 4
  }
}
