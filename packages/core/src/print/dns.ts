/** DNS (RFC 1035) over UDP and TCP, multicast DNS (RFC 6762). */
import type { Bytes, Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import { skipName } from './dns-name.ts'
import { OPT, printQuestion, printRecord } from './dns-records.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printInvalid } from './printer.ts'

const HEADER_BYTES = 12
const RESPONSE = 0x8000
const AUTHORITATIVE = 0x400
const CUT = 0x200
const RECURSION_DESIRED = 0x100
const RECURSION_AVAILABLE = 0x80
const AUTHENTIC = 0x20
const CHECKING_DISABLED = 0x10
/** Bits of the flags that a query has no use for. */
const ODD_IN_QUERY = 0x6cf
const INVERSE_QUERY = 1

const opcodes =
  '| inv_q| stat| op3| notify| update| op6| op7| op8| updateA| updateD| updateDA| updateM| updateMA| zoneInit| zoneRef'.split(
    '|',
  )

const responses =
  '| FormErr| ServFail| NXDomain| NotImp| Refused| YXDomain| YXRRSet| NXRRSet| NotAuth| NotZone| Resp11| Resp12| Resp13| Resp14| NoChange| BadVers|Resp17| Resp18| Resp19| Resp20|Resp21| Resp22| BadCookie'.split(
    '|',
  )

export const printDns: Printer = (out, packet, at, length, context) => {
  context.protocol = 'domain'
  printMessage(out, packet, at, length, context, false)
}

export const printMulticastDns: Printer = (out, packet, at, length, context) => {
  context.protocol = 'domain'
  printMessage(out, packet, at, length, context, true)
}

/** Over TCP a message stands behind its length (RFC 1035 §4.2.2). */
export const printDnsOverTcp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'domain'
  if (length < 2) {
    out.text(` [DNS over TCP: length ${length} < 2]`)
    printInvalid(out)
    return
  }
  const told = packet.u16(at)
  if (told !== length - 2) {
    out.text(` [prefix length(${told}) != length(${length - 2})]`)
    printInvalid(out)
    return
  }
  out.byte(0x20)
  printMessage(out, packet, at + 2, length - 2, context, false)
}

function printMessage(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context, mdns: boolean): void {
  if (length < HEADER_BYTES) {
    out.text(`domain [length ${length} < ${HEADER_BYTES}]`)
    printInvalid(out)
    return
  }
  packet.need(at, HEADER_BYTES)
  out.decimal(packet.u16(at))
  const flags = packet.u16(at + 2)
  out.text(opcodes[(flags >> 11) & 15])
  const verbose = context.options.verbose
  if ((flags & RESPONSE) !== 0) printResponse(out, packet, at, flags, mdns, verbose)
  else printQuery(out, packet, at, flags, mdns, verbose)
  out.text(' (')
  out.decimal(length)
  out.byte(0x29)
}

function printResponse(out: Line, packet: Cursor, at: Offset, flags: number, mdns: boolean, verbose: number): void {
  const code = (flags & 15) | extendedCode(packet, at)
  out.text(code < responses.length ? responses[code] : ` Resp${code}`)
  if ((flags & AUTHORITATIVE) !== 0) out.byte(0x2a)
  if ((flags & RECURSION_AVAILABLE) === 0) out.byte(0x2d)
  if ((flags & CUT) !== 0) out.byte(0x7c)
  if ((flags & AUTHENTIC) !== 0) out.byte(0x24)
  const questions = packet.u16(at + 4)
  if (questions !== 1) printCount(out, questions, 'q')
  let next = at + HEADER_BYTES
  for (let i = 0; i < questions; i++) {
    if (i > 0) out.byte(0x2c)
    if (verbose > 1) {
      out.text(' q:')
      next = printQuestion(out, packet, next, at, mdns)
    } else {
      next = skipName(packet, next)
      if (next < 0) throw TRUNCATED
      next += 4
    }
  }
  const answers = packet.u16(at + 6)
  const authorities = packet.u16(at + 8)
  const additional = packet.u16(at + 10)
  out.byte(0x20)
  out.decimal(answers)
  out.byte(0x2f)
  out.decimal(authorities)
  out.byte(0x2f)
  out.decimal(additional)
  if (answers > 0) next = printRecords(out, packet, next, answers, at, mdns, verbose)
  if (verbose > 1) {
    next = printSection(out, packet, next, ' ns:', authorities, at, mdns, verbose)
    printSection(out, packet, next, ' ar:', additional, at, mdns, verbose)
  }
}

function printQuery(out: Line, packet: Cursor, at: Offset, flags: number, mdns: boolean, verbose: number): void {
  if ((flags & RECURSION_DESIRED) !== 0) out.byte(0x2b)
  if ((flags & CHECKING_DISABLED) !== 0) out.byte(0x25)
  if ((flags & ODD_IN_QUERY) !== 0) {
    out.text(' [b2&3=0x')
    out.hex(flags)
    out.byte(0x5d)
  }
  const questions = packet.u16(at + 4)
  const answers = packet.u16(at + 6)
  const authorities = packet.u16(at + 8)
  const additional = packet.u16(at + 10)
  if (((flags >> 11) & 15) === INVERSE_QUERY) {
    if (questions > 0) printCount(out, questions, 'q')
    if (answers !== 1) printCount(out, answers, 'a')
  } else {
    if (answers > 0) printCount(out, answers, 'a')
    if (questions !== 1) printCount(out, questions, 'q')
  }
  if (authorities > 0) printCount(out, authorities, 'n')
  if (additional > 0) printCount(out, additional, 'au')
  let next = at + HEADER_BYTES
  for (let i = 0; i < questions; i++) {
    if (i > 0 && next >= packet.end) throw TRUNCATED
    next = printQuestion(out, packet, next, at, mdns)
  }
  if (verbose > 1) {
    if (answers > 0) next = printRecords(out, packet, next, answers, at, mdns, verbose)
    next = printSection(out, packet, next, ' ns:', authorities, at, mdns, verbose)
    printSection(out, packet, next, ' ar:', additional, at, mdns, verbose)
  }
}

/** A section that is only named if the capture has any of it. */
function printSection(
  out: Line,
  packet: Cursor,
  at: Offset,
  title: string,
  count: number,
  message: Offset,
  mdns: boolean,
  verbose: number,
): Offset {
  if (count === 0) return at
  if (at >= packet.end) throw TRUNCATED
  out.text(title)
  return printRecords(out, packet, at, count, message, mdns, verbose)
}

function printRecords(
  out: Line,
  packet: Cursor,
  at: Offset,
  count: number,
  message: Offset,
  mdns: boolean,
  verbose: number,
): Offset {
  let next = at
  for (let i = 0; i < count; i++) {
    if (i > 0) {
      if (next >= packet.end) throw TRUNCATED
      out.byte(0x2c)
    }
    next = printRecord(out, packet, next, message, mdns, verbose)
  }
  return next
}

function printCount(out: Line, count: number, letters: string): void {
  out.text(' [')
  out.decimal(count)
  out.text(letters)
  out.byte(0x5d)
}

/** The upper eight bits of the response code, which an OPT record among the additional ones has (RFC 6891 §6.1.3),
 *  in their place above the lower four; 0 if there is none to be read. */
function extendedCode(packet: Cursor, at: Offset): number {
  let next = at + HEADER_BYTES
  for (let left = packet.u16(at + 4); left > 0; left--) {
    next = skipName(packet, next)
    if (next < 0) return 0
    next += 4
    if (next >= packet.end) return 0
  }
  for (let left = packet.u16(at + 6) + packet.u16(at + 8); left > 0; left--) {
    next = behindRecord(packet, skipName(packet, next))
    if (next < 0) return 0
  }
  for (let left = packet.u16(at + 10); left > 0; left--) {
    const behindName = skipName(packet, next)
    if (behindName < 0 || !packet.has(behindName, 5)) return 0
    if (packet.u16(behindName) === OPT) return packet.u8(behindName + 4) << 4
    next = behindRecord(packet, behindName)
    if (next < 0) return 0
  }
  return 0
}

/** First byte behind the record whose type is at `at`, or -1. */
function behindRecord(packet: Cursor, at: Offset): Offset {
  if (at < 0 || !packet.has(at + 8, 2)) return -1
  const next = at + 10 + packet.u16(at + 8)
  return next >= packet.end ? -1 : next
}
