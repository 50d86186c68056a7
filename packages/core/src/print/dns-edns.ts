/** Options of the OPT record, RFC 6891 §6.1.2. */
import { formatIpv4 } from '../bytes/address.ts'
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printName } from './dns-name.ts'
import { ipv6Text } from './ipv6-text.ts'
import type { Line } from './line.ts'
import { printInvalid } from './printer.ts'
import { type Names, nameOf } from './tokens.ts'

/** IANA "DNS EDNS0 Option Codes (OPT)". */
const options: Names = new Map([
  [1, 'LLQ'],
  [2, 'UL'],
  [3, 'NSID'],
  [5, 'DAU'],
  [6, 'DHU'],
  [7, 'N3U'],
  [8, 'ECS'],
  [9, 'EXPIRE'],
  [10, 'COOKIE'],
  [11, 'KEEPALIVE'],
  [12, 'PADDING'],
  [13, 'CHAIN'],
  [14, 'KEY-TAG'],
  [16, 'CLIENT-TAG'],
  [17, 'SERVER-TAG'],
])

/** "DNS Security Algorithm Numbers", as tcpdump writes them. */
const signing: Names = new Map([
  [0, 'DELETE'],
  [1, 'RSAMD5'],
  [2, 'DH'],
  [3, 'DS'],
  [5, 'RSASHA1'],
  [6, 'DSA-NSEC3-SHA1'],
  [7, 'RSASHA1-NSEC3-SHA1'],
  [8, 'RSASHA256'],
  [10, 'RSASHA512'],
  [12, 'ECC-GOST'],
  [13, 'ECDSAP256SHA256'],
  [14, 'ECDSAP384SHA384'],
  [15, 'ED25519'],
  [16, 'ED448'],
  [252, 'INDIRECT'],
  [253, 'PRIVATEDNS'],
  [254, 'PRIVATEOID'],
])
const digests: Names = new Map([
  [1, 'SHA-1'],
  [2, 'SHA-256'],
  [3, 'GOST_R_34.11-94'],
  [4, 'SHA-384'],
])
const nsec3Hashes: Names = new Map([[1, 'SHA-1']])

/** Prints the option at `at` and returns the first byte behind it. */
export function printEdnsOption(out: Line, packet: Cursor, at: Offset): Offset {
  const code = packet.u16(at)
  out.text(nameOf(options, code, 'Opt'))
  const bytes = packet.u16(at + 2)
  const value = at + 4
  packet.need(value, bytes)
  if (bytes > 0) {
    out.byte(0x20)
    printValue(out, packet, code, value, bytes)
  }
  return value + bytes
}

function printValue(out: Line, packet: Cursor, code: number, at: Offset, bytes: Bytes): void {
  switch (code) {
    case 5:
      printAlgorithms(out, packet, at, bytes, signing)
      break
    case 6:
      printAlgorithms(out, packet, at, bytes, digests)
      break
    case 7:
      printAlgorithms(out, packet, at, bytes, nsec3Hashes)
      break
    case 8:
      printClientSubnet(out, packet, at, bytes)
      break
    case 9:
      if (bytes !== 4) printInvalid(out)
      else out.text(`${packet.u32(at)} sec`)
      break
    case 10:
      printCookie(out, packet, at, bytes)
      break
    case 11:
      // In tenths of a second (RFC 7828 §3.1).
      if (bytes !== 2) printInvalid(out)
      else out.text(`${(packet.u16(at) / 10).toFixed(1)} sec`)
      break
    case 12:
      out.text(`(${bytes})`)
      break
    case 13:
      printName(out, packet, at, at + bytes)
      break
    case 14:
      printKeyTags(out, packet, at, bytes)
      break
    default:
      printHex(out, packet, at, bytes)
  }
}

function printAlgorithms(out: Line, packet: Cursor, at: Offset, bytes: Bytes, names: Names): void {
  for (let i = 0; i < bytes; i++) {
    if (i > 0) out.byte(0x20)
    out.text(nameOf(names, packet.u8(at + i), 'Alg_'))
  }
}

function printKeyTags(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  if (bytes % 2 !== 0) {
    printInvalid(out)
    return
  }
  for (let i = 0; i < bytes; i += 2) {
    if (i > 0) out.byte(0x20)
    out.decimal(packet.u16(at + i))
  }
}

/** The client's eight bytes, then the server's 8 to 32 (RFC 7873 §4). */
function printCookie(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  if (bytes < 8 || (bytes > 8 && bytes < 16) || bytes > 40) {
    printInvalid(out)
    return
  }
  printHex(out, packet, at, 8)
  if (bytes === 8) return
  out.byte(0x20)
  printHex(out, packet, at + 8, bytes - 8)
}

/** Family, source and scope prefix lengths, and as much of the address as the source prefix needs (RFC 7871 §6). */
function printClientSubnet(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  if (bytes < 4) {
    printInvalid(out)
    return
  }
  const family = packet.u16(at)
  const source = packet.u8(at + 2)
  const scope = packet.u8(at + 3)
  const addressBytes = family === 1 ? 4 : family === 2 ? 16 : 0
  const given = bytes - 4
  if (given > addressBytes || source > 8 * addressBytes || scope > 8 * addressBytes || (source + 7) >> 3 !== given) {
    printInvalid(out)
    return
  }
  if (addressBytes === 0) {
    printInvalid(out)
    return
  }
  const address = new Uint8Array(16)
  for (let i = 0; i < given; i++) address[i] = packet.u8(at + 4 + i)
  out.text(`${family === 1 ? formatIpv4(address, 0) : ipv6Text(address, 0)}/${source}/${scope}`)
}

function printHex(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  for (let i = 0; i < bytes; i++) out.hexPadded(packet.u8(at + i), 2)
}
