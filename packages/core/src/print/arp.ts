/** ARP and RARP, RFC 826 and RFC 903.
 *
 *      0          2          4             5             6           8
 *      | hardware | protocol | hw. length | pr. length | operation | sender hw., pr. | target hw., pr.
 */
import type { Bytes, Offset } from '../units.ts'
import { printAtmArp } from './arp-atm.ts'
import type { Cursor } from './cursor.ts'
import { etherTypeName } from './ether-types.ts'
import { dumpUnknown } from './hex-dump.ts'
import type { Line } from './line.ts'
import type { Context, Printer } from './printer.ts'

export const FIXED_BYTES = 8
export const IPV4 = 0x0800
export const TRAILER = 0x1000
/** RFC 826, RFC 903, RFC 2390. */
export const Operation = {
  REQUEST: 1,
  REPLY: 2,
  REVERSE_REQUEST: 3,
  REVERSE_REPLY: 4,
  INVERSE_REQUEST: 8,
  INVERSE_REPLY: 9,
}
const FRAME_RELAY = 15
const ATM = 19

const hardwareNames = new Map<number, string>([
  [1, 'Ethernet'],
  [6, 'TokenRing'],
  [7, 'ArcNet'],
  [15, 'FrameRelay'],
  [19, 'ATM'],
  [23, 'Strip'],
  [24, 'IEEE 1394'],
  [32, 'Infiniband'],
])

const operationNames = new Map<number, string>([
  [Operation.REQUEST, 'Request'],
  [Operation.REPLY, 'Reply'],
  [Operation.REVERSE_REQUEST, 'Reverse Request'],
  [Operation.REVERSE_REPLY, 'Reverse Reply'],
  [Operation.INVERSE_REQUEST, 'Inverse Request'],
  [Operation.INVERSE_REPLY, 'Inverse Reply'],
  [10, 'NACK Reply'],
])

export const printArp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'arp'
  packet.need(at, FIXED_BYTES)
  const hardware = packet.u16(at)
  const protocol = packet.u16(at + 2)
  const hardwareBytes = packet.u8(at + 4)
  const protocolBytes = packet.u8(at + 5)
  const operation = packet.u16(at + 6)
  if (hardware === ATM) {
    printAtmArp(out, packet, at, length, context)
    return
  }
  const senderAt = at + FIXED_BYTES
  const targetAt = senderAt + hardwareBytes + protocolBytes
  packet.need(targetAt + hardwareBytes, protocolBytes)
  const verbose = context.options.verbose > 0
  if (!context.options.link) out.text('ARP, ')
  const usual = (protocol === IPV4 || protocol === TRAILER) && protocolBytes === 4 && hardwareBytes > 0
  if (!usual || verbose) {
    out.text(`${hardwareNames.get(hardware) ?? `Unknown Hardware (${hardware})`} (len ${hardwareBytes}), `)
    const name = etherTypeName(protocol)
    if (name !== null) out.text(name)
    else {
      out.text('Unknown Protocol (0x')
      out.hexPadded(protocol, 4)
      out.byte(0x29)
    }
    out.text(` (len ${protocolBytes})`)
    if (!verbose) {
      out.text(`, length ${length}`)
      return
    }
    out.text(', ')
  }
  out.text(operationNames.get(operation) ?? `Unknown (${operation})`)
  out.byte(0x20)
  const link = (address: Offset): void => printLinkAddress(out, packet, address, hardwareBytes, hardware, context)
  const network = (address: Offset): void => printAddress(out, packet, address, protocol, protocolBytes, context)
  switch (operation) {
    case Operation.REQUEST:
      out.text('who-has ')
      network(targetAt + hardwareBytes)
      if (!isZero(packet, targetAt, hardwareBytes)) {
        out.text(' (')
        link(targetAt)
        out.byte(0x29)
      }
      out.text(' tell ')
      network(senderAt + hardwareBytes)
      break
    case Operation.REPLY:
      network(senderAt + hardwareBytes)
      out.text(' is-at ')
      link(senderAt)
      break
    case Operation.REVERSE_REQUEST:
    case Operation.INVERSE_REQUEST:
      out.text('who-is ')
      link(targetAt)
      out.text(' tell ')
      link(senderAt)
      break
    case Operation.REVERSE_REPLY:
      link(targetAt)
      out.text(' at ')
      network(targetAt + hardwareBytes)
      break
    case Operation.INVERSE_REPLY:
      link(senderAt)
      out.text(' at ')
      network(senderAt + hardwareBytes)
      break
    default:
      dumpUnknown(out, packet, at, packet.left(at))
      return
  }
  out.text(`, length ${length}`)
}

function printAddress(out: Line, packet: Cursor, at: Offset, protocol: number, bytes: Bytes, context: Context): void {
  if (protocol !== IPV4 && protocol !== TRAILER) out.text('<wrong proto type>')
  else if (bytes !== 4) out.text('<wrong len>')
  else {
    packet.need(at, 4)
    context.names.ipv4(out, packet.bytes, at)
  }
}

export function printLinkAddress(
  out: Line,
  packet: Cursor,
  at: Offset,
  bytes: Bytes,
  hardware: number,
  context: Context,
): void {
  if (bytes === 0) {
    out.text('<empty>')
    return
  }
  packet.need(at, bytes)
  if (bytes === 6 && hardware !== FRAME_RELAY) {
    context.names.ether(out, packet.bytes, at)
    return
  }
  for (let i = 0; i < bytes; i++) {
    if (i > 0) out.byte(0x3a)
    out.hexPadded(packet.u8(at + i), 2)
  }
}

export function isZero(packet: Cursor, at: Offset, bytes: Bytes): boolean {
  for (let i = 0; i < bytes; i++) if (packet.u8(at + i) !== 0) return false
  return true
}
