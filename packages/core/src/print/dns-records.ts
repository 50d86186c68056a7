/** DNS questions and resource records, RFC 1035 §4.1.2 and §4.1.3. */
import type { Bytes, Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import { printEdnsOption } from './dns-edns.ts'
import { printName, skipName } from './dns-name.ts'
import { ipv6Text } from './ipv6-text.ts'
import type { Line } from './line.ts'
import { printBytes } from './safe-text.ts'
import { type Names, nameOf, namesFromZero, printSpan } from './tokens.ts'

export const OPT = 41
const IN = 1
/** In a question of mDNS: the answer may be unicast (RFC 6762 §5.4). In a record: the cache is to forget others (§10.2). */
const MDNS_BIT = 0x8000
const DNSSEC_OK = 0x8000
const QUOTE = 0x22
const SPACE = 0x20

/** IANA "Resource Record (RR) TYPEs"; tcpdump names all of them since 4.99.4. */
const types: Names = new Map([
  ...namesFromZero(
    '|A|NS|MD|MF|CNAME|SOA|MB|MG|MR|NULL|WKS|PTR|HINFO|MINFO|MX|TXT|RP|AFSDB|X25|ISDN|RT|NSAP|NSAP_PTR|SIG|KEY|PX|GPOS|AAAA|LOC|NXT|EID|NIMLOC|SRV|ATMA|NAPTR|KX|CERT|A6|DNAME|SINK|OPT|APL|DS|SSHFP|IPSECKEY|RRSIG|NSEC|DNSKEY|DHCID|NSEC3|NSEC3PARAM|TLSA|SMIMEA||HIP|NINFO|RKEY|TALINK|CDS|CDNSKEY|OPENPGPKEY|CSYNC|ZONEMD|SVCB|HTTPS',
  ),
  [99, 'SPF'],
  [100, 'UINFO'],
  [101, 'UID'],
  [102, 'GID'],
  [103, 'UNSPEC'],
  [104, 'NID'],
  [105, 'L32'],
  [106, 'L64'],
  [107, 'LP'],
  [108, 'EUI48'],
  [109, 'EUI64'],
  [249, 'TKEY'],
  [250, 'TSIG'],
  [251, 'IXFR'],
  [252, 'AXFR'],
  [253, 'MAILB'],
  [254, 'MAILA'],
  [255, 'ANY'],
  [256, 'URI'],
  [257, 'CAA'],
  [258, 'AVC'],
  [259, 'DOA'],
  [260, 'AMTRELAY'],
  [32_768, 'TA'],
  [32_769, 'DLV'],
])

const classes: Names = new Map([
  [1, 'IN'],
  [3, 'CHAOS'],
  [4, 'HS'],
  [255, 'ANY'],
])

/** Prints type, class and name of the question at `at`; returns the first byte behind it. */
export function printQuestion(out: Line, packet: Cursor, at: Offset, message: Offset, mdns: boolean): Offset {
  const behindName = skipName(packet, at)
  if (behindName < 0) throw TRUNCATED
  packet.need(behindName, 4)
  out.byte(SPACE)
  out.text(nameOf(types, packet.u16(behindName), 'Type'))
  const classField = packet.u16(behindName + 2)
  printClass(out, mdns ? classField & ~MDNS_BIT : classField)
  if (mdns) out.text((classField & MDNS_BIT) === 0 ? ' (QM)' : ' (QU)')
  out.text('? ')
  return printName(out, packet, at, message) + 4
}

/** Prints the record at `at`; returns the first byte behind it. */
export function printRecord(
  out: Line,
  packet: Cursor,
  at: Offset,
  message: Offset,
  mdns: boolean,
  verbose: number,
): Offset {
  let next: Offset
  if (verbose > 0) {
    out.byte(SPACE)
    next = printName(out, packet, at, message)
  } else next = skipName(packet, at)
  if (next < 0 || !packet.has(next, 10)) return packet.end
  const type = packet.u16(next)
  const classField = packet.u16(next + 2)
  const recordClass = mdns ? classField & ~MDNS_BIT : classField
  if (type !== OPT) printClass(out, recordClass)
  if (mdns && (classField & MDNS_BIT) !== 0) out.text(' (Cache flush)')
  if (type !== OPT && verbose > 2) {
    out.text(' [')
    printSpan(out, packet.u32(next + 4))
    out.byte(0x5d)
  }
  const bytes = packet.u16(next + 8)
  const data = next + 10
  out.byte(SPACE)
  out.text(nameOf(types, type, 'Type'))
  if (!packet.has(data, bytes)) throw TRUNCATED
  if (type === OPT) printOpt(out, packet, data, bytes, recordClass, packet.u16(next + 6))
  else printData(out, packet, type, data, bytes, message, verbose)
  return data + bytes
}

function printClass(out: Line, recordClass: number): void {
  if (recordClass === IN) return
  out.byte(SPACE)
  out.text(nameOf(classes, recordClass, '(Class ', ')'))
}

function printData(
  out: Line,
  packet: Cursor,
  type: number,
  at: Offset,
  bytes: Bytes,
  message: Offset,
  verbose: number,
): void {
  switch (type) {
    case 1:
      packet.need(at, 4)
      out.byte(SPACE)
      out.ipv4(packet.bytes, at)
      break
    case 2:
    case 5:
    case 12:
    case 39:
      out.byte(SPACE)
      printName(out, packet, at, message)
      break
    case 6:
      if (verbose > 0) printAuthority(out, packet, at, message)
      break
    case 15:
      out.byte(SPACE)
      packet.need(at, 2)
      printName(out, packet, at + 2, message)
      out.byte(SPACE)
      out.decimal(packet.u16(at))
      break
    case 16:
      printStrings(out, packet, at, bytes)
      break
    case 28:
      packet.need(at, 16)
      out.byte(SPACE)
      out.text(ipv6Text(packet.bytes, at))
      break
    case 33:
      out.byte(SPACE)
      packet.need(at, 6)
      printName(out, packet, at + 6, message)
      out.text(`:${packet.u16(at + 4)} ${packet.u16(at)} ${packet.u16(at + 2)}`)
      break
    case 38:
      printA6(out, packet, at, message)
      break
    case 250:
      if (verbose > 0) printTransactionSignature(out, packet, at, message)
      break
    case 256:
      if (bytes < 4) throw TRUNCATED
      out.text(` ${packet.u16(at)} ${packet.u16(at + 2)} `)
      printBytes(out, packet, at + 4, at + bytes)
      break
  }
}

/** SOA: two names, five numbers (RFC 1035 §3.3.13). */
function printAuthority(out: Line, packet: Cursor, at: Offset, message: Offset): void {
  out.byte(SPACE)
  let next = printName(out, packet, at, message)
  out.byte(SPACE)
  next = printName(out, packet, next, message)
  packet.need(next, 20)
  for (let i = 0; i < 20; i += 4) {
    out.byte(SPACE)
    out.decimal(packet.u32(next + i))
  }
}

/** TXT: strings behind their lengths (RFC 1035 §3.3.14). */
function printStrings(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  const end = at + bytes
  let next = at
  while (next < end) {
    out.byte(SPACE)
    out.byte(QUOTE)
    const length = packet.u8(next++)
    if (!printBytes(out, packet, next, next + length)) throw TRUNCATED
    out.byte(QUOTE)
    next += length
  }
}

/** Prefix length, address suffix, prefix name (RFC 2874 §3.1). */
function printA6(out: Line, packet: Cursor, at: Offset, message: Offset): void {
  const prefix = packet.u8(at)
  if (prefix > 128) {
    out.text(` ${prefix}(bad plen)`)
    return
  }
  const skipped = prefix >> 3
  if (prefix < 128) {
    packet.need(at + 1, 16 - skipped)
    const address = new Uint8Array(16)
    for (let i = skipped; i < 16; i++) address[i] = packet.bytes[at + 1 + i - skipped]
    out.text(` ${prefix} ${ipv6Text(address, 0)}`)
  }
  if (prefix > 0) {
    out.byte(SPACE)
    printName(out, packet, at + 1 + 16 - skipped, message)
  }
}

/** TSIG: algorithm, time, fudge, MAC, id, error, other (RFC 8945 §4.2). */
function printTransactionSignature(out: Line, packet: Cursor, at: Offset, message: Offset): void {
  out.byte(SPACE)
  let next = printName(out, packet, at, message) + 6
  out.text(` fudge=${packet.u16(next)}`)
  const macBytes = packet.u16(next + 2)
  out.text(` maclen=${macBytes}`)
  next += 4 + macBytes
  out.text(` origid=${packet.u16(next)}`)
  out.text(` error=${packet.u16(next + 2)}`)
  out.text(` otherlen=${packet.u16(next + 4)}`)
}

function printOpt(out: Line, packet: Cursor, at: Offset, bytes: Bytes, udpBytes: number, flags: number): void {
  out.text(` UDPsize=${udpBytes}`)
  if ((flags & DNSSEC_OK) !== 0) out.text(' DO')
  const end = at + bytes
  if (at >= end) return
  out.text(' [')
  let next = at
  while (next < end) {
    next = printEdnsOption(out, packet, next)
    if (next < end) out.byte(0x2c)
  }
  out.byte(0x5d)
}
