/** ICMP, RFC 792, RFC 1256 (routers), RFC 950 (masks), RFC 4884 (extensions). */
import { internetChecksum } from '../bytes/checksum.ts'
import type { Offset } from '../units.ts'
import { rightChecksum } from './checksum.ts'
import type { Cursor } from './cursor.ts'
import { printIcmpExtensions } from './icmp-extensions.ts'
import { requiresVersion } from './ip-payload.ts'
import type { Line } from './line.ts'
import type { Context, Printer } from './printer.ts'

const Type = {
  ECHO_REPLY: 0,
  UNREACHABLE: 3,
  SOURCE_QUENCH: 4,
  REDIRECT: 5,
  ECHO: 8,
  ROUTER_ADVERTISEMENT: 9,
  TIME_EXCEEDED: 11,
  PARAMETER_PROBLEM: 12,
  TIMESTAMP: 13,
  TIMESTAMP_REPLY: 14,
  MASK_REPLY: 18,
} as const

const names = new Map<number, string>([
  [0, 'echo reply'],
  [4, 'source quench'],
  [8, 'echo request'],
  [10, 'router solicitation'],
  [13, 'time stamp request'],
  [14, 'time stamp reply'],
  [15, 'information request'],
  [16, 'information reply'],
  [17, 'address mask request'],
])

/** Words before and behind the address, by code. */
const unreachable: Readonly<Record<number, readonly [before: string, behind: string]>> = {
  0: ['net ', ' unreachable'],
  1: ['host ', ' unreachable'],
  5: ['', ' unreachable - source route failed'],
  6: ['net ', ' unreachable - unknown'],
  7: ['host ', ' unreachable - unknown'],
  8: ['', ' unreachable - source host isolated'],
  9: ['net ', ' unreachable - admin prohibited'],
  10: ['host ', ' unreachable - admin prohibited'],
  11: ['net ', ' unreachable - tos prohibited'],
  12: ['host ', ' unreachable - tos prohibited'],
  13: ['host ', ' unreachable - admin prohibited filter'],
  14: ['host ', ' unreachable - host precedence violation'],
  15: ['host ', ' unreachable - precedence cutoff'],
}

/** The quoted datagram begins here. */
const QUOTE = 8

export const printIcmp: Printer = (out, packet, at, length, context) => {
  if (!requiresVersion(out, 4, context)) return
  context.protocol = 'icmp'
  const fragmented = context.fragmented
  // What the text needs is read first: nothing of the message is printed if it is not there.
  const text = messageText(packet, at, context)
  out.text('ICMP ')
  text(out)
  out.text(`, length ${length}`)
  const type = packet.u8(at)
  if (context.options.verbose === 0) return
  if (!fragmented && packet.has(at, length)) {
    const sum = internetChecksum(packet.bytes, at, at + length)
    if (sum !== 0) {
      const found = packet.u16(at + 2)
      out.text(' (wrong icmp cksum ')
      out.hex(found)
      out.text(' (->')
      out.hex(rightChecksum(found, sum))
      out.text(')!)')
    }
  }
  if (isError(type)) printQuote(out, packet, at + QUOTE, context)
  context.protocol = 'icmp'
  if (type === Type.UNREACHABLE || type === Type.TIME_EXCEEDED || type === Type.PARAMETER_PROBLEM)
    printIcmpExtensions(out, packet, at, length, context)
}

function isError(type: number): boolean {
  return (
    type === Type.UNREACHABLE ||
    type === Type.SOURCE_QUENCH ||
    type === Type.REDIRECT ||
    type === Type.TIME_EXCEEDED ||
    type === Type.PARAMETER_PROBLEM
  )
}

/** The datagram that caused the message; what follows it may be extensions. */
function printQuote(out: Line, packet: Cursor, at: Offset, context: Context): void {
  out.text('\n\t')
  const total = packet.u16(at + 2)
  const before = packet.narrow(at + total)
  context.table.layers.ipv4(out, packet, at, total, context)
  packet.end = before
}

type Text = (out: Line) => void

/** Reads all that the message's text needs and returns what prints it. Messages are rare: the closure is of no account. */
function messageText(packet: Cursor, at: Offset, context: Context): Text {
  const type = packet.u8(at)
  const code = packet.u8(at + 1)
  switch (type) {
    case Type.ECHO:
    case Type.ECHO_REPLY: {
      const id = packet.u16(at + 4)
      const seq = packet.u16(at + 6)
      return (out) => out.text(`echo ${type === Type.ECHO ? 'request' : 'reply'}, id ${id}, seq ${seq}`)
    }
    case Type.UNREACHABLE:
      return unreachableText(packet, at, code, context)
    case Type.REDIRECT:
      return redirectText(packet, at, code, context)
    case Type.ROUTER_ADVERTISEMENT:
      return routerText(packet, at, context)
    case Type.TIME_EXCEEDED:
      packet.need(at + QUOTE + 16, 4)
      if (code > 1) return (out) => out.text(`time exceeded-#${code}`)
      return (out) => out.text(code === 0 ? 'time exceeded in-transit' : 'ip reassembly time exceeded')
    case Type.PARAMETER_PROBLEM: {
      if (code !== 0) return (out) => out.text(`parameter problem - code ${code}`)
      const pointer = packet.u8(at + 4)
      return (out) => out.text(`parameter problem - octet ${pointer}`)
    }
    case Type.MASK_REPLY: {
      const mask = packet.u32(at + 8)
      return (out) => {
        out.text('address mask is 0x')
        out.hexPadded(mask, 8)
      }
    }
    case Type.TIMESTAMP: {
      const id = packet.u16(at + 4)
      const seq = packet.u16(at + 6)
      return (out) => out.text(`time stamp query id ${id} seq ${seq}`)
    }
    case Type.TIMESTAMP_REPLY: {
      const id = packet.u16(at + 4)
      const seq = packet.u16(at + 6)
      const times = [packet.u32(at + 8), packet.u32(at + 12), packet.u32(at + 16)].map(clockText)
      return (out) =>
        out.text(`time stamp reply id ${id} seq ${seq}: org ${times[0]}, recv ${times[1]}, xmit ${times[2]}`)
    }
    default:
      return (out) => out.text(names.get(type) ?? `type-#${type}`)
  }
}

function unreachableText(packet: Cursor, at: Offset, code: number, context: Context): Text {
  const quote = at + QUOTE
  const address = quote + 16
  packet.need(address, 4)
  const printAddress = (out: Line): void => context.names.ipv4(out, packet.bytes, address)
  if (code === 2) {
    const protocol = packet.u8(quote + 9)
    return (out) => {
      printAddress(out)
      out.text(` protocol ${protocol} unreachable`)
    }
  }
  if (code === 3) {
    const protocol = packet.u8(quote + 9)
    const port = packet.u16(quote + (packet.u8(quote) & 15) * 4 + 2)
    return (out) => {
      printAddress(out)
      if (protocol === 6 || protocol === 17) {
        out.text(protocol === 6 ? ' tcp port ' : ' udp port ')
        context.names.port(out, port, protocol === 6 ? 'tcp' : 'udp')
      } else out.text(` protocol ${protocol} port ${port}`)
      out.text(' unreachable')
    }
  }
  if (code === 4) {
    const mtu = packet.u16(at + 6)
    return (out) => {
      printAddress(out)
      out.text(mtu > 0 ? ` unreachable - need to frag (mtu ${mtu})` : ' unreachable - need to frag')
    }
  }
  const [before, behind] = unreachable[code] ?? ['', ` unreachable - #${code}`]
  return (out) => {
    out.text(before)
    printAddress(out)
    out.text(behind)
  }
}

function redirectText(packet: Cursor, at: Offset, code: number, context: Context): Text {
  const address = at + QUOTE + 16
  packet.need(address, 4)
  const words = ['redirect', 'redirect', 'redirect-tos', 'redirect-tos'][code] ?? `redirect-#${code}`
  const kind = [' to net ', ' to host ', ' to net ', ' to host '][code] ?? ' to '
  return (out) => {
    out.text(words)
    out.byte(0x20)
    context.names.ipv4(out, packet.bytes, address)
    out.text(kind)
    context.names.ipv4(out, packet.bytes, at + 4)
  }
}

/** Router advertisement, RFC 1256 §3: number of addresses, words an entry, lifetime, entries. */
function routerText(packet: Cursor, at: Offset, context: Context): Text {
  const count = packet.u8(at + 4)
  const words = packet.u8(at + 5)
  const lifetime = packet.u16(at + 6)
  if (words === 2) packet.need(at + 8, 8 * count)
  return (out) => {
    out.text('router advertisement lifetime ')
    const two = (value: number): string => String(value).padStart(2, '0')
    if (lifetime < 60) out.text(String(lifetime))
    else if (lifetime < 3600) out.text(`${Math.floor(lifetime / 60)}:${two(lifetime % 60)}`)
    else out.text(`${Math.floor(lifetime / 3600)}:${two(Math.floor(lifetime / 60) % 60)}:${two(lifetime % 60)}`)
    out.text(` ${count}:`)
    if (words !== 2) {
      out.text(` [size ${words}]`)
      return
    }
    for (let i = 0; i < count; i++) {
      out.text(' {')
      context.names.ipv4(out, packet.bytes, at + 8 + 8 * i)
      // Preferences are signed, tcpdump prints them unsigned.
      out.text(` ${packet.u32(at + 12 + 8 * i)}}`)
    }
  }
}

/** Milliseconds since midnight as a time of day. */
function clockText(time: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const seconds = Math.floor(time / 1000)
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${clock}.${String(time % 1000).padStart(3, '0')}`
}
