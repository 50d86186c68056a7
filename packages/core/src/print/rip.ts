/** RIP: version 1 (RFC 1058), version 2 (RFC 2453, with the authentication of RFC 4822). */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printHex } from './hex-dump.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printInvalid } from './printer.ts'
import { printString } from './safe-text.ts'
import { type Names, nameOf } from './tokens.ts'

const HEADER_BYTES = 4
const ROUTE_BYTES = 20
const ENTRY_HEADER_BYTES = 4
const AUTHENTICATION_BYTES = 16
const REQUEST = 1
const RESPONSE = 2
const INET = 2
const AUTHENTICATION = 0xffff

const commands: Names = new Map([
  [1, 'Request'],
  [2, 'Response'],
  [3, 'Trace on'],
  [4, 'Trace off'],
  [6, 'Triggered Request'],
  [7, 'Triggered Response'],
  [8, 'Triggered Acknowledgement'],
  [9, 'Update Request'],
  [10, 'Update Response'],
  [11, 'Update Acknowledge'],
])
/** The address families of BSD that tcpdump names. */
const families: Names = new Map([
  [2, 'IPv4'],
  [6, 'NS'],
  [7, 'ISO'],
  [16, 'Appletalk'],
  [23, 'IPX'],
  [24, 'IPv6'],
  [28, 'IPv6'],
  [30, 'IPv6'],
])

export const printRip: Printer = (out, packet, at, length, context) => {
  context.protocol = 'rip'
  const { verbose } = context.options
  out.text(verbose > 0 ? '\n\tRIP' : 'RIP')
  if (length < HEADER_BYTES) {
    out.text(` [packet length ${length} < ${HEADER_BYTES}]`)
    printInvalid(out)
    packet.need(at, length)
    return
  }
  const version = packet.u8(at + 1)
  out.text(`v${version}`)
  if (version === 0) {
    dump(out, packet, at, length, '\n\t')
    return
  }
  const command = packet.u8(at)
  out.text(`, ${nameOf(commands, command, 'unknown command (', ')')}, length: ${length}`)
  packet.need(at, HEADER_BYTES)
  if (verbose === 0) return
  const next = at + HEADER_BYTES
  const end = at + length
  if (command === REQUEST || command === RESPONSE) {
    if (!printEntries(out, packet, next, end, version, context)) return
  } else if (!commands.has(command) && verbose === 1) dump(out, packet, at, length, '\n\t')
  if (verbose > 1) dump(out, packet, at, length, '\n\t')
}

/** False if an entry does not fit. */
function printEntries(out: Line, packet: Cursor, at: Offset, end: Offset, version: number, context: Context): boolean {
  if (version > 2) {
    out.text(', unknown version')
    return true
  }
  const routes = Math.floor((end - at) / ROUTE_BYTES)
  out.text(version === 1 ? `, routes: ${routes}` : `, routes: ${routes} or less`)
  const printRoute = version === 1 ? printRoute1 : printRoute2
  let next = at
  while (next < end) {
    const left = end - next
    const bytes = printRoute(out, packet, next, left, context)
    if (bytes === 0 || bytes > left) {
      if (bytes > left) out.text(` [remaining entries length ${left} < ${bytes}]`)
      printInvalid(out)
      packet.need(next, left)
      return false
    }
    next += bytes
  }
  return true
}

/** Returns the bytes of the entry, 0 if it is cut. */
function printRoute1(out: Line, packet: Cursor, at: Offset, left: Bytes, context: Context): Bytes {
  if (isCut(out, left, ROUTE_BYTES)) return 0
  packet.need(at, ROUTE_BYTES)
  const family = packet.u16(at)
  if (family !== INET && family !== 0) {
    out.text(`\n\t AFI ${nameOf(families, family, 'Unknown (', ')')}, `)
    dump(out, packet, at + ENTRY_HEADER_BYTES, ROUTE_BYTES - ENTRY_HEADER_BYTES, '\n\t  ')
  } else if (packet.u16(at + 2) !== 0 || packet.u32(at + 8) !== 0 || packet.u32(at + 12) !== 0)
    dump(out, packet, at, ROUTE_BYTES, '\n\t  ')
  else {
    out.text(family === 0 ? '\n\t  AFI 0, ' : '\n\t  ')
    context.names.ipv4(out, packet.bytes, at + 4)
    out.text(`, metric: ${packet.u32(at + 16)}`)
  }
  return ROUTE_BYTES
}

function printRoute2(out: Line, packet: Cursor, at: Offset, left: Bytes, context: Context): Bytes {
  if (isCut(out, left, ENTRY_HEADER_BYTES)) return 0
  packet.need(at, ENTRY_HEADER_BYTES)
  const family = packet.u16(at)
  if (family === AUTHENTICATION) return printAuthentication(out, packet, at, left)
  if (family !== INET && family !== 0) {
    out.text(`\n\t  AFI ${nameOf(families, family, 'Unknown (', ')')}`)
    dump(out, packet, at + ENTRY_HEADER_BYTES, ROUTE_BYTES - ENTRY_HEADER_BYTES, '\n\t  ')
    return ROUTE_BYTES
  }
  if (isCut(out, left, ROUTE_BYTES)) return 0
  packet.need(at, ROUTE_BYTES)
  const b = packet.bytes
  out.text(`\n\t  AFI ${nameOf(families, family, '')}, `)
  out.text(`${b[at + 4]}.${b[at + 5]}.${b[at + 6]}.${b[at + 7]}`.padStart(15))
  out.text(`/${String(maskBits(packet.u32(at + 8))).padEnd(2)}, tag 0x`)
  out.hexPadded(packet.u16(at + 2), 4)
  out.text(`, metric: ${packet.u32(at + 16)}, next-hop: `)
  if (packet.u32(at + 12) === 0) out.text('self')
  else context.names.ipv4(out, b, at + 12)
  return ROUTE_BYTES
}

function printAuthentication(out: Line, packet: Cursor, at: Offset, left: Bytes): Bytes {
  const type = packet.u16(at + 2)
  const data = at + ENTRY_HEADER_BYTES
  const dataBytes = left - ENTRY_HEADER_BYTES
  if (type === 2) {
    out.text('\n\t  Simple Text Authentication data: ')
    if (!printString(out, packet, data, data + AUTHENTICATION_BYTES)) packet.need(data, AUTHENTICATION_BYTES)
    return ROUTE_BYTES
  }
  if (type === 3) {
    if (isCut(out, dataBytes, AUTHENTICATION_BYTES)) return 0
    out.text(`\n\t  Auth header: Packet Len ${packet.u16(data)},`)
    out.text(` Key-ID ${packet.u8(data + 2)},`)
    out.text(` Auth Data Len ${packet.u8(data + 3)},`)
    out.text(` SeqNo ${packet.u32(data + 4)},`)
    out.text(` MBZ ${packet.u32(data + 8)},`)
    out.text(` MBZ ${packet.u32(data + 12)}`)
    return ROUTE_BYTES
  }
  out.text(type === 1 ? '\n\t  Auth trailer:' : `\n\t  Unknown (${type}) Authentication data:`)
  dump(out, packet, data, dataBytes, '\n\t  ')
  return left
}

function isCut(out: Line, left: Bytes, needed: Bytes): boolean {
  if (left >= needed) return false
  out.text(` [remaining data length ${left} < ${needed}]`)
  return true
}

/** Bits of a mask that is a prefix, else -1. */
function maskBits(mask: number): number {
  const zeros = ~mask >>> 0
  return (zeros & (zeros + 1)) === 0 ? Math.clz32(zeros) : -1
}

function dump(out: Line, packet: Cursor, at: Offset, bytes: Bytes, indent: string): void {
  printHex(out, packet, indent, at, Math.min(bytes, packet.left(at)), 0)
}
