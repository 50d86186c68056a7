/** IPv4, RFC 791. */
import { internetChecksum } from '../bytes/checksum.ts'
import type { Bytes, Offset } from '../units.ts'
import { rightChecksum } from './checksum.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import { type Literal, literal, writeDecimal, writeHex, writeLiteral } from './digits.ts'
import { printIpPayload } from './ip-payload.ts'
import { ipProtocolName } from './ip-protocols.ts'
import { printIpv4Options } from './ipv4-options.ts'
import type { Line } from './line.ts'
import { printIpv4Pair } from './ports.ts'
import { type Context, type Printer, printInvalid, printTruncated } from './printer.ts'

const FIXED_BYTES = 20

/** The field of flags and fragment offset. */
export const FragmentField = { RESERVED: 0x8000, DONT: 0x4000, MORE: 0x2000, OFFSET: 0x1fff } as const

/** By the three bits. */
const fragmentFlags = Array.from({ length: 8 }, (_, bits) => {
  const names = ['+', 'DF', 'rsvd'].filter((_name, bit) => (bits & (1 << bit)) !== 0)
  return names.length === 0 ? 'none' : names.join(', ')
})

/** More than printIpv4Header() writes before options. */
const HEADER_TEXT_BYTES = 256
const tosText = literal('(tos 0x')
/** By the lower two bits of the former type of service (RFC 3168 §5). */
const congestionTexts = ['', ',ECT(1)', ',ECT(0)', ',CE'].map(literal)
const ttlText = literal(', ttl ')
const idText = literal(', id ')
const offsetText = literal(', offset ')
const flagsTexts = fragmentFlags.map((names) => literal(`, flags [${names}], proto `))
/** By the protocol, made when it is met. */
const protocolTexts: Literal[] = []
const headerEnd = literal(')\n    ')
const oneLineEnd = literal(') ')

export const printIpv4: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ip'
  const { options } = context
  if (!options.link) out.text('IP ')
  if (length < FIXED_BYTES) {
    printOdd(out, 'length', length, '<', FIXED_BYTES)
    return
  }
  const first = packet.u8(at)
  if (first >> 4 !== 4) {
    printOdd(out, 'version', first >> 4, '!=', 4)
    return
  }
  const headerBytes = (first & 15) * 4
  if (headerBytes < FIXED_BYTES) {
    printOdd(out, 'header length', headerBytes, '<', FIXED_BYTES)
    return
  }
  let total = packet.u16(at + 2)
  if (total > length) {
    out.text(`[total length ${total} > length ${length}]`)
    printInvalid(out)
    out.byte(0x20)
  }
  const presumedOffload = total === 0
  if (presumedOffload) total = length
  else if (total < headerBytes) {
    printOdd(out, 'total length', total, '<', headerBytes)
    return
  }
  packet.need(at, FIXED_BYTES)
  const before = packet.narrow(at + total)
  const fragment = packet.u16(at + 6)
  let cut = false
  if (options.verbose > 0) cut = printIpv4Header(out, packet, at, headerBytes, presumedOffload ? length : -1, context)
  if (cut) {
    printAddresses(out, packet, at, context)
    out.byte(0x20)
    printTruncated(out, context)
  } else if ((fragment & FragmentField.OFFSET) === 0) printFirst(out, packet, at, headerBytes, total, fragment, context)
  else if (options.quiet < 2) {
    // A later fragment: the next header is in the first one.
    printAddresses(out, packet, at, context)
    out.byte(0x20)
    const protocol = packet.u8(at + 9)
    out.text(context.names.protocol(protocol) ?? `ip-proto-${protocol}`)
  }
  packet.end = before
}

/** A datagram, or its first fragment. */
function printFirst(
  out: Line,
  packet: Cursor,
  at: Offset,
  headerBytes: Bytes,
  total: Bytes,
  fragment: number,
  context: Context,
): void {
  const protocol = packet.bytes[at + 9]
  if (!namesItsAddresses(protocol)) {
    printAddresses(out, packet, at, context)
    out.byte(0x20)
  }
  if (!packet.has(at, headerBytes)) {
    out.text(` [remaining caplen(${packet.left(at)}) < header length(${headerBytes})]`)
    throw TRUNCATED
  }
  const { ipVersion, ipAt, fragmented, hopLimit } = context
  context.ipVersion = 4
  context.ipAt = at
  context.fragmented = (fragment & FragmentField.MORE) !== 0
  context.hopLimit = packet.bytes[at + 8]
  printIpPayload(out, packet, at + headerBytes, total - headerBytes, protocol, context)
  context.ipVersion = ipVersion
  context.ipAt = ipAt
  context.fragmented = fragmented
  context.hopLimit = hopLimit
}

/** TCP, UDP, SCTP and DCCP print the addresses with their ports. */
export function namesItsAddresses(protocol: number): boolean {
  return protocol === 6 || protocol === 17 || protocol === 132 || protocol === 33
}

function printAddresses(out: Line, packet: Cursor, at: Offset, context: Context): void {
  printIpv4Pair(out, packet, at, context)
  out.byte(0x3a)
}

/** The header as -v shows it. `presumed` is the length where the header says 0, else -1. True if the capture ends
 *  within the options. */
export function printIpv4Header(
  out: Line,
  packet: Cursor,
  at: Offset,
  headerBytes: Bytes,
  presumed: Bytes,
  context: Context,
): boolean {
  const b = packet.bytes
  const o = out.view
  const tos = b[at + 1]
  const fragment = packet.u16(at + 6)
  let next = writeHex(o, writeLiteral(o, out.room(HEADER_TEXT_BYTES), tosText), tos, tos > 15 ? 2 : 1)
  next = writeLiteral(o, next, congestionTexts[tos & 3])
  if (b[at + 8] > 0) next = writeDecimal(o, writeLiteral(o, next, ttlText), b[at + 8])
  next = writeDecimal(o, writeLiteral(o, next, idText), packet.u16(at + 4))
  next = writeDecimal(o, writeLiteral(o, next, offsetText), (fragment & FragmentField.OFFSET) * 8)
  next = writeLiteral(o, next, flagsTexts[fragment >>> 13])
  next = writeLiteral(o, next, protocolText(b[at + 9]))
  out.advance(writeDecimal(o, next, presumed >= 0 ? presumed : packet.u16(at + 2)))
  if (presumed >= 0) out.text(' [was 0, presumed TSO]')
  let cut = false
  if (headerBytes > FIXED_BYTES) {
    out.text(', options (')
    cut = !printIpv4Options(out, packet, at + FIXED_BYTES, headerBytes - FIXED_BYTES, context)
    if (cut) out.text(' [truncated-option]')
    out.byte(0x29)
  }
  if (!context.options.noChecksums && packet.has(at, headerBytes)) {
    const sum = internetChecksum(b, at, at + headerBytes)
    if (sum !== 0) {
      const found = packet.u16(at + 10)
      out.text(', bad cksum ')
      out.hex(found)
      out.text(' (->')
      out.hex(rightChecksum(found, sum))
      out.text(')!')
    }
  }
  out.literal(context.options.oneLine ? oneLineEnd : headerEnd)
  return cut
}

/** Names of the flags that are set. */
export function printFragmentFlags(out: Line, fragment: number): void {
  out.text(fragmentFlags[fragment >>> 13])
}

function protocolText(protocol: number): Literal {
  protocolTexts[protocol] ??= literal(`${ipProtocolName(protocol) ?? 'unknown'} (${protocol}), length `)
  return protocolTexts[protocol]
}

function printOdd(out: Line, what: string, found: number, relation: string, limit: number): void {
  out.text(` [${what} ${found} ${relation} ${limit}]`)
  printInvalid(out)
}
