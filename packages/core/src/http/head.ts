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
  return parseFields(m, b, lf + 1, end, base, packet, texts === null ? null : texts.headers)
}

/** Header or trailer lines from b[at] to the empty line. Lines go to `list`, if given; `interpret`: their meaning to `m`. */
export function parseFields(
  m: Message,
  b: Uint8Array,
  at: Offset,
  end: Offset,
  base: StreamOffset,
  packet: PacketNumber,
  list: [string, string][] | null,
  interpret = true,
): number {
  while (at < end) {
    const first = b[at]
    if (first === LF) return at + 1
    if (first === CR) {
      if (at + 1 >= end) return INCOMPLETE
      if (b[at + 1] === LF) return at + 2
    }
    // Without a list only a few fields matter, and most lines can be passed over unread.
    if (list === null && interpret && !mayMatter(b, at, end)) {
      const next = findLineEnd(b, at, end)
      if (next < 0 || next + 1 >= end) return INCOMPLETE
      if (b[next + 1] !== SPACE && b[next + 1] !== HT) {
        at = next + 1
        continue
      }
    }
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
      at = lf + 1
      continue
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
    at = lf + 1
  }
  return INCOMPLETE
}

/** Whether the field that begins at b[at] may be one that framing or the findings need (readHeader() without detail): by
 *  its first two letters. False for a field of the list only. */
function mayMatter(b: Uint8Array, at: Offset, end: Offset): boolean {
  if (at + 1 >= end) return true
  const second = b[at + 1] | 0x20
  switch (b[at] | 0x20) {
    case 0x63: // Connection, Content-Length
      return second === 0x6f && b[at + 2] !== 0x6f
    case 0x64: // Date
      return second === 0x61
    case 0x65: // Expect
      return second === 0x78
    case 0x6b: // Keep-Alive
      return second === 0x65
    case 0x74: // Transfer-Encoding
      return second === 0x72
    case 0x75: // Upgrade
      return second === 0x70
    default:
      // A line that begins with space or a colon is an error to be told.
      return b[at] <= SPACE || b[at] === COLON
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
