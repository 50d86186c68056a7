/** Generic routing encapsulation, RFC 2784 and RFC 2890; version 1 carries PPP (RFC 2637). */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printInvalid } from './printer.ts'

const CHECKSUM = 0x8000
const ROUTING = 0x4000
const KEY = 0x2000
const SEQUENCE = 0x1000
const ACKNOWLEDGMENT = 0x0080
const flagNames: readonly (readonly [number, string])[] = [
  [CHECKSUM, 'checksum present'],
  [ROUTING, 'routing present'],
  [KEY, 'key present'],
  [SEQUENCE, 'sequence# present'],
  [0x0800, 'source routing present'],
  [ACKNOWLEDGMENT, 'ack present'],
]

export const printGre: Printer = (out, packet, at, length, context) => {
  context.protocol = 'gre'
  if (length < 2) {
    printInvalid(out)
    return
  }
  const version = packet.u16(at) & 7
  out.text(`GREv${version}`)
  if (version === 0) printVersion0(out, packet, at, length, context)
  else if (version === 1) printVersion1(out, packet, at, length, context)
  else out.text(' ERROR: unknown-version')
}

/** Bytes at most `length` behind `at`; where they are not, the header contradicts itself. */
function fits(out: Line, at: Offset, next: Offset, bytes: Bytes, length: Bytes): boolean {
  if (next + bytes - at <= length) return true
  printInvalid(out)
  return false
}

function printFlags(out: Line, flags: number): void {
  const names = flagNames.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)
  out.text(`, Flags [${names.length === 0 ? 'none' : names.join(', ')}]`)
}

function printVersion0(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const flags = packet.u16(at)
  const verbose = context.options.verbose > 0
  if (verbose) printFlags(out, flags)
  let next = at + 2
  if (!fits(out, at, next, 2, length)) return
  const type = packet.u16(next)
  next += 2
  if ((flags & (CHECKSUM | ROUTING)) !== 0) {
    if (!fits(out, at, next, 2, length)) return
    const checksum = packet.u16(next)
    if (verbose) {
      out.text(', sum 0x')
      out.hex(checksum)
    }
    if (!fits(out, at, next + 2, 2, length)) return
    out.text(', off 0x')
    out.hex(packet.u16(next + 2))
    next += 4
  }
  if ((flags & KEY) !== 0) {
    if (!fits(out, at, next, 4, length)) return
    out.text(', key=0x')
    out.hex(packet.u32(next))
    next += 4
  }
  if ((flags & SEQUENCE) !== 0) {
    if (!fits(out, at, next, 4, length)) return
    out.text(`, seq ${packet.u32(next)}`)
    next += 4
  }
  if ((flags & ROUTING) !== 0) {
    next = printSourceRoutes(out, packet, next, at + length, context)
    if (next < 0) return
  }
  if (context.options.link) {
    out.text(', proto ')
    printType(out, type)
  }
  out.text(`, length ${length}`)
  out.text(context.options.verbose < 1 ? ': ' : '\n\t')
  printPayload(out, packet, next, at + length - next, type, context)
}

/** Source route entries of RFC 1701; returns the offset behind them, or -1. */
function printSourceRoutes(out: Line, packet: Cursor, at: Offset, end: Offset, context: Context): Offset {
  let next = at
  for (;;) {
    if (end - next < 4) {
      printInvalid(out)
      return -1
    }
    const family = packet.u16(next)
    const offset = packet.u8(next + 2)
    const bytes = packet.u8(next + 3)
    next += 4
    if (bytes === 0) return next
    if (end - next < bytes) {
      printInvalid(out)
      return -1
    }
    printSourceRoute(out, packet, next, family, offset, bytes, context)
    next += bytes
  }
}

function printSourceRoute(
  out: Line,
  packet: Cursor,
  at: Offset,
  family: number,
  offset: number,
  bytes: Bytes,
  context: Context,
): void {
  const each = family === 0x0800 ? 4 : family === 0xfffe ? 2 : 0
  if (each === 0) {
    out.text(', (rtaf=0x')
    out.hex(family)
    out.byte(0x29)
    return
  }
  out.text(each === 4 ? ', (rtaf=ip' : ', (rtaf=asn')
  if (offset % each !== 0) out.text(`, badoffset=${offset}`)
  else if (bytes % each !== 0) out.text(`, badlength=${bytes}`)
  else if (offset > bytes) out.text(`, badoff/len=${offset}/${bytes}`)
  else
    for (let i = 0; i < bytes; i += each) {
      packet.need(at + i, each)
      out.text(i === offset ? ' *' : ' ')
      if (each === 4) context.names.ipv4(out, packet.bytes, at + i)
      else out.hex(packet.u16(at + i))
    }
  out.byte(0x29)
}

function printVersion1(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const flags = packet.u16(at)
  if (context.options.verbose > 0) printFlags(out, flags)
  if (!fits(out, at, at, 8, length)) return
  const type = packet.u16(at + 2)
  let next = at + 4
  if ((flags & KEY) !== 0) {
    // The key is the payload's length and the call's number.
    out.text(`, call ${packet.u16(next + 2)}`)
    next += 4
  }
  if ((flags & SEQUENCE) !== 0) {
    if (!fits(out, at, next, 4, length)) return
    out.text(`, seq ${packet.u32(next)}`)
    next += 4
  }
  if ((flags & ACKNOWLEDGMENT) !== 0) {
    if (!fits(out, at, next, 4, length)) return
    out.text(`, ack ${packet.u32(next)}`)
    next += 4
  }
  if ((flags & SEQUENCE) === 0) out.text(', no-payload')
  if (context.options.link) {
    out.text(', proto ')
    printType(out, type)
  }
  out.text(`, length ${length}`)
  if ((flags & SEQUENCE) === 0) return
  out.text(context.options.verbose < 1 ? ': ' : '\n\t')
  if (type === 0x880b) context.table.layers.ppp(out, packet, next, at + length - next, context)
  else printUnknown(out, type)
}

function printType(out: Line, type: number): void {
  out.text(`${typeNames.get(type) ?? 'unknown'} (0x`)
  out.hexPadded(type, 4)
  out.byte(0x29)
}

const typeNames = new Map<number, string>([
  [0x0800, 'IPv4'],
  [0x86dd, 'IPv6'],
  [0x8847, 'MPLS unicast'],
  [0x8848, 'MPLS multicast'],
  [0x6558, 'TEB'],
  [0x880b, 'PPP'],
  [0x0806, 'ARP'],
  [0x809b, 'Appletalk'],
  [0x6559, 'GRE-OSI'],
  [0x00fe, 'OSI'],
])

function printUnknown(out: Line, type: number): void {
  out.text('gre-proto-0x')
  out.hex(type)
}

function printPayload(out: Line, packet: Cursor, at: Offset, length: Bytes, type: number, context: Context): void {
  const printer = context.table.greTypes.get(type)
  if (printer === undefined) {
    printUnknown(out, type)
    return
  }
  context.type = type
  printer(out, packet, at, length, context)
}
