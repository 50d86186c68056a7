/** ESP behind UDP to get through address translation, RFC 3948. */
import type { Printer } from './printer.ts'

const ESP = 50
const MARKER_BYTES = 4

export const printNatTraversal: Printer = (out, packet, at, length, context) => {
  context.protocol = 'isakmp_rfc3948'
  packet.need(at, 1)
  if (length === 1 && packet.u8(at) === 0xff) {
    out.text('isakmp-nat-keep-alive')
    return
  }
  if (length < MARKER_BYTES) packet.need(packet.end, 1)
  if (packet.u32(at) === 0) {
    // IKE follows, of which nothing is printed.
    out.text('NONESP-encap: isakmp')
    return
  }
  out.text('UDP-encap: ')
  context.table.ipProtocols[ESP]?.(out, packet, at, length, context)
}
