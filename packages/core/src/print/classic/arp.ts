/** ARP and RARP as tcpdump 3.9.8 prints them: `arp who-has 10.0.0.1 tell 10.0.0.2`. */
import { FIXED_BYTES, IPV4, isZero, Operation, printLinkAddress, TRAILER } from '../arp.ts'
import { dumpUnknown } from '../hex-dump.ts'
import type { Printer } from '../printer.ts'

const ETHERNET = 1

export const printClassicArp: Printer = (out, packet, at, _length, context) => {
  context.protocol = 'arp'
  packet.need(at, FIXED_BYTES)
  const hardware = packet.u16(at)
  const protocol = packet.u16(at + 2)
  const hardwareBytes = packet.u8(at + 4)
  const protocolBytes = packet.u8(at + 5)
  const operation = packet.u16(at + 6)
  const senderAt = at + FIXED_BYTES
  const targetAt = senderAt + hardwareBytes + protocolBytes
  packet.need(targetAt + hardwareBytes, protocolBytes)
  if ((protocol !== IPV4 && protocol !== TRAILER) || protocolBytes !== 4 || hardwareBytes === 0) {
    out.text(`arp-#${operation} for proto #${protocol} (${protocolBytes}) hardware #${hardware} (${hardwareBytes})`)
    return
  }
  const link = (address: number): void => printLinkAddress(out, packet, address, hardwareBytes, hardware, context)
  const network = (address: number): void => context.names.ipv4(out, packet.bytes, address + hardwareBytes)
  if (protocol === TRAILER) out.text('trailer-')
  switch (operation) {
    case Operation.REQUEST:
      out.text('arp who-has ')
      network(targetAt)
      if (!isZero(packet, targetAt, hardwareBytes)) {
        out.text(' (')
        link(targetAt)
        out.byte(0x29)
      }
      out.text(' tell ')
      network(senderAt)
      break
    case Operation.REPLY:
      out.text('arp reply ')
      network(senderAt)
      out.text(' is-at ')
      link(senderAt)
      break
    case Operation.REVERSE_REQUEST:
    case Operation.INVERSE_REQUEST:
      out.text(operation === Operation.REVERSE_REQUEST ? 'rarp who-is ' : 'invarp who-is ')
      link(targetAt)
      out.text(' tell ')
      link(senderAt)
      break
    case Operation.REVERSE_REPLY:
    case Operation.INVERSE_REPLY:
      out.text(operation === Operation.REVERSE_REPLY ? 'rarp reply ' : 'invarp reply ')
      link(targetAt)
      out.text(' at ')
      network(targetAt)
      break
    default:
      out.text(`arp-#${operation}`)
      if (!context.noDefaultDump) dumpUnknown(out, packet, at, packet.left(at))
      return
  }
  if (hardware !== ETHERNET) out.text(` hardware #${hardware}`)
}
