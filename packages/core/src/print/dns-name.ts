/** Domain names as DNS carries them (RFC 1035 §4.1.4), with the bit labels of RFC 2673. */
import type { Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import type { Line } from './line.ts'
import { printBytes } from './safe-text.ts'

const KIND = 0xc0
const POINTER = 0xc0
const EXTENDED = 0x40
const BIT_LABEL = 1
const DOT = 0x2e
/** Characters of a name that are shown (RFC 1035 §3.1). */
const LONGEST_NAME = 255

/** First byte behind the name, or -1 if the capture or a label that nobody defined ends it. */
export function skipName(packet: Cursor, at: Offset): Offset {
  let next = at
  for (;;) {
    if (!packet.has(next, 1)) return -1
    const label = packet.bytes[next++]
    if (label === 0) return next
    const kind = label & KIND
    if (kind === POINTER) return next + 1
    if (kind === 0) next += label
    else {
      if (kind !== EXTENDED || (label & ~KIND) !== BIT_LABEL || !packet.has(next, 1)) return -1
      next += 1 + bitLabelBytes(packet.bytes[next])
    }
  }
}

/** Prints the name at `at` of the message that starts at `message`, each label with its dot. Returns the first byte
 *  behind the name. Ends the packet's text where the name cannot be read. */
export function printName(out: Line, packet: Cursor, at: Offset, message: Offset): Offset {
  const behind = printReadableName(out, packet, at, message)
  if (behind < 0) throw TRUNCATED
  return behind
}

/** The same, but returns -1 where the name cannot be read, after what could be. */
export function printReadableName(out: Line, packet: Cursor, at: Offset, message: Offset): Offset {
  let bytes = labelBytes(out, packet, at)
  if (bytes < 0) return -1
  // A pointer must point before the name, the next one before that, and so on: so no chain of them is endless. Where
  // the name stands before the message (there is none around it), the first pointer may point anywhere.
  let limit = at < message ? Number.POSITIVE_INFINITY : at - message
  let label = packet.bytes[at]
  let next = at + 1
  let behind = (label & KIND) === POINTER ? -1 : next + bytes
  let compressed = false
  let shown = 0
  if (label === 0) {
    out.byte(DOT)
    return behind
  }
  while (label !== 0 && next < packet.end) {
    if ((label & KIND) === POINTER) {
      if (!compressed) behind = next + 1
      compressed = true
      const target = ((label << 8) | packet.bytes[next]) & 0x3fff
      if (target >= limit) {
        out.text('<BAD PTR>')
        return -1
      }
      limit = target
      next = message + target
    } else {
      if ((label & KIND) === EXTENDED) printBitLabel(out, packet, next)
      else {
        const end = next + Math.min(bytes, Math.max(0, LONGEST_NAME - shown))
        if (!printBytes(out, packet, next, end)) return -1
        shown += bytes
      }
      next += bytes
      if (shown <= LONGEST_NAME) out.byte(DOT)
      shown++
    }
    bytes = labelBytes(out, packet, next)
    if (bytes < 0) return -1
    label = packet.bytes[next++]
    if (!compressed) behind += bytes + 1
  }
  if (shown > LONGEST_NAME) out.text('<DOMAIN NAME TOO LONG>')
  return behind
}

/** Bytes behind the one at `at` that belong to its label, or -1 if there is no telling. */
function labelBytes(out: Line, packet: Cursor, at: Offset): number {
  if (!packet.has(at, 1)) return -1
  const label = packet.bytes[at]
  const kind = label & KIND
  if (kind === 0 || kind === POINTER) return label
  if (kind !== EXTENDED) out.text('<BAD LABEL TYPE>')
  else if ((label & ~KIND) !== BIT_LABEL) out.text(`<ELT ${label & ~KIND}>`)
  else if (packet.has(at + 1, 1)) return 1 + bitLabelBytes(packet.bytes[at + 1])
  return -1
}

/** A length of 0 means 256 bits. */
function bitLabelBytes(bits: number): number {
  return bits === 0 ? 32 : (bits + 7) >> 3
}

function printBitLabel(out: Line, packet: Cursor, at: Offset): void {
  const bits = packet.u8(at) || 256
  out.text('\\[x')
  let left = bits
  let next = at + 1
  for (; left > 7; left -= 8) out.hexPadded(packet.u8(next++), 2)
  if (left > 4) out.hexPadded(packet.u8(next) & (0xff << (8 - left)), 2)
  else if (left > 0) out.hexPadded((packet.u8(next) >> 4) & (0x0f << (4 - left)), 1)
  out.text(`/${bits}]`)
}
