/** IPv6 routing header, RFC 8200 §4.4: types 0 (RFC 5095), 2 (RFC 6275 §6.4) and 4 (segments, RFC 8754 §2). */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Context, printInvalid } from './printer.ts'

/** Returns the header's length, or -1 if it cannot be followed. */
export function printRouting6(out: Line, packet: Cursor, at: Offset, context: Context): Bytes {
  context.protocol = 'rt6'
  out.text('RT6')
  const words = packet.u8(at + 1)
  out.text(` (len=${words}`)
  const type = packet.u8(at + 2)
  out.text(`, type=${type}`)
  if (type === 0) out.text(' [Deprecated]')
  out.text(`, segleft=${packet.u8(at + 3)}`)
  const verbose = context.options.verbose > 0
  if (type === 0 || type === 2) {
    const reserved = packet.u32(at + 4)
    if (reserved !== 0 || verbose) {
      out.text(', rsv=0x')
      out.hex(reserved)
    }
  } else if (type === 4) {
    out.text(`, last-entry=${packet.u8(at + 4)}`)
    const flags = packet.u8(at + 5)
    if (flags !== 0 || verbose) {
      out.text(', flags=0x')
      out.hex(flags)
    }
    out.text(', tag=')
    out.hex(packet.u16(at + 6))
  } else {
    out.text(' (unknown type)')
    printInvalid(out)
    return -1
  }
  if (words % 2 === 1) {
    out.text(type === 4 ? ` (invalid length ${words})` : ` [length ${words}]`)
    printInvalid(out)
    return -1
  }
  for (let i = 0; i < words / 2; i++) {
    const address = at + 8 + 16 * i
    out.text(`, [${i}]`)
    packet.need(address, 16)
    context.names.ipv6(out, packet.bytes, address)
  }
  out.text(') ')
  return (words + 1) * 8
}
