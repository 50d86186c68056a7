/** Addresses and ports in front of a transport protocol's text. */
import type { Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import type { ServiceProtocol } from './options.ts'
import type { Context } from './printer.ts'

/** `a.port > b.port`; the ports alone where the IP header names another protocol (tunnels, extension headers). */
export function printPorts(
  out: Line,
  packet: Cursor,
  context: Context,
  sourcePort: number,
  destinationPort: number,
  protocol: number,
  services: ServiceProtocol,
): void {
  const { names, ipAt } = context
  const b = packet.bytes
  const v4 = context.ipVersion === 4
  const named = b[v4 ? ipAt + 9 : ipAt + 6] === protocol
  if (named) {
    if (v4) names.ipv4(out, b, ipAt + 12)
    else names.ipv6(out, b, ipAt + 8)
    out.byte(0x2e)
  }
  names.port(out, sourcePort, services)
  out.text(' > ')
  if (named) {
    if (v4) names.ipv4(out, b, ipAt + 16)
    else names.ipv6(out, b, ipAt + 24)
    out.byte(0x2e)
  }
  names.port(out, destinationPort, services)
}

/** `a > b:` of the IP header around. */
export function printAddresses(out: Line, packet: Cursor, context: Context): void {
  if (context.ipVersion === 4) printIpv4Pair(out, packet, context.ipAt, context)
  else printIpv6Pair(out, packet, context.ipAt, context)
  out.byte(0x3a)
}

/** `a > b` of the IPv4 header at `at`. */
export function printIpv4Pair(out: Line, packet: Cursor, at: Offset, { names }: Context): void {
  names.ipv4(out, packet.bytes, at + 12)
  out.text(' > ')
  names.ipv4(out, packet.bytes, at + 16)
}

/** `a > b` of the IPv6 header at `at`. */
export function printIpv6Pair(out: Line, packet: Cursor, at: Offset, { names }: Context): void {
  names.ipv6(out, packet.bytes, at + 8)
  out.text(' > ')
  names.ipv6(out, packet.bytes, at + 24)
}
