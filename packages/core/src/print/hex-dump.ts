/** Hex and ASCII dumps of -x, -X and -A, and of payload that no printer knows. */
import type { Bytes, Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import { writeHexPair } from './digits.ts'
import type { Line } from './line.ts'

const BYTES_A_LINE = 16
/** `-X`: the hex part is filled up to this width. */
const HEX_COLUMNS = 40
const SPACE = 0x20
const DOT = 0x2e
/** More than a line has behind its offset. */
const LINE_BYTES = 64
/** How a byte shows beside its hexadecimal form. */
const shownAs = Uint8Array.from({ length: 256 }, (_, byte) => (byte > SPACE && byte < 0x7f ? byte : DOT))

/** The default for what is not known: as printHexAndText() on lines of their own. */
export function dumpUnknown(out: Line, packet: Cursor, at: Offset, length: Bytes): void {
  printHexAndText(out, packet, '\n\t', at, length, 0)
}

/** Lines of 16 bytes, each behind `indent` (which begins with the line break): offset, hex, printable characters.
 *  Throws TRUNCATED after what was captured of `length` bytes, if that is less. */
export function printHexAndText(
  out: Line,
  packet: Cursor,
  indent: string,
  at: Offset,
  length: Bytes,
  offset: number,
): void {
  const shown = Math.min(length, packet.left(at))
  const b = packet.bytes
  const end = at + shown
  for (let from = at, lineOffset = offset; from < end; from += BYTES_A_LINE, lineOffset += BYTES_A_LINE) {
    printOffset(out, indent, lineOffset)
    const to = from + BYTES_A_LINE < end ? from + BYTES_A_LINE : end
    const view = out.view
    const start = out.room(LINE_BYTES)
    let next = start
    for (let i = from; i < to; i++) {
      if (((i - from) & 1) === 0) view.setUint8(next++, SPACE)
      next = writeHexPair(view, next, b[i])
    }
    const text = start + HEX_COLUMNS + 2
    while (next < text) view.setUint8(next++, SPACE)
    for (let i = from; i < to; i++) view.setUint8(next++, shownAs[b[i]])
    out.advance(next)
  }
  if (shown < length) throw TRUNCATED
}

/** The same without the characters. */
export function printHex(out: Line, packet: Cursor, indent: string, at: Offset, length: Bytes, offset: number): void {
  const shown = Math.min(length, packet.left(at))
  const b = packet.bytes
  const end = at + shown
  for (let from = at, lineOffset = offset; from < end; from += BYTES_A_LINE, lineOffset += BYTES_A_LINE) {
    printOffset(out, indent, lineOffset)
    const to = from + BYTES_A_LINE < end ? from + BYTES_A_LINE : end
    const view = out.view
    let next = out.room(LINE_BYTES)
    for (let i = from; i < to; i++) {
      if (((i - from) & 1) === 0) view.setUint8(next++, SPACE)
      next = writeHexPair(view, next, b[i])
    }
    out.advance(next)
  }
  if (shown < length) throw TRUNCATED
}

/** A line break, then the characters; a CR at the end of a line is left out. */
export function printText(out: Line, packet: Cursor, at: Offset, length: Bytes): void {
  const shown = Math.min(length, packet.left(at))
  const b = packet.bytes
  out.byte(0x0a)
  const end = at + shown
  for (let i = at; i < end; i++) {
    const byte = b[i]
    if (byte === 0x0d) {
      if (end - i > 2 && b[i + 1] !== 0x0a) out.byte(DOT)
    } else out.byte((byte >= SPACE && byte < 0x7f) || byte === 0x09 || byte === 0x0a ? byte : DOT)
  }
  if (shown < length) throw TRUNCATED
}

function printOffset(out: Line, indent: string, offset: number): void {
  out.text(indent)
  out.text('0x')
  if (offset > 0xffff) out.hex(offset)
  else out.hexPadded(offset, 4)
  out.text(': ')
}
