/** VRRP: version 2 (RFC 3768, with the passwords of RFC 2338), version 3 (RFC 5798). */
import { internetChecksum } from '../bytes/checksum.ts'
import type { Bytes, Offset } from '../units.ts'
import { transportChecksum } from './checksum.ts'
import type { Cursor } from './cursor.ts'
import { requiresVersion } from './ip-payload.ts'
import type { Line } from './line.ts'
import type { Context, Printer } from './printer.ts'
import { printString } from './safe-text.ts'
import { type Names, nameOf, namesFromZero } from './tokens.ts'

const PROTOCOL = 112
const ADVERTISEMENT = 1
const SIMPLE = 1
const PASSWORD_BYTES = 8
const authentications: Names = namesFromZero('none|simple|ah')

export const printVrrp: Printer = (out, packet, at, length, context) => {
  if (!requiresVersion(out, 4, context)) return
  context.protocol = 'vrrp'
  const first = packet.u8(at)
  const version = first >> 4
  const type = first & 15
  out.text(`VRRPv${version}, ${type === ADVERTISEMENT ? 'Advertisement' : `unknown type (${type})`}`)
  if (context.hopLimit !== 255) out.text(`, (ttl ${context.hopLimit})`)
  if (version < 2 || version > 3 || type !== ADVERTISEMENT) return
  out.text(`, vrid ${packet.u8(at + 1)}, prio ${packet.u8(at + 2)}`)
  packet.need(at, 6)
  const authentication = packet.u8(at + 4)
  if (version === 2)
    out.text(
      `, authtype ${nameOf(authentications, authentication, '#')}, intvl ${packet.u8(at + 5)}s, length ${length}`,
    )
  else out.text(`, intvl ${packet.u16(at + 4) & 0x0fff}cs, length ${length}`)
  if (context.options.verbose === 0) return
  if (packet.has(at, length) && !isSumRight(packet, at, length, version, context)) {
    out.text(', (bad vrrp cksum ')
    out.hex(packet.u16(at + 6))
    out.byte(0x29)
  }
  const next = printAddresses(out, packet, at + 8, packet.u8(at + 3), context)
  if (version !== 2 || authentication !== SIMPLE) return
  packet.need(next, PASSWORD_BYTES)
  out.text(' auth "')
  printString(out, packet, next, next + PASSWORD_BYTES)
  out.byte(0x22)
}

function isSumRight(packet: Cursor, at: Offset, length: Bytes, version: number, context: Context): boolean {
  if (version === 2) return internetChecksum(packet.bytes, at, at + length) === 0
  return transportChecksum(packet, context, at, length, length, PROTOCOL) === 0
}

function printAddresses(out: Line, packet: Cursor, at: Offset, count: number, context: Context): Offset {
  out.text(count > 1 ? `, addrs(${count}):` : ', addrs:')
  let next = at
  for (let i = 0; i < count; i++) {
    packet.need(next, 4)
    out.byte(i === 0 ? 0x20 : 0x2c)
    context.names.ipv4(out, packet.bytes, next)
    next += 4
  }
  return next
}
