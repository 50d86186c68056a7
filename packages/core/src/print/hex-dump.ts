/** Hex and ASCII dumps of -x, -X and -A, and of payload that no printer knows. */
import type { Bytes, Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import { hexDigits, type Literal, literal, writeHex, writeHexFour, writeHexPair, writeLiteral } from './digits.ts'
import type { Line } from './line.ts'

const BYTES_A_LINE = 16
/** `-X`: the hex part is filled up to this width, and two blanks follow. */
const HEX_COLUMNS = 40
const TEXT_COLUMN = HEX_COLUMNS + 2
const SPACE = 0x20
const TWO_SPACES = 0x2020
const FOUR_SPACES = 0x20202020
const DOT = 0x2e
const COLON_SPACE = 0x203a
const FOUR_DOTS = 0x2e2e2e2e
/** More than a line has behind its indent, with what a last store writes too much. */
const LINE_BYTES = 96

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
  const { view } = packet
  const margin = marginOf(indent)
  const o = out.view
  const end = at + shown
  let lineOffset = offset
  let from = at
  for (; from + BYTES_A_LINE <= end; from += BYTES_A_LINE, lineOffset += BYTES_A_LINE) {
    const next = beginLine(out, margin, lineOffset)
    writeRow(o, next, view, from)
    writeShown(o, next + TEXT_COLUMN, view, from)
    out.advance(next + TEXT_COLUMN + BYTES_A_LINE)
  }
  if (from < end) {
    const start = beginLine(out, margin, lineOffset)
    const text = start + TEXT_COLUMN
    for (let next = writeLastHex(o, start, packet.bytes, from, end); next < text; next += 4)
      o.setInt32(next, FOUR_SPACES, true)
    let next = text
    for (; from < end; from++) o.setUint8(next++, shownWord(packet.bytes[from]) & 0xff)
    out.advance(next)
  }
  if (shown < length) throw TRUNCATED
}

/** The same without the characters. */
export function printHex(out: Line, packet: Cursor, indent: string, at: Offset, length: Bytes, offset: number): void {
  const shown = Math.min(length, packet.left(at))
  const { view } = packet
  const margin = marginOf(indent)
  const end = at + shown
  let lineOffset = offset
  let from = at
  for (; from + BYTES_A_LINE <= end; from += BYTES_A_LINE, lineOffset += BYTES_A_LINE) {
    const next = beginLine(out, margin, lineOffset)
    writeRow(out.view, next, view, from)
    out.advance(next + HEX_COLUMNS)
  }
  if (from < end) out.advance(writeLastHex(out.view, beginLine(out, margin, lineOffset), packet.bytes, from, end))
  if (shown < length) throw TRUNCATED
}

/** Sixteen bytes as ` 4500 003c …`, ten characters for four bytes. */
function writeRow(out: DataView, at: Offset, b: DataView, from: Offset): void {
  let next = at
  for (let i = 0; i < BYTES_A_LINE; i += 4) {
    const word = b.getInt32(from + i, true)
    out.setUint8(next, SPACE)
    out.setInt32(next + 1, hexDigits(word), true)
    out.setUint8(next + 5, SPACE)
    out.setInt32(next + 6, hexDigits(word >>> 16), true)
    next += 10
  }
}

/** The same of [from, end), fewer bytes; returns the end of the text. */
function writeLastHex(out: DataView, at: Offset, b: Uint8Array, from: Offset, end: Offset): Offset {
  let next = at
  for (let i = from; i < end; i++) {
    if (((i - from) & 1) === 0) out.setUint8(next++, SPACE)
    next = writeHexPair(out, next, b[i])
  }
  return next
}

/** Two blanks, then sixteen bytes as characters. */
function writeShown(out: DataView, at: Offset, b: DataView, from: Offset): void {
  out.setInt16(at - 2, TWO_SPACES, true)
  for (let i = 0; i < BYTES_A_LINE; i += 4) out.setInt32(at + i, shownWord(b.getInt32(from + i, true)), true)
}

/** Four bytes as they show beside their hexadecimal form: all but 0x21–0x7e as a dot. */
function shownWord(word: number): number {
  const low = word & 0x7f7f7f7f
  // In each byte the highest bit of the sums tells that its lower seven are > 0x20, and that they are 0x7f.
  const plain = (low + 0x5f5f5f5f) & ~(low + 0x01010101) & ~word & 0x80808080
  const mask = Math.imul(plain >>> 7, 0xff)
  return (word & mask) | (FOUR_DOTS & ~mask)
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

/** The indents that dumps ask for, with what follows them; printers name them by literals, so they are few. */
const margins = new Map<string, Literal>()

function marginOf(indent: string): Literal {
  let margin = margins.get(indent)
  if (margin === undefined) {
    margin = literal(`${indent}0x`)
    margins.set(indent, margin)
  }
  return margin
}

/** Makes room for a line and writes what precedes its bytes; returns where they go. */
function beginLine(out: Line, margin: Literal, offset: number): Offset {
  const o = out.view
  const next = writeLiteral(o, out.room(LINE_BYTES), margin)
  const end = offset > 0xffff ? writeHex(o, next, offset, offset > 0xfffff ? 6 : 5) : writeHexFour(o, next, offset)
  o.setInt16(end, COLON_SPACE, true)
  return end + 2
}
