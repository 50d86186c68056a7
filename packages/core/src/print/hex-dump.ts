/** Hex and ASCII dumps of -x, -X and -A, and of payload that no printer knows. */
import type { Bytes, Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import type { Line } from './line.ts'

const BYTES_A_LINE = 16
/** `-X`: the hex part is filled up to this width. */
const HEX_COLUMNS = 40
const SPACE = 0x20
const DOT = 0x2e

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
  for (let done = 0; done < shown; done += BYTES_A_LINE) {
    const count = Math.min(BYTES_A_LINE, shown - done)
    printOffset(out, indent, offset + done)
    let columns = 0
    for (let i = 0; i < count; i++) {
      if ((i & 1) === 0) {
        out.byte(SPACE)
        columns++
      }
      out.hexPadded(b[at + done + i], 2)
      columns += 2
    }
    for (; columns < HEX_COLUMNS + 2; columns++) out.byte(SPACE)
    for (let i = 0; i < count; i++) {
      const byte = b[at + done + i]
      out.byte(byte > SPACE && byte < 0x7f ? byte : DOT)
    }
  }
  if (shown < length) throw TRUNCATED
}

/** The same without the characters. */
export function printHex(out: Line, packet: Cursor, indent: string, at: Offset, length: Bytes, offset: number): void {
  const shown = Math.min(length, packet.left(at))
  for (let i = 0; i < shown; i++) {
    if (i % BYTES_A_LINE === 0) printOffset(out, indent, offset + i)
    if ((i & 1) === 0) out.byte(SPACE)
    out.hexPadded(packet.bytes[at + i], 2)
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
