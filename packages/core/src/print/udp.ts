/** UDP, RFC 768. */
import type { Bytes, Offset } from '../units.ts'
import { rightChecksum, transportChecksum } from './checksum.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { printAddresses, printPorts } from './ports.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'

const HEADER_BYTES = 8
const PROTOCOL = 17

/** Says that a checksum is wrong: the one found, and what the sum over all comes to instead of 0. */
type PrintWrongChecksum = (out: Line, found: number, sum: number) => void

/** A printer of UDP. */
export function udpPrinter(printWrongChecksum: PrintWrongChecksum): Printer {
  return (out, packet, at, length, context) => print(out, packet, at, length, context, printWrongChecksum)
}

export const printUdp = udpPrinter((out, found, sum) => {
  out.text('[bad udp cksum 0x')
  out.hexPadded(found, 4)
  out.text(' -> 0x')
  out.hexPadded(rightChecksum(found, sum), 4)
  out.text('!] ')
})

function print(
  out: Line,
  packet: Cursor,
  at: Offset,
  length: Bytes,
  context: Context,
  printWrongChecksum: PrintWrongChecksum,
): void {
  context.protocol = 'udp'
  if (!packet.has(at, 4)) {
    printAddresses(out, packet, context)
    out.byte(0x20)
    printTruncated(out, context)
    return
  }
  const sourcePort = packet.u16(at)
  const destinationPort = packet.u16(at + 2)
  printPorts(out, packet, context, sourcePort, destinationPort, PROTOCOL, 'udp')
  out.text(': ')
  if (length < HEADER_BYTES) {
    out.text(`truncated-udp ${length}`)
    return
  }
  packet.need(at, HEADER_BYTES)
  let total = packet.u16(at + 4)
  // A jumbogram's length field is 0 (RFC 2675 §4).
  if (total === 0 && length > 65535) total = length
  if (total < HEADER_BYTES) {
    out.text(`truncated-udplength ${total}`)
    return
  }
  const dataBytes = Math.min(total, length) - HEADER_BYTES
  const { options } = context
  if (options.packetType === null && options.verbose > 0 && !options.noChecksums && !context.fragmented)
    printChecksum(out, packet, at, HEADER_BYTES + dataBytes, context, printWrongChecksum)
  const printer =
    options.packetType !== null
      ? (context.table.udpTypes.get(options.packetType) ?? null)
      : options.quiet > 0
        ? null
        : context.table.udpPorts.find(sourcePort, destinationPort)
  if (printer !== null) {
    context.sourcePort = sourcePort
    context.destinationPort = destinationPort
    printer(out, packet, at + HEADER_BYTES, dataBytes, context)
  } else if (options.packetType !== null) return
  else if (total > length && !context.fragmented)
    out.text(`UDP, bad length ${total - HEADER_BYTES} > ${length - HEADER_BYTES}`)
  else {
    out.text('UDP, length ')
    out.decimal(total - HEADER_BYTES)
  }
}

function printChecksum(
  out: Line,
  packet: Cursor,
  at: Offset,
  length: Bytes,
  context: Context,
  printWrongChecksum: PrintWrongChecksum,
): void {
  // tcpdump minds the checksum of UDP over IPv4 less, since there it may be left out.
  if (context.ipVersion === 4 && context.options.verbose < 2) return
  const found = packet.u16(at + 6)
  if (found === 0 && context.ipVersion === 4) {
    out.text('[no cksum] ')
    return
  }
  if (!packet.has(at, length)) return
  const sum = transportChecksum(packet, context, at, length, length, PROTOCOL)
  if (sum === 0) out.text('[udp sum ok] ')
  else printWrongChecksum(out, found, sum)
}
