/** VXLAN (RFC 7348) and its Generic Protocol Extension (draft-ietf-nvo3-vxlan-gpe). */
import { type Printer, printInvalid } from './printer.ts'
import { bitNames, type Names } from './tokens.ts'

const HEADER_BYTES = 8
const NEXT_PROTOCOL = 0x04
const flagNames: Names = new Map([[0x08, 'I']])
const extendedFlagNames: Names = new Map([
  [0x08, 'I'],
  [NEXT_PROTOCOL, 'P'],
  [0x02, 'B'],
  [0x01, 'O'],
])

export const printVxlan: Printer = (out, packet, at, length, context) => {
  context.protocol = 'vxlan'
  out.text('VXLAN')
  if (length < HEADER_BYTES) {
    printInvalid(out)
    return
  }
  const flags = packet.u8(at)
  out.text(`, flags [${bitNames(flagNames, flags, '', 'invalid')}] (0x`)
  out.hexPadded(flags, 2)
  out.text('), vni ')
  out.decimal(packet.u24(at + 4))
  out.byte(0x0a)
  packet.need(at, HEADER_BYTES)
  context.table.layers.ethernet(out, packet, at + HEADER_BYTES, length - HEADER_BYTES, context)
}

export const printVxlanGpe: Printer = (out, packet, at, length, context) => {
  context.protocol = 'vxlan_gpe'
  out.text('VXLAN-GPE, ')
  if (length < HEADER_BYTES) {
    out.text(` (len ${length} < ${HEADER_BYTES})`)
    printInvalid(out)
    return
  }
  const flags = packet.u8(at)
  out.text(`flags [${bitNames(extendedFlagNames, flags, '', 'none')}], `)
  const next = packet.u8(at + 3)
  out.text(`vni ${packet.u24(at + 4)}`)
  packet.need(at, HEADER_BYTES)
  out.text(context.options.verbose > 0 ? '\n    ' : ': ')
  const { layers } = context.table
  const printer = next === 1 ? layers.ipv4 : next === 2 ? layers.ipv6 : next === 3 ? layers.ethernet : null
  if (printer === null) {
    out.text(`unknown-next-protocol-0x${next.toString(16).padStart(2, '0')}`)
    return
  }
  printer(out, packet, at + HEADER_BYTES, length - HEADER_BYTES, context)
}
