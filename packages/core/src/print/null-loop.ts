/** BSD loopback: four bytes with the address family, in either byte order. */
import { dumpUnknown } from './hex-dump.ts'
import type { Printer } from './printer.ts'

const HEADER_BYTES = 4
/** Families of the BSDs, which number IPv6 each in its own way. */
const familyNames = new Map<number, string>([
  [2, 'IPv4'],
  [6, 'NS'],
  [7, 'ISO'],
  [16, 'Appletalk'],
  [23, 'IPX'],
  [24, 'IPv6'],
  [28, 'IPv6'],
  [30, 'IPv6'],
])

export const printNullLink: Printer = (out, packet, at, length, context) => {
  context.protocol = 'null'
  packet.need(at, HEADER_BYTES)
  context.linkBytes = HEADER_BYTES
  let family = packet.le32(at)
  if (family > 0xffff) family = packet.u32(at)
  if (context.options.link) {
    if (context.options.quiet > 0) out.text(`${familyNames.get(family) ?? `Unknown (${family})`}, `)
    else out.text(`AF ${familyNames.get(family) ?? 'Unknown'} (${family}), `)
    out.text(`length ${length}: `)
  }
  const { layers } = context.table
  const next = at + HEADER_BYTES
  const name = familyNames.get(family)
  if (name === 'IPv4') layers.ipv4(out, packet, next, length - HEADER_BYTES, context)
  else if (name === 'IPv6') layers.ipv6(out, packet, next, length - HEADER_BYTES, context)
  else {
    if (!context.options.link) {
      out.text(`AF ${name ?? 'Unknown'} (${family}), length ${length}: `)
    }
    if (!context.noDefaultDump) dumpUnknown(out, packet, next, packet.left(next))
  }
}
