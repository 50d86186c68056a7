/** VXLAN (RFC 7348) and its Generic Protocol Extension (draft-ietf-nvo3-vxlan-gpe). */
import { type Printer, printInvalid } from './printer.ts'
import { bitNames, type Names } from './tokens.ts'

const HEADER_BYTES = 8
const INSTANCE = 0x08
const flagNames: Names = new Map([[INSTANCE, 'I']])

export const printVxlan: Printer = (out, packet, at, length, context) => {
  context.protocol = 'vxlan'
  out.text('VXLAN')
  if (length < HEADER_BYTES) {
    out.text(` [length ${length} < ${HEADER_BYTES}]`)
    printInvalid(out)
    return
  }
  const flags = packet.u8(at)
  out.text(`, flags [${bitNames(flagNames, flags, '', 'invalid')}] (0x`)
  out.hexPadded(flags, 2)
  out.text('), ')
  if ((flags & INSTANCE) !== 0) out.text(`vni ${packet.u24(at + 4)}\n`)
  else out.text('ERROR: I flag not set\n')
  packet.need(at, HEADER_BYTES)
  context.table.layers.ethernet(out, packet, at + HEADER_BYTES, length - HEADER_BYTES, context)
}
