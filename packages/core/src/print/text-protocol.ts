/** Protocols whose messages are lines of text. */
import type { Bytes, Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import { type Literal, literal } from './digits.ts'
import type { Line } from './line.ts'
import type { Printer } from './printer.ts'
import { WordSet } from './word-set.ts'

const LONGEST_WORD: Bytes = 128
const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const DELETE = 0x7f

const behindTitle = literal(': ')
const onNewLine = literal('\n\t')
const lengthText = literal(', length: ')

interface TextProtocol {
  /** As tcpdump names it: lower case in ` [|http]`, capitals in front of the text. */
  readonly name: string
  /** What stands before it: TCP sets it off. */
  readonly lead: string
  /** Words that begin a request; null if every packet is a message, so that its first line is always shown. */
  readonly requests: WordSet | null
  /** A response has its code as the second word, not as the first. */
  readonly codeIsSecond: boolean
}

/** A printer that shows the first line of a message, with -v all lines. A packet in the middle of a body has neither. */
export function textPrinter(name: string, lead: string, requests: string | null, codeIsSecond = false): Printer {
  const words = requests === null ? null : new WordSet(requests.split(' '))
  const protocol: TextProtocol = { name, lead, requests: words, codeIsSecond }
  const title = literal(lead + name.toUpperCase())
  return (out, packet, at, length, context) => {
    context.protocol = name
    out.literal(title)
    const end = at + length
    if (!startsMessage(packet, at, end, protocol)) return
    if (context.options.verbose === 0) {
      printTextLine(out, packet, at, end, behindTitle)
      return
    }
    out.literal(lengthText)
    out.decimal(length)
    let next = at
    while (next > 0 && next < end) next = printTextLine(out, packet, next, end, onNewLine)
  }
}

function startsMessage(packet: Cursor, at: Offset, end: Offset, protocol: TextProtocol): boolean {
  if (protocol.requests === null) return true
  const wordEnd = endOfWord(packet, at, end)
  if (wordEnd < 0) return false
  if (protocol.requests.has(packet.bytes, at, wordEnd)) return true
  if (!protocol.codeIsSecond) return isCode(packet, at, wordEnd)
  const second = nextWord(packet, wordEnd, end)
  const secondEnd = endOfWord(packet, second, end)
  return secondEnd >= 0 && isCode(packet, second, secondEnd)
}

/** Three digits. */
function isCode(packet: Cursor, at: Offset, end: Offset): boolean {
  if (end - at !== 3) return false
  for (let i = at; i < end; i++) if (packet.bytes[i] < 0x30 || packet.bytes[i] > 0x39) return false
  return true
}

/** First byte behind the word at `at`, or -1 if there is none, or the capture or a byte that is no text cuts it. */
function endOfWord(packet: Cursor, at: Offset, end: Offset): Offset {
  const b = packet.bytes
  // One byte more than the longest word tells that it is too long.
  const stop = Math.min(end, packet.end, at + LONGEST_WORD + 1)
  let next = at
  for (; next < stop; next++) {
    const byte = b[next]
    if (byte <= SPACE) {
      if (byte !== SPACE && byte !== TAB && byte !== CR && byte !== LF) return -1
      break
    }
    if (byte >= DELETE || next - at >= LONGEST_WORD) return -1
  }
  if (next === stop && next < end) return -1
  return next === at ? -1 : next
}

/** Skips what separates words; a tab does not. */
function nextWord(packet: Cursor, at: Offset, end: Offset): Offset {
  let next = at
  while (next < end && packet.has(next, 1) && packet.bytes[next] === SPACE) next++
  return next
}

/** Prints the line at `at` behind `before` and returns the first byte behind it; -1 where there is no line to print, or
 *  no other behind it: bytes that are no text, or no line break. */
function printTextLine(out: Line, packet: Cursor, at: Offset, end: Offset, before: Literal): Offset {
  const b = packet.bytes
  const stop = Math.min(end, packet.end)
  const { view } = packet
  let next = at
  while (next + 4 <= stop && isPlain(view.getInt32(next, true))) next += 4
  while (next < stop) {
    const byte = b[next]
    if (byte >= SPACE && byte < DELETE) {
      next++
      continue
    }
    if (byte === LF) {
      printText(out, packet, at, next, before)
      return next + 1
    }
    if (byte === CR) {
      if (next + 1 >= end) return -1
      if (!packet.has(next + 1, 1)) throw TRUNCATED
      if (b[next + 1] !== LF) return -1
      printText(out, packet, at, next, before)
      return next + 2
    }
    if (byte !== TAB) return -1
    next++
  }
  if (next < end) throw TRUNCATED
  printText(out, packet, at, next, before)
  return -1
}

/** The caller has found nothing but printable ASCII and tabs in [at, end). */
function printText(out: Line, packet: Cursor, at: Offset, end: Offset, before: Literal): void {
  out.literal(before)
  out.plainText(packet.view, at, end)
}

/** True if all four bytes are printable ASCII. */
function isPlain(word: number): boolean {
  const low = word & 0x7f7f7f7f
  // In each byte the highest bit of the sums tells that its lower seven are >= 0x20, and that they are 0x7f.
  return ((low + 0x60606060) & ~(low + 0x01010101) & ~word & 0x80808080) === (0x80808080 | 0)
}
