/** Node information queries, RFC 4620. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Context, printTruncated } from './printer.ts'
import { printByte } from './safe-text.ts'

const QUERY = 139
const HEADER_BYTES = 16
const Question = { NOOP: 0, SUPPORTED: 1, NAME: 2, ADDRESSES: 3 } as const
/** Bits of the addresses that are asked for, in network order as tcpdump names them. */
const addressFlags: readonly (readonly [number, string])[] = [
  [0x40, 'a'],
  [0x20, 'G'],
  [0x10, 'S'],
  [0x08, 'L'],
  [0x04, 'C'],
  [0x02, 'A'],
]

/** `at` is the ICMPv6 header. */
export function printNodeInformation(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const captured = packet.left(at)
  if (packet.u8(at) === QUERY) printQuery(out, packet, at, captured, context)
  else printReply(out, packet, at, length, captured, context)
}

function printQuery(out: Line, packet: Cursor, at: Offset, captured: Bytes, context: Context): void {
  if (captured === 12) {
    out.text(' who-are-you request')
    return
  }
  out.text(' node information query')
  packet.need(at, HEADER_BYTES)
  const verbose = context.options.verbose > 0
  const question = packet.u16(at + 4)
  out.text(' (')
  printQuestion(out, packet, at, question, false)
  if (question === Question.NOOP || question === Question.SUPPORTED) {
    if (captured !== HEADER_BYTES && verbose) out.text(', invalid len')
    out.byte(0x29)
    return
  }
  if (captured === HEADER_BYTES) {
    out.text(', 03 draft)')
    return
  }
  printSubject(out, packet, at, captured, verbose, context)
  out.byte(0x29)
}

function printQuestion(out: Line, packet: Cursor, at: Offset, question: number, reply: boolean): void {
  const flags = packet.u16(at + 6)
  switch (question) {
    case Question.NOOP:
      out.text('noop')
      break
    case Question.SUPPORTED:
      out.text('supported qtypes')
      if (flags !== 0) out.text((flags & 1) !== 0 ? ' [C]' : ' []')
      break
    case Question.NAME:
      out.text('DNS name')
      break
    case Question.ADDRESSES:
      out.text('node addresses')
      if (!reply) printAddressFlags(out, flags, false)
      break
    default:
      out.text('unknown')
  }
}

function printAddressFlags(out: Line, flags: number, reply: boolean): void {
  if (flags === 0) return
  out.text(' [')
  for (const [bit, letter] of addressFlags) if ((flags & bit) !== 0) out.text(letter)
  if (reply && (flags & 1) !== 0) out.byte(0x54)
  out.byte(0x5d)
}

function printSubject(
  out: Line,
  packet: Cursor,
  at: Offset,
  captured: Bytes,
  verbose: boolean,
  context: Context,
): void {
  const subject = at + HEADER_BYTES
  const code = packet.u8(at + 1)
  if (code === 0 || code === 2) {
    const bytes = code === 0 ? 16 : 4
    if (!packet.has(subject, bytes)) return
    if (captured !== HEADER_BYTES + bytes) {
      if (verbose) out.text(', invalid subject len')
      return
    }
    out.text(', subject=')
    if (code === 0) context.names.ipv6(out, packet.bytes, subject)
    else context.names.ipv4(out, packet.bytes, subject)
  } else if (code === 1) {
    out.text(', subject=DNS name')
    printName(out, packet, subject, verbose)
  } else out.text(', unknown subject')
}

function printReply(out: Line, packet: Cursor, at: Offset, length: Bytes, captured: Bytes, context: Context): void {
  if (length > captured) {
    printTruncated(out, context)
    return
  }
  packet.need(at, HEADER_BYTES)
  const verbose = context.options.verbose > 0
  out.text(' node information reply (')
  const code = packet.u8(at + 1)
  if (code !== 0) {
    if (code === 1) out.text('refused')
    else if (code === 2) out.text('unknown')
    if (code <= 2 && captured !== HEADER_BYTES && verbose) out.text(', invalid length')
    out.byte(0x29)
    return
  }
  if (verbose) out.text('success, ')
  const question = packet.u16(at + 4)
  printQuestion(out, packet, at, question, true)
  const body = at + HEADER_BYTES
  if (question === Question.NOOP && captured !== HEADER_BYTES && verbose) out.text(', invalid length')
  else if (question === Question.NAME) {
    printName(out, packet, body + 4, verbose)
    if ((packet.u16(at + 6) & 1) !== 0) out.text(` [TTL=${packet.u32(body)}]`)
  } else if (question === Question.ADDRESSES) {
    // Each address comes with its time to live.
    for (let next = body; packet.has(next, 20); next += 20) {
      out.byte(0x20)
      context.names.ipv6(out, packet.bytes, next)
      out.text(`(${packet.u32(next + 16) | 0})`)
    }
    printAddressFlags(out, packet.u16(at + 6), true)
  }
  out.byte(0x29)
}

/** A name to the end of the packet: a counted string in drafts, labels since. */
function printName(out: Line, packet: Cursor, at: Offset, verbose: boolean): void {
  const end = packet.end
  let next = at
  if (packet.u8(next) === end - next - 1) {
    if (verbose) out.text(', 03 draft')
    out.text(', "')
    for (next++; next < end; next++) printByte(out, packet.u8(next))
    out.byte(0x22)
    return
  }
  out.text(', "')
  while (next < end) {
    const bytes = packet.u8(next++)
    if (bytes === 0) {
      if (next === end) out.byte(0x2e)
      else if (next + 1 !== end || packet.u8(next) !== 0) out.text('???')
      break
    }
    if (bytes > end - next) {
      out.text('???')
      break
    }
    for (let i = 0; i < bytes; i++) printByte(out, packet.u8(next++))
    if (next + 1 < end && packet.u8(next) !== 0) out.byte(0x2e)
  }
  out.byte(0x22)
}
