/** IP of either version, where nothing but its first four bits tells which (raw links, MPLS). */
import type { Printer } from './printer.ts'

export const printIp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ipn'
  if (length < 1) {
    out.text(`truncated-ip ${length}`)
    return
  }
  const version = packet.u8(at) >> 4
  if (version === 4) context.table.layers.ipv4(out, packet, at, length, context)
  else if (version === 6) context.table.layers.ipv6(out, packet, at, length, context)
  else out.text(`unknown ip ${version}`)
}

/** A capture of raw IP packets: there is no link header. */
export const printRawLink: Printer = (out, packet, at, length, context) => {
  context.protocol = 'raw'
  if (context.options.link) out.text('ip: ')
  printIp(out, packet, at, length, context)
}
