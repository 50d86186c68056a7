/** The first line of the routing protocols OSPF (RFC 2328, RFC 5340), PIM (RFC 7761), EIGRP (RFC 7868) and BGP (RFC
 *  4271); tcpdump goes on in further lines with -v, which is not done here. */
import type { Printer } from './printer.ts'
import { type Names, nameOf, namesFromZero } from './tokens.ts'

const ospfTypes: Names = namesFromZero('|Hello|Database Description|LS-Request|LS-Update|LS-Ack')
const pimTypes: Names = namesFromZero(
  'Hello|Register|Register Stop|Join / Prune|Bootstrap|Assert|Graft|Graft Acknowledgement|Candidate RP Advertisement|Prune Refresh|DF Election|ECMP Redirect',
)
const eigrpOperations: Names = namesFromZero('|Update||Query|Reply|Hello|IPX SAP|Probe')
const EIGRP_HEADER_BYTES = 20

export const printOspf: Printer = (out, packet, at, length, context) => {
  context.protocol = context.ipVersion === 6 ? 'ospf3' : 'ospf2'
  packet.need(at, 4)
  const version = packet.u8(at)
  const type = packet.u8(at + 1)
  out.text(`OSPFv${version}, ${nameOf(ospfTypes, type, 'unknown LS-type ')}, length ${length}`)
}

export const printPim: Printer = (out, packet, at, length, context) => {
  context.protocol = 'pim'
  const first = packet.u8(at)
  out.text(`PIMv${first >> 4}, `)
  if (first >> 4 === 2) out.text(`${pimTypes.get(first & 15) ?? 'Unknown Type'}, `)
  out.text(`length ${length}`)
}

export const printEigrp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'eigrp'
  packet.need(at, EIGRP_HEADER_BYTES)
  const version = packet.u8(at)
  if (version !== 2) {
    out.text(`EIGRP version ${version} packet not supported`)
    return
  }
  const operation = packet.u8(at + 1)
  out.text(`EIGRP ${nameOf(eigrpOperations, operation, 'unknown (', ')')}, length: ${length}`)
}

export const printBgp: Printer = (out, _packet, _at, length, context) => {
  context.protocol = 'bgp'
  out.text(': BGP')
  if (context.options.verbose > 0) out.text(`, length: ${length}`)
}
