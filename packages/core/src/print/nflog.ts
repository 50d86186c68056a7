/** Packets that Linux' netfilter logs: https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { dumpUnknown } from './hex-dump.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'
import type { Names } from './tokens.ts'

const HEADER_BYTES = 4
const ATTRIBUTE_HEADER_BYTES = 4
const PAYLOAD = 9
const INET = 2
const INET6 = 10
const families: Names = new Map([
  [INET, 'IPv4'],
  [INET6, 'IPv6'],
])

/** Attributes are in the byte order of the machine that logged: little endian, as on all that are in use. */
export const printNflogLink: Printer = (out, packet, at, length, context) => {
  context.protocol = 'nflog'
  context.linkBytes = 0
  if (packet.left(at) < HEADER_BYTES) {
    printTruncated(out, context)
    context.linkBytes = packet.left(at)
    return
  }
  const version = packet.u8(at + 1)
  if (version !== 0) {
    out.text(`version ${version} (unknown)`)
    context.linkBytes = HEADER_BYTES
    return
  }
  if (context.options.link) printHeader(out, packet, at, length, context)
  let next = at + HEADER_BYTES
  const end = at + length
  while (next < end) {
    const bytes = packet.has(next, ATTRIBUTE_HEADER_BYTES) ? (packet.le16(next) + 3) & ~3 : 0
    if (bytes < ATTRIBUTE_HEADER_BYTES || !packet.has(next, bytes)) {
      printTruncated(out, context)
      context.linkBytes = next - at
      return
    }
    if (packet.le16(next + 2) === PAYLOAD) {
      next += ATTRIBUTE_HEADER_BYTES
      break
    }
    next += bytes
  }
  const left = Math.max(0, end - next)
  const family = packet.u8(at)
  if (family === INET) context.table.layers.ipv4(out, packet, next, left, context)
  else if (family === INET6) context.table.layers.ipv6(out, packet, next, left, context)
  else {
    if (!context.options.link) printHeader(out, packet, at, left + HEADER_BYTES, context)
    if (!context.noDefaultDump) dumpUnknown(out, packet, next, packet.left(next))
  }
  context.linkBytes = next - at
}

function printHeader(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const family = packet.u8(at)
  out.text(`version ${packet.u8(at + 1)}, resource ID ${packet.u16(at + 2)}`)
  if (context.options.quiet === 0) out.text(`, family ${families.get(family) ?? 'Unknown'} (${family})`)
  else out.text(`, ${families.get(family) ?? `Unknown NFLOG (0x${family.toString(16).padStart(2, '0')})`}`)
  out.text(`, length ${length}: `)
}
