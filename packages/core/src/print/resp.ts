/** RESP, the protocol of Redis: https://redis.io/docs/reference/protocol-spec/ */
import type { Bytes, Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import type { Line } from './line.ts'
import type { Printer } from './printer.ts'
import { printBytes } from './safe-text.ts'

const CR = 0x0d
const LF = 0x0a
const MINUS = 0x2d
const MAX_LENGTH = 2 ** 31 - 1
/** Deeper arrays end the text. */
const MAX_DEPTH = 500

/** What stands for a length that is none. */
const NULL = -1
const TOO_LARGE = -3
const NEGATIVE = -4
const INVALID = -5

/** Whatever is wrong with a value ends the text as a cut does. */
export const printResp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'resp'
  out.text(': RESP')
  const reader = new RespReader(out, packet, at + length)
  let next = at
  while (next < at + length) next = reader.printValue(next, 0)
}

/** `end`: of the segment, which may lie beyond the capture. */
class RespReader {
  private readonly out: Line
  private readonly packet: Cursor
  private readonly end: Offset
  /** First byte behind the length that was read last. */
  private next: Offset = 0

  constructor(out: Line, packet: Cursor, end: Offset) {
    this.out = out
    this.packet = packet
    this.end = end
  }

  /** Prints the value at `at` and returns the first byte behind it, which is always beyond `at`. */
  printValue(at: Offset, depth: number): Offset {
    if (at >= this.end || depth > MAX_DEPTH) throw TRUNCATED
    switch (this.packet.u8(at)) {
      case 0x2b:
      case MINUS:
      case 0x3a:
        return this.printLine(at + 1)
      case 0x24:
        return this.printBulk(at + 1)
      case 0x2a:
        return this.printArray(at + 1, depth)
      default:
        return this.printInline(at)
    }
  }

  private printLine(at: Offset): Offset {
    const lineEnd = this.findCrLf(at)
    this.printSegment(at, lineEnd)
    return lineEnd + 2
  }

  private printBulk(at: Offset): Offset {
    const bytes = this.readLength(at)
    let next = this.next
    if (bytes < 0) {
      this.printOdd(bytes)
      return next
    }
    if (bytes === 0) this.out.text(' empty')
    else {
      if (next + bytes > this.end) throw TRUNCATED
      this.packet.need(next, bytes)
      this.printSegment(next, next + bytes)
      next += bytes
    }
    return this.findCrLf(next) + 2
  }

  private printArray(at: Offset, depth: number): Offset {
    const items = this.readLength(at)
    let next = this.next
    if (items === 0) this.out.text(' empty')
    else if (items < 0) this.printOdd(items)
    // Each value takes a byte at least: the loop ends with the segment.
    for (let i = 0; i < items; i++) next = this.printValue(next, depth + 1)
    return next
  }

  /** A command typed without its lengths. */
  private printInline(at: Offset): Offset {
    const start = this.skipLineBreaks(at)
    let next = start
    for (; ; next++) {
      if (next >= this.end) throw TRUNCATED
      const byte = this.packet.u8(next)
      if (byte === CR || byte === LF) break
    }
    this.printSegment(start, next)
    return this.skipLineBreaks(next)
  }

  /** First byte that is none, or where the segment or the capture ends behind some. */
  private skipLineBreaks(at: Offset): Offset {
    let next = at
    while (next < this.end && this.packet.has(next, 1)) {
      const byte = this.packet.bytes[next]
      if (byte !== CR && byte !== LF) return next
      next++
    }
    if (next === at) throw TRUNCATED
    return next
  }

  private findCrLf(at: Offset): Offset {
    for (let next = at; ; next++) {
      if (next + 2 > this.end) throw TRUNCATED
      if (this.packet.u16(next) === 0x0d0a) return next
    }
  }

  private printSegment(at: Offset, end: Bytes): void {
    this.out.text(' "')
    if (!printBytes(this.out, this.packet, at, end)) throw TRUNCATED
    this.out.byte(0x22)
  }

  private printOdd(length: number): void {
    if (length === NULL) this.out.text(' null')
    else if (length === TOO_LARGE) this.out.text(' length too large')
    else if (length === NEGATIVE) this.out.text(' length negative and not -1')
    else this.out.text(' invalid')
  }

  /** Digits and CRLF. Returns the number, or one of the negative constants; `next` is behind what was read. */
  private readLength(at: Offset): number {
    const negative = this.byteAt(at) === MINUS
    let next = negative ? at + 1 : at
    let digits = 0
    let value = 0
    for (let digit = this.byteAt(next) - 0x30; digit >= 0 && digit <= 9; digit = this.byteAt(next) - 0x30) {
      // Beyond the largest int nothing is exact, nor needs to be.
      value = Math.min(10 * value + digit, 2 * MAX_LENGTH)
      digits++
      next++
    }
    this.next = next + 1
    if (digits === 0 || this.byteAt(next) !== CR) return INVALID
    this.next = next + 2
    if (this.byteAt(next + 1) !== LF) return INVALID
    if (negative) return value === 1 ? NULL : NEGATIVE
    return value > MAX_LENGTH ? TOO_LARGE : value
  }

  private byteAt(at: Offset): number {
    if (at >= this.end) throw TRUNCATED
    return this.packet.u8(at)
  }
}
