/** Multipath TCP option, RFC 8684 §3 (and RFC 6824 for version 0). */
import type { Bytes, Offset } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import type { NameWriter } from './names.ts'

const names = ['capable', 'join', 'dss', 'add-addr', 'rem-addr', 'prio', 'fail', 'fast-close'] as const

/** Prints the option of `bytes` bytes, kind and length included; false if its length is impossible. */
export function printMptcp(
  out: Line,
  packet: Cursor,
  at: Offset,
  bytes: Bytes,
  flags: number,
  addresses: NameWriter,
): boolean {
  if (bytes < 3) return false
  const subtype = packet.u8(at + 2) >> 4
  out.byte(0x20)
  out.decimal(bytes)
  out.byte(0x20)
  out.text(subtype < names.length ? names[subtype] : 'unknown')
  switch (subtype) {
    case 0:
      return printCapable(out, packet, at, bytes, flags)
    case 1:
      return printJoin(out, packet, at, bytes, flags)
    case 2:
      return printSequenceSignal(out, packet, at, bytes, flags)
    case 3:
      return printAddAddress(out, packet, at, bytes, addresses)
    case 4:
      return printRemoveAddress(out, packet, at, bytes)
    case 5:
      return printPriority(out, packet, at, bytes)
    case 6:
      if (bytes !== 12) return false
      out.text(` seq ${packet.u64(at + 4)}`)
      return true
    case 7:
      if (bytes !== 12) return false
      out.text(' key ')
      printKey(out, packet, at + 4)
      return true
    default:
      return true
  }
}

/** MP_CAPABLE, §3.1. */
function printCapable(out: Line, packet: Cursor, at: Offset, bytes: Bytes, flags: number): boolean {
  const syn = (flags & Flag.SYN) !== 0
  const ackOnly = (flags & (Flag.SYN | Flag.ACK)) === Flag.ACK
  if (!((bytes === 12 || bytes === 4) && syn) && !((bytes === 20 || bytes === 22) && ackOnly)) return false
  const version = packet.u8(at + 2) & 15
  if (version > 1) {
    out.text(` Unknown Version (${version})`)
    return true
  }
  out.text(` v${version}`)
  if ((packet.u8(at + 3) & 0x80) !== 0) out.text(' csum')
  if (bytes === 12 || bytes >= 20) {
    out.text(' {')
    printKey(out, packet, at + 4)
    if (bytes >= 20) {
      out.byte(0x2c)
      printKey(out, packet, at + 12)
    }
    out.byte(0x7d)
  }
  return true
}

/** MP_JOIN, §3.2. */
function printJoin(out: Line, packet: Cursor, at: Offset, bytes: Bytes, flags: number): boolean {
  const both = Flag.SYN | Flag.ACK
  const fits =
    (bytes === 12 && (flags & Flag.SYN) !== 0) ||
    (bytes === 16 && (flags & both) === both) ||
    (bytes === 24 && (flags & Flag.ACK) !== 0)
  if (!fits) return false
  if (bytes !== 24) {
    if ((packet.u8(at + 2) & 1) !== 0) out.text(' backup')
    out.text(` id ${packet.u8(at + 3)}`)
  }
  if (bytes === 12) {
    out.text(' token 0x')
    out.hex(packet.u32(at + 4))
    out.text(' nonce 0x')
    out.hex(packet.u32(at + 8))
  } else if (bytes === 16) {
    out.text(' hmac ')
    printKey(out, packet, at + 4)
    out.text(' nonce 0x')
    out.hex(packet.u32(at + 12))
  } else {
    out.text(' hmac 0x')
    for (let i = 4; i < 24; i++) out.hexPadded(packet.u8(at + i), 2)
  }
  return true
}

/** DSS, §3.3: F, then the acknowledgement (A; a: eight bytes) and the mapping (M; m: eight bytes). */
function printSequenceSignal(out: Line, packet: Cursor, at: Offset, bytes: Bytes, flags: number): boolean {
  if (bytes < 4 || (flags & Flag.SYN) !== 0) return false
  const end = at + bytes
  const kind = packet.u8(at + 3)
  if ((kind & 0x10) !== 0) out.text(' fin')
  let next = at + 4
  if ((kind & 1) !== 0) {
    out.text(' ack ')
    next = printNumber(out, packet, next, end, (kind & 2) !== 0)
    if (next < 0) return false
  }
  if ((kind & 4) !== 0) {
    out.text(' seq ')
    next = printNumber(out, packet, next, end, (kind & 8) !== 0)
    if (next < 0 || end - next < 4) return false
    out.text(' subseq ')
    out.decimal(packet.u32(next))
    next += 4
    if (end - next < 2) return false
    out.text(' len ')
    out.decimal(packet.u16(next))
    next += 2
    if (end - next >= 2) {
      out.text(' csum 0x')
      out.hex(packet.u16(next))
      next += 2
    }
  }
  return next === end
}

/** Returns the offset behind the number of four or eight bytes, or -1 if it does not fit. */
function printNumber(out: Line, packet: Cursor, at: Offset, end: Offset, eightBytes: boolean): Offset {
  const bytes = eightBytes ? 8 : 4
  if (end - at < bytes) return -1
  if (eightBytes) out.text(String(packet.u64(at)))
  else out.decimal(packet.u32(at))
  return at + bytes
}

/** ADD_ADDR, §3.4.1; the low half byte is the IP version in version 0, the echo flag in version 1. */
function printAddAddress(out: Line, packet: Cursor, at: Offset, bytes: Bytes, addresses: NameWriter): boolean {
  const v4 = bytes === 8 || bytes === 10 || bytes === 16 || bytes === 18
  const v6 = bytes === 20 || bytes === 22 || bytes === 28 || bytes === 30
  if (!v4 && !v6) return false
  const kind = packet.u8(at + 2) & 15
  out.byte(0x20)
  out.text({ 6: 'v0-ip6', 4: 'v0-ip4', 1: 'v1-echo', 0: 'v1' }[kind] ?? '[bad version/echo]')
  out.text(` id ${packet.u8(at + 3)} `)
  const addressBytes = v4 ? 4 : 16
  packet.need(at + 4, addressBytes)
  if (v4) addresses.ipv4(out, packet.bytes, at + 4)
  else addresses.ipv6(out, packet.bytes, at + 4)
  let next = at + 4 + addressBytes
  if ((bytes - addressBytes) % 4 === 2) {
    out.byte(0x3a)
    out.decimal(packet.u16(next))
    next += 2
  }
  if (at + bytes - next === 8) {
    out.text(' hmac ')
    printKey(out, packet, next)
  }
  return true
}

function printRemoveAddress(out: Line, packet: Cursor, at: Offset, bytes: Bytes): boolean {
  if (bytes < 4) return false
  out.text(' id')
  for (let i = 3; i < bytes; i++) out.text(` ${packet.u8(at + i)}`)
  return true
}

/** MP_PRIO, §3.3.8. */
function printPriority(out: Line, packet: Cursor, at: Offset, bytes: Bytes): boolean {
  if (bytes !== 3 && bytes !== 4) return false
  out.text((packet.u8(at + 2) & 1) !== 0 ? ' backup' : ' non-backup')
  if (bytes === 4) out.text(` id ${packet.u8(at + 3)}`)
  return true
}

function printKey(out: Line, packet: Cursor, at: Offset): void {
  out.text(`0x${packet.u64(at).toString(16)}`)
}
