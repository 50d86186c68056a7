/** Captures of macOS with a header on each packet that names interface and process:
 *  https://www.tcpdump.org/linktypes/LINKTYPE_PKTAP.html */

import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { dumpUnknown } from './hex-dump.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printInvalid } from './printer.ts'
import type { Names } from './tokens.ts'

const HEADER_BYTES = 108
const NOTHING = 0
const PACKET = 1
const MAX_DEPTH = 8

/** The link types that macOS captures on. */
const linkNames: Names = new Map([
  [0, 'NULL'],
  [1, 'EN10MB'],
  [9, 'PPP'],
  [12, 'RAW'],
  [50, 'PPP_SERIAL'],
  [105, 'IEEE802_11'],
  [108, 'LOOP'],
  [113, 'LINUX_SLL'],
  [127, 'IEEE802_11_RADIO'],
  [138, 'APPLE_IP_OVER_IEEE1394'],
  [192, 'PPI'],
  [258, 'PKTAP'],
])

export const printPktapLink: Printer = (out, packet, at, length, context) => {
  context.protocol = 'pktap'
  context.linkBytes = 0
  if (length < HEADER_BYTES) {
    out.text(` (packet too short, ${length} < ${HEADER_BYTES})`)
    printInvalid(out)
    return
  }
  const headerBytes = packet.le32(at)
  if (headerBytes < HEADER_BYTES || headerBytes > length) {
    if (headerBytes > length) out.text(` (pkt_len too big, ${headerBytes} > ${length})`)
    else out.text(` (pkt_len too small, ${headerBytes} < ${HEADER_BYTES})`)
    printInvalid(out)
    return
  }
  packet.need(at, headerBytes)
  const { options } = context
  if (options.link) printHeader(out, packet, at, length, context)
  const next = at + headerBytes
  const type = packet.le32(at + 4)
  if (type !== PACKET) {
    if (type === NOTHING) out.text('no data')
    context.linkBytes = headerBytes
    return
  }
  const printer = context.table.links.get(packet.le32(at + 8))
  // Headers in headers are nothing that anything writes: a few of them are enough.
  if (printer !== undefined && context.depth < MAX_DEPTH) {
    context.depth++
    printer(out, packet, next, length - headerBytes, context)
    context.depth--
    context.linkBytes += headerBytes
    return
  }
  context.linkBytes = headerBytes
  if (!options.link) printHeader(out, packet, at, length, context)
  if (!context.noDefaultDump) dumpUnknown(out, packet, next, packet.left(next))
}

function printHeader(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const link = packet.le32(at + 8)
  const name = linkNames.get(link) ?? 'UNKNOWN'
  out.text(context.options.quiet > 0 ? name : `DLT ${name} (${link}) len ${packet.le32(at)}`)
  out.text(`, length ${length}: `)
}
