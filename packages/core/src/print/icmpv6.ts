/** ICMPv6: RFC 4443, neighbor discovery RFC 4861, listener discovery RFC 2710 and RFC 3810, and others. */
import type { Bytes, Offset } from '../units.ts'
import { rightChecksum, transportChecksum } from './checksum.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import { printHex } from './hex-dump.ts'
import { printListener, printListenerQuery, printListenerReport } from './icmpv6-listener.ts'
import { printNodeInformation } from './icmpv6-node.ts'
import { printDiscoveryOptions } from './icmpv6-options.ts'
import { printRouterRenumbering } from './icmpv6-renumbering.ts'
import { printRpl } from './icmpv6-rpl.ts'
import { requiresVersion } from './ip-payload.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printInvalid } from './printer.ts'

const PROTOCOL = 58
const Type = {
  UNREACHABLE: 1,
  TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  PARAMETER_PROBLEM: 4,
  ECHO: 128,
  ECHO_REPLY: 129,
  LISTENER_QUERY: 130,
  LISTENER_REPORT: 131,
  LISTENER_DONE: 132,
  ROUTER_SOLICITATION: 133,
  ROUTER_ADVERTISEMENT: 134,
  NEIGHBOR_SOLICITATION: 135,
  NEIGHBOR_ADVERTISEMENT: 136,
  REDIRECT: 137,
  ROUTER_RENUMBERING: 138,
  NODE_QUERY: 139,
  NODE_REPLY: 140,
  INVERSE_SOLICITATION: 141,
  INVERSE_ADVERTISEMENT: 142,
  LISTENER_REPORT_2: 143,
  HOME_AGENT_REQUEST: 144,
  HOME_AGENT_REPLY: 145,
  MOBILE_PREFIX_SOLICITATION: 146,
  MOBILE_PREFIX_ADVERTISEMENT: 147,
  RPL: 155,
} as const

const names = new Map<number, string>([
  [1, 'destination unreachable'],
  [2, 'packet too big'],
  [3, 'time exceeded in-transit'],
  [4, 'parameter problem'],
  [128, 'echo request'],
  [129, 'echo reply'],
  [130, 'multicast listener query'],
  [131, 'multicast listener report'],
  [132, 'multicast listener done'],
  [133, 'router solicitation'],
  [134, 'router advertisement'],
  [135, 'neighbor solicitation'],
  [136, 'neighbor advertisement'],
  [137, 'redirect'],
  [138, 'router renumbering'],
  [139, 'who-are-you request'],
  [140, 'who-are-you reply'],
  [141, 'inverse neighbor solicitation'],
  [142, 'inverse neighbor advertisement'],
  [143, 'multicast listener report v2'],
  [144, 'ha discovery request'],
  [145, 'ha discovery reply'],
  [146, 'mobile router solicitation'],
  [147, 'mobile router advertisement'],
  [155, 'RPL'],
  [200, 'mtrace message'],
  [201, 'mtrace response'],
])

/** Messages whose length -v shows at once, since what follows fills lines of its own. */
const lengthFirst = new Set<number>([
  Type.ROUTER_SOLICITATION,
  Type.ROUTER_ADVERTISEMENT,
  Type.NEIGHBOR_SOLICITATION,
  Type.NEIGHBOR_ADVERTISEMENT,
  Type.REDIRECT,
  Type.HOME_AGENT_REPLY,
  Type.MOBILE_PREFIX_ADVERTISEMENT,
])

const QUOTE = 8

export const printIcmpv6: Printer = (out, packet, at, length, context) => {
  if (!requiresVersion(out, 6, context)) return
  context.protocol = 'icmp6'
  if (length === 0) {
    out.text('ICMP6, length 0')
    printInvalid(out)
    return
  }
  const type = packet.u8(at)
  const verbose = context.options.verbose
  if (verbose > 0 && !context.fragmented) printChecksum(out, packet, at, length, context)
  out.text(`ICMP6, ${names.get(type) ?? `unknown icmp6 type (${type})`}`)
  if (verbose > 0 && lengthFirst.has(type)) out.text(`, length ${length}`)
  if (!printBody(out, packet, at, length, type, context)) {
    out.text(`, length ${length}`)
    if (verbose <= 1) printHex(out, packet, '\n\t', at, Math.min(length, packet.left(at)), 0)
    return
  }
  if (verbose === 0) out.text(`, length ${length}`)
}

function printChecksum(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  if (!packet.has(at, length)) return
  const found = packet.u16(at + 2)
  const sum = transportChecksum(packet, context, at, length, length, PROTOCOL)
  if (sum === 0) {
    out.text('[icmp6 sum ok] ')
    return
  }
  out.text('[bad icmp6 cksum 0x')
  out.hexPadded(found, 4)
  out.text(' -> 0x')
  out.hexPadded(rightChecksum(found, sum), 4)
  out.text('!] ')
}

/** False for a type that is not known. */
function printBody(out: Line, packet: Cursor, at: Offset, length: Bytes, type: number, context: Context): boolean {
  const verbose = context.options.verbose > 0
  const code = packet.u8(at + 1)
  switch (type) {
    case Type.UNREACHABLE:
      printUnreachable(out, packet, at, length, code, context)
      return true
    case Type.TOO_BIG:
      out.text(`, mtu ${packet.u32(at + 4)}`)
      return true
    case Type.TIME_EXCEEDED:
      packet.need(at + QUOTE + 24, 16)
      if (code === 0) printAddress(out, packet, ' for ', at + QUOTE + 24, context)
      else out.text(code === 1 ? ' (reassembly)' : `, unknown code (${code})`)
      return true
    case Type.PARAMETER_PROBLEM: {
      packet.need(at + QUOTE + 24, 16)
      const what = ['erroneous', 'next header', 'option', 'incomplete header chain'][code]
      out.text(what === undefined ? `, code-#${code}` : `, ${what} - octet ${packet.u32(at + 4)}`)
      return true
    }
    case Type.ECHO:
    case Type.ECHO_REPLY:
      out.text(`, id ${packet.u16(at + 4)}, seq ${packet.u16(at + 6)}`)
      return true
    case Type.LISTENER_QUERY:
      if (length === 24) printListener(out, packet, at, context)
      else if (length >= 28) {
        out.text(' v2')
        printListenerQuery(out, packet, at, length, context)
      } else out.text(` unknown-version (len ${length}) `)
      return true
    case Type.LISTENER_REPORT:
    case Type.LISTENER_DONE:
      printListener(out, packet, at, context)
      return true
    case Type.LISTENER_REPORT_2:
      printListenerReport(out, packet, at, length, context)
      return true
    case Type.ROUTER_SOLICITATION:
      if (verbose) printDiscoveryOptions(out, packet, at + 8, length - 8, context)
      return true
    case Type.ROUTER_ADVERTISEMENT:
      if (verbose) printRouterAdvertisement(out, packet, at, length, context)
      return true
    case Type.NEIGHBOR_SOLICITATION:
      printAddress(out, packet, ', who has ', at + 8, context)
      if (verbose) printDiscoveryOptions(out, packet, at + 24, length - 24, context)
      return true
    case Type.NEIGHBOR_ADVERTISEMENT:
      printAddress(out, packet, ', tgt is ', at + 8, context)
      if (verbose) {
        const flags = packet.u8(at + 4)
        out.text(
          `, Flags [${bitNames(flags, [
            [0x80, 'router'],
            [0x40, 'solicited'],
            [0x20, 'override'],
          ])}]`,
        )
        printDiscoveryOptions(out, packet, at + 24, length - 24, context)
      }
      return true
    case Type.REDIRECT:
      printAddress(out, packet, ', ', at + 24, context)
      printAddress(out, packet, ' to ', at + 8, context)
      if (verbose) printDiscoveryOptions(out, packet, at + 40, length - 40, context)
      return true
    case Type.ROUTER_RENUMBERING:
      printRouterRenumbering(out, packet, at, context)
      return true
    case Type.NODE_QUERY:
    case Type.NODE_REPLY:
      printNodeInformation(out, packet, at, length, context)
      return true
    case Type.INVERSE_SOLICITATION:
    case Type.INVERSE_ADVERTISEMENT:
      return true
    case Type.HOME_AGENT_REQUEST:
    case Type.MOBILE_PREFIX_SOLICITATION:
      printId(out, packet, at)
      return true
    case Type.HOME_AGENT_REPLY:
      if (verbose) {
        printId(out, packet, at)
        for (let next = at + 8; next < at + length; next += 16) printAddress(out, packet, ', ', next, context)
      }
      return true
    case Type.MOBILE_PREFIX_ADVERTISEMENT:
      if (verbose) {
        printId(out, packet, at)
        const flags = packet.u8(at + 6)
        if ((flags & 0xc0) !== 0) out.byte(0x20)
        if ((flags & 0x80) !== 0) out.byte(0x4d)
        if ((flags & 0x40) !== 0) out.byte(0x4f)
        printDiscoveryOptions(out, packet, at + 8, length - 8, context)
      }
      return true
    case Type.RPL:
      printRpl(out, packet, at, length, context)
      return true
    default:
      return false
  }
}

function printAddress(out: Line, packet: Cursor, words: string, at: Offset, context: Context): void {
  packet.need(at, 16)
  out.text(words)
  context.names.ipv6(out, packet.bytes, at)
}

function printId(out: Line, packet: Cursor, at: Offset): void {
  out.text(', id 0x')
  out.hexPadded(packet.u16(at + 4), 4)
}

function bitNames(flags: number, table: readonly (readonly [number, string])[]): string {
  const set = table.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)
  return set.length === 0 ? 'none' : set.join(', ')
}

function printRouterAdvertisement(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const flags = packet.u8(at + 5)
  const names = bitNames(flags, [
    [0x80, 'managed'],
    [0x40, 'other stateful'],
    [0x20, 'home agent'],
    [0x02, 'ipv6 only'],
  ])
  out.text(`\n\thop limit ${packet.u8(at + 4)}, Flags [${names}], pref ${preferenceName(flags)}`)
  out.text(`, router lifetime ${packet.u16(at + 6)}s, reachable time ${packet.u32(at + 8)}ms`)
  out.text(`, retrans timer ${packet.u32(at + 12)}ms`)
  printDiscoveryOptions(out, packet, at + 16, length - 16, context)
}

/** Router preference of RFC 4191 §2.1. */
function preferenceName(flags: number): string {
  return ['medium', 'high', 'rsv', 'low'][(flags >> 3) & 3]
}

function printUnreachable(out: Line, packet: Cursor, at: Offset, length: Bytes, code: number, context: Context): void {
  const destination = at + QUOTE + 24
  packet.need(destination, 16)
  const words = [
    'unreachable route',
    ' unreachable prohibited',
    'beyond scope',
    'unreachable address',
    'unreachable port',
  ][code]
  out.text(`, ${words ?? `unknown unreach code (${code})`}`)
  if (code === 0 || code === 1 || code === 3) printAddress(out, packet, ' ', destination, context)
  else if (code === 2) {
    printAddress(out, packet, ' ', destination, context)
    printAddress(out, packet, ', source address ', at + QUOTE + 8, context)
  } else if (code === 4) printUnreachablePort(out, packet, at + QUOTE, context)
  else if (context.options.verbose <= 1) printHex(out, packet, '\n\t', at, Math.min(length, packet.left(at)), 0)
}

/** Extension headers that a quoted packet may have are passed over. */
function printUnreachablePort(out: Line, packet: Cursor, at: Offset, context: Context): void {
  let protocol = packet.u8(at + 6)
  let next = at + 40
  while (next < packet.end) {
    switch (protocol) {
      case 6:
      case 17:
        printAddress(out, packet, ', ', at + 24, context)
        out.text(protocol === 6 ? ' tcp port ' : ' udp port ')
        context.names.port(out, packet.u16(next + 2), protocol === 6 ? 'tcp' : 'udp')
        return
      case 0:
      case 43:
      case 60:
        protocol = packet.u8(next)
        next += (packet.u8(next + 1) + 1) * 8
        break
      case 44:
        if ((packet.u16(next + 2) & 0xfff8) !== 0) throw TRUNCATED
        protocol = packet.u8(next)
        next += 8
        break
      case 51:
        protocol = packet.u8(next)
        next += (packet.u8(next + 1) + 2) * 4
        break
      default:
        throw TRUNCATED
    }
  }
  throw TRUNCATED
}
