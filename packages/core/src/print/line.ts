import type { Flush } from '../bytes/writer.ts'
import type { Bytes, Offset } from '../units.ts'
import {
  type Literal,
  writeDecimal,
  writeFour,
  writeHex,
  writeHexPair,
  writeIpv4,
  writeLiteral,
  writeTwo,
} from './digits.ts'

/** No more than stays in the processor's caches until it is handed on. */
const CAPACITY: Bytes = 1 << 18
/** No number or address is longer: such writes check once that this much is left. */
const LONGEST_ITEM: Bytes = 64
const ZERO = 0x30

/** The text that is printed, as ASCII bytes in one reused buffer; a full buffer is handed on, in the middle of a line
 *  if need be. Bytes of a packet get here only through the writers of safe-text.ts and hex-dump.ts. */
export class Line {
  private readonly onFlush: Flush
  /** The buffer, for a writer that asked for room(). */
  readonly bytes = new Uint8Array(CAPACITY + LONGEST_ITEM)
  readonly view = new DataView(this.bytes.buffer)
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

  /** Makes room for `bytes` ≤ 256 KiB and returns where they go in the buffer; advance() says how many they were. */
  room(bytes: Bytes): Offset {
    if (this.used + bytes > CAPACITY) this.flush()
    return this.used
  }

  /** What was written at room()'s offset ends at `end`. */
  advance(end: Offset): void {
    this.used = end
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

  /** Literal text that is written often. */
  literal(text: Literal): void {
    if (this.used + text.words.length * 8 > CAPACITY) this.flush()
    this.used = writeLiteral(this.view, this.used, text)
  }

  /** Copies printable ASCII characters and tabs of a packet, eight in one store: they never make a NaN, whose bits
   *  might change. */
  plainText(from: DataView, at: Offset, end: Offset): void {
    const bytes = end - at
    if (bytes < 8 || this.used + bytes > CAPACITY) {
      for (let i = at; i < end; i++) this.byte(from.getUint8(i))
      return
    }
    const { view, used } = this
    const last = bytes - 8
    for (let i = 0; i < last; i += 8) view.setFloat64(used + i, from.getFloat64(at + i, true), true)
    view.setFloat64(used + last, from.getFloat64(at + last, true), true)
    this.used = used + bytes
  }

  /** Copies ASCII text b[at, end) that this program made itself. */
  copy(b: Uint8Array, at: Offset, end: Offset): void {
    if (this.used + end - at > CAPACITY) {
      this.flush()
      if (end - at > CAPACITY) {
        this.onFlush(b, at, end)
        return
      }
    }
    const bytes = this.bytes
    let used = this.used
    for (let i = at; i < end; i++) bytes[used++] = b[i]
    this.used = used
  }

  /** Unsigned integer up to 2^53. */
  decimal(value: number): void {
    if (this.used > CAPACITY - LONGEST_ITEM) this.flush()
    this.used = writeDecimal(this.view, this.used, value)
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
    this.used = writeTwo(this.view, this.used, value)
  }

  /** Six digits of 0–999999. */
  sixDigits(value: number): void {
    if (this.used > CAPACITY - LONGEST_ITEM) this.flush()
    const high = (value / 10_000) | 0
    this.used = writeFour(this.view, writeTwo(this.view, this.used, high), value - high * 10_000)
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
    this.used = writeHex(this.view, this.used, value, width)
  }

  /** The four bytes at `at` in dotted decimal. The caller has checked that they are there. */
  ipv4(b: Uint8Array, at: Offset): void {
    if (this.used > CAPACITY - LONGEST_ITEM) this.flush()
    this.used = writeIpv4(this.view, this.used, b, at)
  }

  /** The six bytes at `at` as 00:11:22:33:44:55. The caller has checked that they are there. */
  ether(b: Uint8Array, at: Offset): void {
    if (this.used > CAPACITY - LONGEST_ITEM) this.flush()
    let used = writeHexPair(this.view, this.used, b[at])
    for (let i = 1; i < 6; i++) {
      this.bytes[used] = 0x3a
      used = writeHexPair(this.view, used + 1, b[at + i])
    }
    this.used = used
  }

  private longText(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i))
  }
}
