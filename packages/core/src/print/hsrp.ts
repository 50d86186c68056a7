/** Cisco's Hot Standby Router Protocol, version 1: RFC 2281. */
import type { Printer } from './printer.ts'
import { printString } from './safe-text.ts'
import { type Names, nameOf, namesFromZero, printSpan } from './tokens.ts'

const AUTHENTICATION_BYTES = 8
const operations: Names = namesFromZero('hello|coup|resign')
const states: Names = new Map([
  [0, 'initial'],
  [1, 'learn'],
  [2, 'listen'],
  [4, 'speak'],
  [8, 'standby'],
  [16, 'active'],
])

export const printHsrp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'hsrp'
  const version = packet.u8(at)
  out.text(`HSRPv${version}`)
  if (version !== 0) return
  out.byte(0x2d)
  out.text(`${nameOf(operations, packet.u8(at + 1), 'unknown (', ')')} ${length}: `)
  out.text(`state=${nameOf(states, packet.u8(at + 2), 'Unknown (', ')')} `)
  out.text(`group=${packet.u8(at + 6)} `)
  const reserved = packet.u8(at + 7)
  if (reserved !== 0) out.text(`[reserved=${reserved}!] `)
  packet.need(at + 16, 4)
  out.text('addr=')
  context.names.ipv4(out, packet.bytes, at + 16)
  if (context.options.verbose === 0) return
  out.text(' hellotime=')
  printSpan(out, packet.u8(at + 3))
  out.text(' holdtime=')
  printSpan(out, packet.u8(at + 4))
  out.text(` priority=${packet.u8(at + 5)} auth="`)
  printString(out, packet, at + 8, at + 8 + AUTHENTICATION_BYTES)
  out.byte(0x22)
}
