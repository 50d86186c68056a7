/** IGMP: RFC 1112, RFC 2236, RFC 3376. */
import { internetChecksum } from '../bytes/checksum.ts'
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printGroup, printGroupRecords, printSources } from './group-records.ts'
import { requiresVersion } from './ip-payload.ts'
import type { Line } from './line.ts'
import type { Context, Printer } from './printer.ts'

/** A response time of ten seconds goes without saying. */
const USUAL_RESPONSE = 100

export const printIgmp: Printer = (out, packet, at, length, context) => {
  if (!requiresVersion(out, 4, context)) return
  context.protocol = 'igmp'
  if (context.options.quiet > 0) {
    out.text('igmp')
    return
  }
  const type = packet.u8(at)
  switch (type) {
    case 0x11:
      out.text('igmp query')
      if (length >= 12) printQuery3(out, packet, at, length, context)
      else printQuery(out, packet, at, length, context)
      break
    case 0x12:
      printGroup(out, packet, 'igmp v1 report ', at + 4, 4, context)
      if (length !== 8) out.text(` [len ${length}]`)
      break
    case 0x16:
      printGroup(out, packet, 'igmp v2 report ', at + 4, 4, context)
      break
    case 0x22:
      out.text('igmp v3 report')
      printReport3(out, packet, at, length, context)
      break
    case 0x17:
      printGroup(out, packet, 'igmp leave ', at + 4, 4, context)
      break
    case 0x13:
      out.text('igmp dvmrp')
      if (length < 8) out.text(` [len ${length}]`)
      break
    case 0x14:
      out.text('igmp pimv1')
      break
    case 0x1e:
      printTrace(out, packet, 'mresp', at, length, context)
      break
    case 0x1f:
      printTrace(out, packet, 'mtrace', at, length, context)
      break
    default:
      out.text(`igmp-${type}`)
  }
  if (context.options.verbose > 0 && packet.has(at, length)) {
    if (internetChecksum(packet.bytes, at, at + length) !== 0) {
      out.text(' bad igmp cksum ')
      out.hex(packet.u16(at + 2))
      out.byte(0x21)
    }
  }
}

function printQuery(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const response = packet.u8(at + 1)
  out.text(response > 0 ? ' v2' : ' v1')
  if (response > 0 && response !== USUAL_RESPONSE) out.text(` [max resp time ${response}]`)
  if (packet.u32(at + 4) !== 0) {
    printGroup(out, packet, ' [gaddr ', at + 4, 4, context)
    out.byte(0x5d)
  }
  if (length !== 8) out.text(` [len ${length}]`)
}

/** RFC 3376 §4.1. */
function printQuery3(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  out.text(' v3')
  if ((length & 3) !== 0) {
    out.text(` [invalid len ${length}]`)
    return
  }
  const code = packet.u8(at + 1)
  const tenths = code < 128 ? code : ((code & 15) | 16) << (((code & 0x70) >> 4) + 3)
  if (code !== USUAL_RESPONSE) {
    out.text(' [max resp time ')
    if (tenths < 600) out.text(`${Math.floor(tenths / 10)}.${tenths % 10}s`)
    else out.text(durationText(Math.floor(tenths / 10)))
    out.byte(0x5d)
  }
  if (packet.u32(at + 4) === 0) return
  printGroup(out, packet, ' [gaddr ', at + 4, 4, context)
  const sources = packet.u16(at + 10)
  if (sources > 0) {
    if (length < 12 + 4 * sources) out.text(' [invalid number of sources]')
    else if (context.options.verbose > 1) printSources(out, packet, at + 12, sources, 4, context)
    else out.text(`, ${sources} source(s)`)
  }
  out.byte(0x5d)
}

/** RFC 3376 §4.2. */
function printReport3(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  if (length < 16 || (length & 3) !== 0) {
    out.text(` [invalid len ${length}]`)
    return
  }
  printGroupRecords(out, packet, at, length, 4, context)
}

/** Multicast traceroute (draft-ietf-idmr-traceroute-ipm): source, destination, answer to, TTL and query number. */
function printTrace(out: Line, packet: Cursor, name: string, at: Offset, length: Bytes, context: Context): void {
  packet.need(at + 8, 16)
  if (length < 24) {
    out.text(` [invalid len ${length}]`)
    return
  }
  const query = packet.u32(at + 20)
  out.text(`${name} ${query & 0xffffff}: `)
  context.names.ipv4(out, packet.bytes, at + 8)
  printGroup(out, packet, ' to ', at + 12, 4, context)
  printGroup(out, packet, ' reply-to ', at + 16, 4, context)
  if (packet.u8(at + 16) >> 4 === 14) out.text(` with-ttl ${query >>> 24}`)
}

/** Seconds as 1h2m3s, without the parts that are 0. */
function durationText(seconds: number): string {
  if (seconds === 0) return '0s'
  const units = [
    ['y', 31_536_000],
    ['w', 604_800],
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const
  let left = seconds
  let text = ''
  for (const [letter, size] of units) {
    if (left >= size) text += `${Math.floor(left / size)}${letter}`
    left %= size
  }
  return text
}
