/** Options of neighbor discovery: RFC 4861 §4.6, RFC 4191, RFC 6275 §7, RFC 8106. */
import { formatIpv6 } from '../bytes/address.ts'
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printHex } from './hex-dump.ts'
import type { Line } from './line.ts'
import type { Context } from './printer.ts'
import { printByte } from './safe-text.ts'

const Option = {
  SOURCE_LINK: 1,
  TARGET_LINK: 2,
  PREFIX: 3,
  REDIRECTED: 4,
  MTU: 5,
  INTERVAL: 7,
  HOME_AGENT: 8,
  NONCE: 14,
  ROUTE: 24,
  DNS_SERVERS: 25,
  DNS_DOMAINS: 31,
} as const

const names = new Map<number, string>([
  [1, 'source link-address'],
  [2, 'destination link-address'],
  [3, 'prefix info'],
  [4, 'redirected header'],
  [5, 'mtu'],
  [7, 'advertisement interval'],
  [8, 'homeagent information'],
  [14, 'nonce'],
  [24, 'route info'],
  [25, 'rdnss'],
  [31, 'dnssl'],
])

const BAD_OPTION = '[ndp opt]'

export function printDiscoveryOptions(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const end = at + length
  let next = at
  while (next < packet.end && next < end) {
    const kind = packet.u8(next)
    const words = packet.u8(next + 1)
    const bytes = 8 * words
    if (words === 0) {
      out.text(BAD_OPTION)
      return
    }
    packet.need(next, bytes)
    out.text(`\n\t  ${names.get(kind) ?? 'unknown'} option (${kind}), length ${bytes} (${words}): `)
    const verdict = printOption(out, packet, kind, next, bytes, context)
    if (verdict === 'bad') {
      out.text(BAD_OPTION)
      return
    }
    if (verdict === 'unknown' && context.options.verbose <= 1) {
      printHex(out, packet, '\n\t  ', next + 2, bytes - 2, 0)
      return
    }
    if (context.options.verbose > 1) printHex(out, packet, '\n\t    ', next + 2, bytes - 2, 0)
    next += bytes
  }
}

/** The whole option was captured. */
function printOption(
  out: Line,
  packet: Cursor,
  kind: number,
  at: Offset,
  bytes: Bytes,
  context: Context,
): 'known' | 'unknown' | 'bad' {
  switch (kind) {
    case Option.SOURCE_LINK:
    case Option.TARGET_LINK:
    case Option.NONCE:
      printLinkAddress(out, packet, at + 2, bytes - 2)
      return 'known'
    case Option.PREFIX:
      if (bytes < 32 && !packet.has(at, 32)) return 'bad'
      printAddress(out, packet, '', at + 16, context)
      out.text(`/${packet.u8(at + 2)}${bytes === 32 ? '' : 'badlen'}, Flags [${prefixFlags(packet.u8(at + 3))}]`)
      out.text(`, valid time ${lifetime(packet.u32(at + 4))}, pref. time ${lifetime(packet.u32(at + 8))}`)
      return 'known'
    case Option.REDIRECTED:
      printHex(out, packet, '\n\t    ', at, bytes, 0)
      return 'known'
    case Option.MTU:
      out.text(` ${packet.u32(at + 4)}${bytes === 8 ? '' : 'bad option length'}`)
      return 'known'
    case Option.DNS_SERVERS:
      out.text(` lifetime ${packet.u32(at + 4)}s,`)
      for (let i = 8; i + 16 <= bytes; i += 16) printAddress(out, packet, ' addr: ', at + i, context)
      return 'known'
    case Option.DNS_DOMAINS:
      out.text(` lifetime ${packet.u32(at + 4)}s, domain(s):`)
      return printDomains(out, packet, at + 8, at + bytes)
    case Option.INTERVAL:
      out.text(` ${packet.u32(at + 4)}ms`)
      return 'known'
    case Option.HOME_AGENT:
      out.text(` preference ${packet.u16(at + 4)}, lifetime ${packet.u16(at + 6)}`)
      return 'known'
    case Option.ROUTE:
      return printRoute(out, packet, at, bytes, context)
    default:
      return 'unknown'
  }
}

function printRoute(out: Line, packet: Cursor, at: Offset, bytes: Bytes, _context: Context): 'known' | 'bad' {
  if (bytes > 24) return 'bad'
  // A prefix of up to 64 bits may come without its second half.
  const prefix = new Uint8Array(16)
  for (let i = 8; i < bytes; i++) prefix[i - 8] = packet.u8(at + i)
  const preference = ['medium', 'high', 'rsv', 'low'][(packet.u8(at + 3) >> 3) & 3]
  out.text(` ${formatIpv6(prefix, 0)}/${packet.u8(at + 2)}, pref=${preference}`)
  out.text(`, lifetime=${lifetime(packet.u32(at + 4))}`)
  return 'known'
}

/** Names in the form of RFC 1035 §3.1 without compression. */
function printDomains(out: Line, packet: Cursor, at: Offset, end: Offset): 'known' | 'bad' {
  let next = at
  while (next < end && packet.u8(next) !== 0) {
    out.byte(0x20)
    for (;;) {
      if (next >= end) return 'bad'
      const bytes = packet.u8(next)
      next++
      if (bytes === 0) break
      if (bytes > 63 || next + bytes > end) return 'bad'
      for (let i = 0; i < bytes; i++) printByte(out, packet.u8(next + i))
      out.byte(0x2e)
      next += bytes
    }
  }
  return 'known'
}

function printLinkAddress(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  for (let i = 0; i < bytes; i++) {
    if (i > 0) out.byte(0x3a)
    out.hexPadded(packet.u8(at + i), 2)
  }
}

function printAddress(out: Line, packet: Cursor, words: string, at: Offset, context: Context): void {
  packet.need(at, 16)
  out.text(words)
  context.names.ipv6(out, packet.bytes, at)
}

function prefixFlags(flags: number): string {
  const set: string[] = []
  if ((flags & 0x80) !== 0) set.push('onlink')
  if ((flags & 0x40) !== 0) set.push('auto')
  if ((flags & 0x20) !== 0) set.push('router')
  return set.length === 0 ? 'none' : set.join(', ')
}

function lifetime(seconds: number): string {
  return seconds === 0xffffffff ? 'infinity' : `${seconds}s`
}
