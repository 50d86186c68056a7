/** TCP as tcpdump 3.9.8 prints it: `S, cksum 0x1421 (correct), 1:1(0) ack 2 win 8192 <mss 1460>`. */
import type { Bytes, Offset } from '../../units.ts'
import { Flag } from '../../wire/tcp.ts'
import { rightChecksum, transportChecksum } from '../checksum.ts'
import type { Cursor } from '../cursor.ts'
import type { Line } from '../line.ts'
import { printIpv4Pair, printPorts } from '../ports.ts'
import { type Context, type Printer, printTruncated } from '../printer.ts'
import { printClassicOptions } from './tcp-options.ts'

const FIXED_BYTES = 20
const PROTOCOL = 6

/** In the order of 3.9.8. ACK and URG have fields of their own; a segment without any of these flags is a dot. */
const letters: readonly (readonly [number, string])[] = [
  [Flag.SYN, 'S'],
  [Flag.FIN, 'F'],
  [Flag.RST, 'R'],
  [Flag.PSH, 'P'],
  [Flag.CWR, 'W'],
  [Flag.ECE, 'E'],
]

const flagTexts = Array.from({ length: 256 }, (_, flags) => {
  const text = letters.map(([flag, letter]) => ((flags & flag) !== 0 ? letter : '')).join('')
  return text === '' ? '.' : text
})

export const printClassicTcp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'tcp'
  const { options, sequences } = context
  if (!packet.has(at, 4)) {
    // 3.9.8 reads the addresses where IPv4 has them, of an IPv6 header too.
    printIpv4Pair(out, packet, context.ipAt, context)
    out.text(': ')
    printTruncated(out, context)
    return
  }
  const sourcePort = packet.u16(at)
  const destinationPort = packet.u16(at + 2)
  printPorts(out, packet, context, sourcePort, destinationPort, PROTOCOL, 'tcp')
  out.text(': ')
  // 3.9.8 looks at the header's length before it looks whether that was captured: in a fresh buffer it finds a zero.
  const headerBytes = packet.has(at, 13) ? (packet.bytes[at + 12] >> 4) * 4 : 0
  if (headerBytes < FIXED_BYTES) {
    out.text(` tcp ${length - headerBytes} [bad hdr length ${headerBytes} - too short, < ${FIXED_BYTES}]`)
    return
  }
  packet.need(at, FIXED_BYTES)
  const flags = packet.bytes[at + 13]
  if (options.quiet > 0) {
    out.text('tcp ')
    out.signed(length - headerBytes)
  } else out.text(flagTexts[flags])
  let seq = packet.u32(at + 4)
  let ack = packet.u32(at + 8)
  let sackBase = 0
  if (options.quiet === 0 && !options.absoluteSequence && (flags & Flag.ACK) !== 0) {
    const v4 = context.ipVersion === 4
    const sourceAt = context.ipAt + (v4 ? 12 : 8)
    const destinationAt = context.ipAt + (v4 ? 16 : 24)
    const syn = (flags & Flag.SYN) !== 0
    sequences.relate(packet.bytes, sourceAt, destinationAt, v4 ? 4 : 16, sourcePort, destinationPort, seq, ack, syn)
    seq = sequences.seq
    ack = sequences.ack
    sackBase = sequences.sackBase
  }
  if (headerBytes > length) {
    out.text(` [bad hdr length ${headerBytes} - too long, > ${length}]`)
    return
  }
  if (options.quiet > 0) return
  if (options.verbose > 0 && !options.noChecksums && !context.fragmented && packet.has(at, length))
    printChecksum(out, packet, at, length, context)
  const dataBytes = length - headerBytes
  if (dataBytes > 0 || (flags & (Flag.SYN | Flag.FIN | Flag.RST)) !== 0 || options.verbose > 1)
    printNumbers(out, seq, dataBytes)
  if ((flags & Flag.ACK) !== 0) {
    out.text(' ack ')
    out.decimal(ack)
  }
  out.text(' win ')
  out.decimal(packet.u16(at + 14))
  if ((flags & Flag.URG) !== 0) {
    out.text(' urg ')
    out.decimal(packet.u16(at + 18))
  }
  if (headerBytes > FIXED_BYTES && !printClassicOptions(out, packet, at, headerBytes, sackBase, context)) return
  if (dataBytes > 0) printData(out, packet, at + headerBytes, dataBytes, flags, sourcePort, destinationPort, context)
}

/** `first:behind last(bytes)` */
function printNumbers(out: Line, seq: number, dataBytes: Bytes): void {
  out.byte(0x20)
  out.decimal(seq)
  out.byte(0x3a)
  out.decimal((seq + dataBytes) >>> 0)
  out.byte(0x28)
  out.decimal(dataBytes)
  out.byte(0x29)
}

function printData(
  out: Line,
  packet: Cursor,
  at: Offset,
  dataBytes: Bytes,
  flags: number,
  sourcePort: number,
  destinationPort: number,
  context: Context,
): void {
  if ((flags & Flag.RST) !== 0) return
  const printer = context.table.tcpPorts.find(sourcePort, destinationPort)
  if (printer === null) return
  context.sourcePort = sourcePort
  context.destinationPort = destinationPort
  printer(out, packet, at, dataBytes, context)
}

/** The parenthesis that stays open is 3.9.8's. */
function printChecksum(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const sum = transportChecksum(packet, context, at, length, length, PROTOCOL)
  const found = packet.u16(at + 16)
  out.text(', cksum 0x')
  out.hexPadded(found, 4)
  if (sum === 0) out.text(' (correct),')
  else {
    out.text(' (incorrect (-> 0x')
    out.hexPadded(rightChecksum(found, sum), 4)
    out.text('),')
  }
}
