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
  let bytes = labelBytes(out, packet, at)
  // A pointer must point before the name, the next one before that, and so on: so no chain of them is endless.
  let limit = at - message
  let label = packet.u8(at)
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
        throw TRUNCATED
      }
      limit = target
      next = message + target
      label = packet.u8(next)
      bytes = labelBytes(out, packet, next)
      next++
      continue
    }
    if ((label & KIND) === EXTENDED) printBitLabel(out, packet, next)
    else {
      if (shown < LONGEST_NAME && !printBytes(out, packet, next, next + Math.min(bytes, LONGEST_NAME - shown)))
        throw TRUNCATED
      shown += bytes
    }
    next += bytes
    if (shown <= LONGEST_NAME) out.byte(DOT)
    shown++
    label = packet.u8(next)
    bytes = labelBytes(out, packet, next)
    next++
    if (!compressed) behind += bytes + 1
  }
  if (shown > LONGEST_NAME) out.text('<DOMAIN NAME TOO LONG>')
  if (behind < 0) throw TRUNCATED
  return behind
}

/** Bytes behind the one at `at` that belong to its label. */
function labelBytes(out: Line, packet: Cursor, at: Offset): number {
  const label = packet.u8(at)
  const kind = label & KIND
  if (kind === 0 || kind === POINTER) return label
  if (kind !== EXTENDED) out.text('<BAD LABEL TYPE>')
  else if ((label & ~KIND) !== BIT_LABEL) out.text(`<ELT ${label & ~KIND}>`)
  else return 1 + bitLabelBytes(packet.u8(at + 1))
  throw TRUNCATED
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
