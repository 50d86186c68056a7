/** TCP, RFC 9293. */
import type { Bytes, Offset } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { rightChecksum, transportChecksum } from './checksum.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import type { Line } from './line.ts'
import { printAddresses, printPorts } from './ports.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'
import { printByte } from './safe-text.ts'
import { printTcpOptions } from './tcp-options.ts'

const FIXED_BYTES = 20
const PROTOCOL = 6
/** Bytes of a reset's data that -v shows. */
const MAX_RESET_DATA = 30
const FLAG_LETTERS = 'FSRP.UEW'

/** The letters of each combination of the eight flags. */
const flagTexts = Array.from({ length: 256 }, (_, flags) => {
  let text = ''
  for (let bit = 0; bit < 8; bit++) if ((flags & (1 << bit)) !== 0) text += FLAG_LETTERS[bit]
  return `Flags [${text === '' ? 'none' : text}]`
})

export const printTcp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'tcp'
  const { options, sequences } = context
  if (!packet.has(at, 4)) {
    printAddresses(out, packet, context)
    printTruncated(out, context)
    return
  }
  const sourcePort = packet.u16(at)
  const destinationPort = packet.u16(at + 2)
  printPorts(out, packet, context, sourcePort, destinationPort, PROTOCOL, 'tcp')
  out.text(': ')
  packet.need(at, FIXED_BYTES)
  const headerBytes = (packet.bytes[at + 12] >> 4) * 4
  if (headerBytes < FIXED_BYTES) {
    out.text(` tcp ${(length - headerBytes) >>> 0} [bad hdr length ${headerBytes} - too short, < ${FIXED_BYTES}]`)
    return
  }
  if (options.quiet > 0) {
    out.text('tcp ')
    out.decimal((length - headerBytes) >>> 0)
    if (headerBytes > length) printTooLong(out, headerBytes, length)
    return
  }
  const flags = packet.bytes[at + 13]
  out.text(flagTexts[flags])
  let seq = packet.u32(at + 4)
  let ack = packet.u32(at + 8)
  let sackBase = 0
  if (!options.absoluteSequence && (flags & Flag.ACK) !== 0) {
    const ip = context.ipAt
    const syn = (flags & Flag.SYN) !== 0
    if (context.ipVersion === 4)
      sequences.relate(packet.bytes, ip + 12, ip + 16, 4, sourcePort, destinationPort, seq, ack, syn)
    else sequences.relate(packet.bytes, ip + 8, ip + 24, 16, sourcePort, destinationPort, seq, ack, syn)
    seq = sequences.seq
    ack = sequences.ack
    sackBase = sequences.sackBase
  }
  if (headerBytes > length) {
    printTooLong(out, headerBytes, length)
    return
  }
  if (options.verbose > 0 && !options.noChecksums && !context.fragmented && packet.has(at, length))
    printChecksum(out, packet, at, length, context)
  const dataBytes = length - headerBytes
  if (dataBytes > 0 || (flags & (Flag.SYN | Flag.FIN | Flag.RST)) !== 0 || options.verbose > 1) {
    out.text(', seq ')
    out.decimal(seq)
    if (dataBytes > 0) {
      out.byte(0x3a)
      out.decimal((seq + dataBytes) >>> 0)
    }
  }
  if ((flags & Flag.ACK) !== 0) {
    out.text(', ack ')
    out.decimal(ack)
  }
  out.text(', win ')
  out.decimal(packet.u16(at + 14))
  if ((flags & Flag.URG) !== 0) {
    out.text(', urg ')
    out.decimal(packet.u16(at + 18))
  }
  if (headerBytes > FIXED_BYTES) {
    const readable = printTcpOptions(out, packet, at, headerBytes, dataBytes, flags, sackBase, context.names)
    if (!readable) return
  }
  out.text(', length ')
  out.decimal(dataBytes)
  if (dataBytes > 0) printData(out, packet, at, headerBytes, dataBytes, flags, context, sourcePort, destinationPort)
}

function printData(
  out: Line,
  packet: Cursor,
  at: Offset,
  headerBytes: Bytes,
  dataBytes: Bytes,
  flags: number,
  context: Context,
  sourcePort: number,
  destinationPort: number,
): void {
  if (!packet.has(at, headerBytes)) {
    out.text(` [remaining caplen(${packet.left(at)}) < header length(${headerBytes})]`)
    throw TRUNCATED
  }
  const dataAt = at + headerBytes
  if ((flags & Flag.RST) !== 0) {
    printResetData(out, packet, dataAt, dataBytes, context)
    return
  }
  const { packetType } = context.options
  const printer =
    packetType === null
      ? context.table.tcpPorts.find(sourcePort, destinationPort)
      : (context.table.tcpTypes.get(packetType) ?? null)
  if (printer === null) return
  context.sourcePort = sourcePort
  context.destinationPort = destinationPort
  printer(out, packet, dataAt, dataBytes, context)
}

function printTooLong(out: Line, headerBytes: Bytes, length: Bytes): void {
  out.text(` [bad hdr length ${headerBytes} - too long, > ${length}]`)
}

function printChecksum(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const sum = transportChecksum(packet, context, at, length, length, PROTOCOL)
  const found = packet.u16(at + 16)
  out.text(', cksum 0x')
  out.hexPadded(found, 4)
  if (sum === 0) out.text(' (correct)')
  else {
    out.text(' (incorrect -> 0x')
    out.hexPadded(rightChecksum(found, sum), 4)
    out.byte(0x29)
  }
}

/** Data of a reset may say in words why it was sent (RFC 9293 §3.5.3, formerly RFC 1122 §4.2.2.12). */
function printResetData(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  if (context.options.verbose === 0) {
    packet.need(at, length)
    return
  }
  out.text(packet.has(at, length) ? ' [RST' : ' [!RST')
  if (length > MAX_RESET_DATA) out.byte(0x2b)
  out.byte(0x20)
  const end = Math.min(at + Math.min(length, MAX_RESET_DATA), packet.end)
  for (let i = at; i < end; i++) printByte(out, packet.bytes[i])
  out.byte(0x5d)
}
