/** NTP, RFC 1305 and RFC 5905; control messages of RFC 9327. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Printer, printInvalid } from './printer.ts'
import { printBytes } from './safe-text.ts'
import { type Names, namesFromZero } from './tokens.ts'

const TIME_BYTES = 48
const CONTROL_BYTES = 12
/** Seconds from 1900 to 1970. */
const TO_UNIX = 2_208_988_800
const INFO_QUERY = 62
const INFO_REPLY = 63
const CONTROL = 6

const modes: Names = namesFromZero(
  'unspecified|symmetric active|symmetric passive|Client|Server|Broadcast|Control Message|Reserved',
)
const leaps: readonly string[] = ['', '+1s', '-1s', 'clock unsynchronized']

export const printNtp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ntp'
  const first = packet.u8(at)
  const mode = first & 7
  out.text(`NTPv${(first >> 3) & 7}, ${modes.get(mode)}, length ${length}`)
  if (context.options.verbose === 0) return
  out.text(`\n\tLeap indicator: ${leaps[first >> 6]} (${first & 0xc0})`)
  if (mode < CONTROL) printTime(out, packet, at, length)
  else if (mode === CONTROL) printControl(out, packet, at, length)
}

function printTime(out: Line, packet: Cursor, at: Offset, length: Bytes): void {
  if (length < TIME_BYTES) {
    printInvalid(out)
    packet.need(at, length)
    return
  }
  const stratum = packet.u8(at + 1)
  out.text(`, Stratum ${stratum} (${stratumName(stratum)}), poll `)
  const poll = signedByte(packet.u8(at + 2))
  out.signed(poll)
  if (poll >= 0 && poll < 32) out.text(` (${2 ** poll}s)`)
  else if (poll < 0 && poll > -32) out.text(` (1/${2 ** -poll}s)`)
  out.text(', precision ')
  out.signed(signedByte(packet.u8(at + 3)))
  out.text('\n\tRoot Delay: ')
  printShort(out, packet, at + 4)
  out.text(', Root dispersion: ')
  printShort(out, packet, at + 8)
  out.text(', Reference-ID: ')
  if (!printReference(out, packet, at + 12, stratum)) return
  out.text('\n\t  Reference Timestamp:  ')
  printTimestamp(out, packet, at + 16)
  out.text('\n\t  Origin Timestamp:     ')
  printTimestamp(out, packet, at + 24)
  out.text('\n\t  Receive Timestamp:    ')
  printTimestamp(out, packet, at + 32)
  out.text('\n\t  Transmit Timestamp:   ')
  printTimestamp(out, packet, at + 40)
  out.text('\n\t    Originator - Receive Timestamp:  ')
  printDifference(out, packet, at + 24, at + 32)
  out.text('\n\t    Originator - Transmit Timestamp: ')
  printDifference(out, packet, at + 24, at + 40)
  printAuthentication(out, packet, at + TIME_BYTES, length - TIME_BYTES)
}

function stratumName(stratum: number): string {
  if (stratum === 0) return 'unspecified'
  if (stratum === 1) return 'primary reference'
  return stratum <= 15 ? 'secondary reference' : 'reserved'
}

/** False if there is nothing more to print. */
function printReference(out: Line, packet: Cursor, at: Offset, stratum: number): boolean {
  if (stratum === 0) {
    out.text('(unspec)')
    packet.need(at, 4)
  } else if (stratum === 1) {
    printBytes(out, packet, at, at + 4)
    packet.need(at, 4)
  } else if (stratum === INFO_QUERY || stratum === INFO_REPLY) {
    packet.need(at, 4)
    out.ipv4(packet.bytes, at)
    out.text(stratum === INFO_QUERY ? ' INFO_QUERY' : ' INFO_REPLY')
    return false
  } else {
    out.text('0x')
    out.hexPadded(packet.u32(at), 8)
  }
  return true
}

/** Key and digest, if that is what stands behind the time. */
function printAuthentication(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  if (bytes === 0) return
  if (bytes !== 4 && bytes !== 20 && bytes !== 24) {
    out.text(`\n\t(${bytes} more bytes after the header)`)
    return
  }
  out.text(`\n\tKey id: ${packet.u32(at)}`)
  if (bytes === 4) return
  packet.need(at, bytes)
  out.text('\n\tAuthentication: ')
  for (let i = 4; i < bytes; i += 4) out.hexPadded(packet.u32(at + i), 8)
}

function printControl(out: Line, packet: Cursor, at: Offset, length: Bytes): void {
  if (length < CONTROL_BYTES) {
    printInvalid(out)
    packet.need(at, length)
    return
  }
  const control = packet.u8(at + 1)
  out.text((control & 0x80) !== 0 ? ', Response' : ', Request')
  out.text((control & 0x40) !== 0 ? ', Error' : ', OK')
  out.text((control & 0x20) !== 0 ? ', More' : ', Last')
  out.text(`, OpCode=${control & 0x1f}\n`)
  out.text(`\tSequence=${packet.u16(at + 2)}`)
  const status = packet.u16(at + 4)
  // As C's %#x: no 0x in front of a zero.
  out.text(status === 0 ? ', Status=0' : `, Status=0x${status.toString(16)}`)
  out.text(`, Assoc.=${packet.u16(at + 6)}`)
  out.text(`, Offset=${packet.u16(at + 8)}`)
  const count = packet.u16(at + 10)
  out.text(`, Count=${count}`)
  if (CONTROL_BYTES + count > length) {
    printInvalid(out)
    packet.need(at, length)
    return
  }
  if (count > 0) {
    packet.need(at + CONTROL_BYTES, count)
    out.text('\n\tTO-BE-DONE: data not interpreted')
  }
}

function signedByte(byte: number): number {
  return (byte << 24) >> 24
}

/** Seconds with 16 bits on either side of the point. */
function printShort(out: Line, packet: Cursor, at: Offset): void {
  out.decimal(packet.u16(at))
  out.byte(0x2e)
  out.zeroPadded(Math.floor((packet.u16(at + 2) / 65536) * 1e6), 6)
}

/** Seconds since 1900 with 32 bits on either side of the point, and what time that is. */
function printTimestamp(out: Line, packet: Cursor, at: Offset): void {
  const seconds = packet.u32(at)
  printSeconds(out, seconds, packet.u32(at + 4))
  if (seconds === 0) return
  // The date is always one of Date's: 1900 to 2036.
  out.text(` (${new Date((seconds - TO_UNIX) * 1000).toISOString().slice(0, 19)}Z)`)
}

function printSeconds(out: Line, seconds: number, fraction: number): void {
  out.decimal(seconds)
  out.byte(0x2e)
  out.zeroPadded(Math.floor((fraction / 2 ** 32) * 1e9), 9)
}

/** The later one minus the origin. */
function printDifference(out: Line, packet: Cursor, origin: Offset, later: Offset): void {
  const seconds = packet.u32(later)
  const fraction = packet.u32(later + 4)
  const originSeconds = packet.u32(origin)
  const originFraction = packet.u32(origin + 4)
  if (originSeconds === 0 && originFraction === 0) {
    printTimestamp(out, packet, later)
    return
  }
  const positive = seconds > originSeconds || (seconds === originSeconds && fraction > originFraction)
  let whole = positive ? seconds - originSeconds : originSeconds - seconds
  let part = positive ? fraction - originFraction : originFraction - fraction
  if (part < 0) {
    part += 2 ** 32
    whole--
  }
  out.byte(positive ? 0x2b : 0x2d)
  printSeconds(out, whole, part)
}
