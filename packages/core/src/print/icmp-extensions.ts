/** Extensions of ICMP errors, RFC 4884, and their objects: MPLS labels (RFC 4950). */
import { internetChecksum } from '../bytes/checksum.ts'
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printHex } from './hex-dump.ts'
import type { Line } from './line.ts'
import type { Context } from './printer.ts'

/** The quoted datagram has 128 bytes; extensions begin behind it (RFC 4884 §5.5). */
const START: Bytes = 136
const VERSION = 2
const HEADER_BYTES = 4

const classNames = new Map<number, string>([
  [1, 'MPLS Stack Entry'],
  [2, 'Interface Identification'],
])

export function printIcmpExtensions(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  if (length <= START) return
  const start = at + START
  const bytes = length - START
  packet.need(start, HEADER_BYTES)
  // Without the length that RFC 4884 brought, only a right checksum tells extensions from the datagram's rest.
  const whole = packet.has(start, bytes)
  const sum = whole ? internetChecksum(packet.bytes, start, start + bytes) : 0
  if (packet.u8(at + 5) === 0 && whole && sum !== 0) return
  const version = packet.u8(start) >> 4
  out.text(`\n\tICMP Multi-Part extension v${version}`)
  if (version !== VERSION) {
    out.text(' packet not supported')
    return
  }
  if (whole) {
    out.text(', checksum 0x')
    out.hexPadded(packet.u16(start + 2), 4)
    out.text(` (${sum === 0 ? '' : 'in'}correct), length ${bytes}`)
  }
  printObjects(out, packet, start + HEADER_BYTES, bytes - HEADER_BYTES, context)
}

function printObjects(out: Line, packet: Cursor, at: Offset, bytes: Bytes, _context: Context): void {
  let next = at
  let left = bytes
  while (left > HEADER_BYTES) {
    packet.need(next, HEADER_BYTES)
    const objectBytes = packet.u16(next)
    const kind = packet.u8(next + 2)
    const type = packet.u8(next + 3)
    out.text(`\n\t  ${classNames.get(kind) ?? 'unknown'} Object (${kind}), Class-Type: ${type}, length ${objectBytes}`)
    next += HEADER_BYTES
    left -= HEADER_BYTES
    if (kind === 0 || objectBytes < HEADER_BYTES) return
    const valueBytes = objectBytes - HEADER_BYTES
    if (kind === 1 && type === 1) printLabel(out, packet.u32(next))
    else printHex(out, packet, '\n\t    ', next, Math.min(valueBytes, packet.left(next)), 0)
    if (left < valueBytes) return
    next += valueBytes
    left -= valueBytes
  }
}

function printLabel(out: Line, entry: number): void {
  out.text(`\n\t    label ${entry >>> 12}, tc ${(entry >>> 9) & 7}`)
  if ((entry & 0x100) !== 0) out.text(', [S]')
  out.text(`, ttl ${entry & 0xff}`)
}
