import type { Offset, PacketNumber, StreamOffset } from '../units.ts'
import { readHeader } from './header-values.ts'
import type { Message } from './message.ts'
import { parseRequestLine, parseStatusLine } from './start-line.ts'
import { COLON, CR, decodeLatin1, findLineEnd, HT, LF, SPACE, skipSpace, trimEnd } from './text.ts'

/** The head goes on after the end of what is there. */
export const INCOMPLETE = -1
/** Its first line is no start line. */
export const BAD = -2

const MAX_HEADERS = 1000
const MINUS = 45
const UNUSUAL = -1

/** Reads a message head that begins at b[at]: start line, header lines, empty line (RFC 9112 §2.1). Returns the offset
 *  after the empty line, INCOMPLETE or BAD. Fills `m` as far as lines are proven to be whole, that is with the byte after
 *  them seen too: a space there would fold the next line into the value (RFC 9112 §5.2). `base` is the stream offset of b[0]. */
export function parseHead(
  m: Message,
  b: Uint8Array,
  at: Offset,
  end: Offset,
  base: StreamOffset,
  packet: PacketNumber,
): number {
  const head = m.openHead()
  const { texts } = m
  const lf = findLineEnd(b, at, end)
  if (lf < 0) return INCOMPLETE
  const lineEnd = lf > at && b[lf - 1] === CR ? lf - 1 : lf
  const valid =
    m.side === 0 ? parseRequestLine(head, texts, b, at, lineEnd) : parseStatusLine(head, texts, b, at, lineEnd)
  if (!valid) return BAD
  if (texts === null) return passFields(m, b, lf + 1, end, base, packet)
  return parseFields(m, b, lf + 1, end, base, packet, texts.headers, true)
}

/** Header or trailer lines from b[at] to the empty line. They go to `list`; `interpret`: their meaning to `m`. */
export function parseFields(
  m: Message,
  b: Uint8Array,
  at: Offset,
  end: Offset,
  base: StreamOffset,
  packet: PacketNumber,
  list: [string, string][],
  interpret: boolean,
): number {
  while (at < end) {
    const after = passEmptyLine(b, at, end)
    if (after !== 0) return after
    at = parseField(m, b, at, end, base, packet, list, interpret)
    if (at < 0) return INCOMPLETE
  }
  return INCOMPLETE
}

/** Header lines from b[at] to the empty line, of which no list is wanted: only few matter, the others are passed over. */
function passFields(
  m: Message,
  b: Uint8Array,
  at: Offset,
  end: Offset,
  base: StreamOffset,
  packet: PacketNumber,
): number {
  while (at < end) {
    const after = passEmptyLine(b, at, end)
    if (after !== 0) return after
    const lf = findLineEnd(b, at, end)
    const next = lf + 1
    if (lf < 0 || next >= end) return INCOMPLETE
    const nameBytes = b[next] === SPACE || b[next] === HT ? UNUSUAL : likelyName(b, at)
    if (nameBytes === 0) {
      at = next
      continue
    }
    const colon = at + nameBytes
    if (nameBytes > 0 && colon < lf && b[colon] === COLON) {
      const valueAt = skipSpace(b, colon + 1, lf)
      readHeader(m, b, at, colon, valueAt, trimEnd(b, valueAt, lf), base + at, packet)
      at = next
      continue
    }
    at = parseField(m, b, at, end, base, packet, null, true)
    if (at < 0) return INCOMPLETE
  }
  return INCOMPLETE
}

/** Offset after the empty line at b[at], 0 if the line there is not empty, INCOMPLETE if nobody can tell yet. */
function passEmptyLine(b: Uint8Array, at: Offset, end: Offset): number {
  if (b[at] === LF) return at + 1
  if (b[at] !== CR) return 0
  if (at + 1 >= end) return INCOMPLETE
  return b[at + 1] === LF ? at + 2 : 0
}

/** One line, with those folded into it, and the offset after it, or INCOMPLETE. */
function parseField(
  m: Message,
  b: Uint8Array,
  at: Offset,
  end: Offset,
  base: StreamOffset,
  packet: PacketNumber,
  list: [string, string][] | null,
  interpret: boolean,
): number {
  let colon = at
  while (colon < end && b[colon] !== COLON && b[colon] !== LF) colon++
  let lf = findLineEnd(b, colon, end)
  if (lf < 0) return INCOMPLETE
  let folded = false
  // The line is whole once the byte after it is known not to fold.
  for (;;) {
    if (lf + 1 >= end) return INCOMPLETE
    if (b[lf + 1] !== SPACE && b[lf + 1] !== HT) break
    folded = true
    lf = findLineEnd(b, lf + 1, end)
    if (lf < 0) return INCOMPLETE
  }
  if (b[colon] !== COLON) {
    m.fail('header-without-colon', base + at, packet)
    return lf + 1
  }
  const nameAt = skipSpace(b, at, colon)
  const nameEnd = trimEnd(b, nameAt, colon)
  if (nameAt !== at || nameEnd !== colon) m.fail('misplaced-space', base + at, packet)
  const valueEnd = trimEnd(b, colon + 1, lf)
  let valueAt = colon + 1
  while (
    valueAt < valueEnd &&
    b[valueAt] <= SPACE &&
    (b[valueAt] === SPACE || b[valueAt] === HT || (folded && isLineByte(b[valueAt])))
  ) {
    valueAt++
  }
  if (interpret) readHeader(m, b, nameAt, nameEnd, valueAt, valueEnd, base + at, packet)
  if (list !== null) {
    if (list.length < MAX_HEADERS) {
      const value = decodeLatin1(b, valueAt, valueEnd)
      list.push([decodeLatin1(b, nameAt, nameEnd), folded ? unfold(value) : value])
    } else if (list.length === MAX_HEADERS && m.errors.every((e) => e.code !== 'too-many-headers')) {
      m.fail('too-many-headers', base + at, packet)
    }
  }
  return lf + 1
}

/** Length of the one name that framing or the findings need (readHeader() without texts) and that the line at b[at] may
 *  begin with, by its first letters; 0: none; UNUSUAL: to be looked at more closely. */
function likelyName(b: Uint8Array, at: Offset): number {
  const first = b[at]
  const second = b[at + 1] | 0x20
  const fourth = b[at + 3] | 0x20
  switch (first | 0x20) {
    case 0x63: // Connection, Content-Length; not Content-Type
      if (second !== 0x6f || (b[at + 2] | 0x20) !== 0x6e) return 0
      if (fourth === 0x6e) return 10
      return fourth === 0x74 && (b[at + 8] | 0x20) === 0x6c ? 14 : 0
    case 0x64: // Date
      return second === 0x61 && fourth === 0x65 ? 4 : 0
    case 0x65: // Expect; not Expires
      return second === 0x78 && fourth === 0x65 ? 6 : 0
    case 0x6b: // Keep-Alive
      return second === 0x65 ? 10 : 0
    case 0x74: // Transfer-Encoding; not Trailer
      return second === 0x72 && fourth === 0x6e ? 17 : 0
    case 0x75: // Upgrade; not Upgrade-Insecure-Requests
      return second === 0x70 && b[at + 7] !== MINUS ? 7 : 0
    default:
      // A line that begins with space or a colon is an error to be told.
      return first <= SPACE || first === COLON ? UNUSUAL : 0
  }
}

function isLineByte(byte: number): boolean {
  return byte === CR || byte === LF
}

/** RFC 9112 §5.2: each fold, with the space around it, is read as one space. Linear, whatever the value holds. */
function unfold(value: string): string {
  const lines = value.split('\n')
  for (let i = 0; i < lines.length; i++) lines[i] = lines[i].trim()
  return lines.join(' ')
}
