/** RPL control messages, RFC 6550 §6. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printHex } from './hex-dump.ts'
import type { Line } from './line.ts'
import { type Context, printTruncated } from './printer.ts'

const SECURE = 0x80
const Code = { SOLICITATION: 0, INFORMATION: 1, ADVERTISEMENT: 2, ADVERTISEMENT_ACK: 3 } as const
const optionNames = [
  'pad0',
  'padN',
  'metrics',
  'routinginfo',
  'config',
  'rpltarget',
  'transitinfo',
  'solicitation',
  'destprefix',
  'rpltargetdesc',
]

/** `at` is the ICMPv6 header; its last four bytes belong to the message. */
export function printRpl(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const code = packet.u8(at + 1)
  if ((code & SECURE) !== 0) {
    out.text(', (SEC) [worktodo]')
    return
  }
  out.text(', (CLR)')
  const verbose = context.options.verbose > 0
  const body = at + 4
  const bytes = length - 4
  switch (code) {
    case Code.SOLICITATION:
      out.text('DODAG Information Solicitation')
      break
    case Code.INFORMATION:
      out.text('DODAG Information Object')
      if (verbose) printInformation(out, packet, body, bytes, context)
      break
    case Code.ADVERTISEMENT:
      out.text('Destination Advertisement Object')
      if (verbose) printAdvertisement(out, packet, body, bytes, context)
      break
    case Code.ADVERTISEMENT_ACK:
      out.text('Destination Advertisement Object Ack')
      if (verbose) printAcknowledgement(out, packet, body, bytes, context)
      break
    default:
      out.text(`RPL message, unknown code ${code}`)
  }
}

/** Instance, version, rank, grounded · mode · preference, DTSN, flags, reserved, DODAG id, options. */
function printInformation(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  if (length < 24) {
    out.text(` [length ${length} < 24]`)
    out.text(' (invalid)')
    return
  }
  packet.need(at + 8, 16)
  const mode = packet.u8(at + 4)
  const kind = (mode >> 3) & 7
  out.text(' [dagid:')
  context.names.ipv6(out, packet.bytes, at + 8)
  out.text(`,seq:${packet.u8(at + 5)},instance:${packet.u8(at)},rank:${packet.u16(at + 2)},`)
  if ((mode & 0x80) !== 0) out.text('grounded,')
  const name = kind === 1 ? 'nonstoring' : kind === 2 ? 'storing' : kind === 3 ? 'storing-multicast' : `mop${kind}`
  out.text(`mop:${name},prf:${mode & 7}]`)
  if (context.options.verbose > 1) printOptions(out, packet, at + 24, length - 24, context)
}

/** Instance, flags, reserved, sequence, DODAG id if the D flag says so, options. */
function printAdvertisement(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  if (!printable(out, packet, at, length, '', context)) return
  const flags = packet.u8(at + 1)
  out.text(' [dagid:')
  const next = printDagId(out, packet, at, flags & 0x40, context)
  out.text(`,seq:${packet.u8(at + 3)},instance:${packet.u8(at)}`)
  if ((flags & 0x80) !== 0) out.text(',acK')
  if ((flags & 0x40) !== 0) out.text(',Dagid')
  out.text(',flags:')
  out.hexPadded(flags, 2)
  out.byte(0x5d)
  if (context.options.verbose > 1) printOptions(out, packet, next, at + length - next, context)
}

function printAcknowledgement(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  if (!printable(out, packet, at, length, 'dao-', context)) return
  out.text(' [dagid:')
  const next = printDagId(out, packet, at, packet.u8(at + 1) & 0x80, context)
  out.text(`,seq:${packet.u8(at + 2)},instance:${packet.u8(at)},status:${packet.u8(at + 3)}]`)
  if (context.options.verbose > 1) printOptions(out, packet, next, at + length - next, context)
}

/** False, with tcpdump's mark, if the message is too short. */
function printable(out: Line, packet: Cursor, at: Offset, length: Bytes, prefix: string, context: Context): boolean {
  packet.need(at, 4)
  const withId = (packet.u8(at + 1) & (prefix === '' ? 0x40 : 0x80)) !== 0
  if (length < (withId ? 20 : 4)) {
    out.text(` [|${prefix}length too short]`)
    return false
  }
  if (withId && !packet.has(at + 4, 16)) {
    printTruncated(out, context)
    return false
  }
  return true
}

/** Returns the offset behind the identifier. */
function printDagId(out: Line, packet: Cursor, at: Offset, present: number, context: Context): Offset {
  if (present === 0) {
    out.text('<elided>')
    return at + 4
  }
  context.names.ipv6(out, packet.bytes, at + 4)
  return at + 20
}

function printOptions(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const end = at + length
  let next = at
  while (next < end) {
    const kind = packet.u8(next)
    if (kind === 0) {
      out.text(' opt:pad1')
      next++
      continue
    }
    if (end - next < 2) return
    const bytes = packet.u8(next + 1) + 2
    out.text(` opt:${optionNames[kind] ?? `subopt:${kind}`} len:${bytes} `)
    packet.need(next, bytes)
    if (end - next < bytes) return
    if (context.options.verbose > 2) printHex(out, packet, ' ', next + 2, bytes - 2, 0)
    next += bytes
  }
}
