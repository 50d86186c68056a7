/** TCP options, RFC 9293 §3.1. */
import type { Bytes, Offset } from '../units.ts'
import { Option } from '../wire/tcp-options.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { printMptcp } from './mptcp.ts'
import type { NameWriter } from './names.ts'
import { printInvalid } from './printer.ts'

const FIXED_BYTES = 20
/** Kinds that only printing knows: RFC 1072, RFC 1644, CCSDS 714.0-B-2. */
const ECHO = 6
const ECHO_REPLY = 7
const CC = 11
const CC_NEW = 12
const CC_ECHO = 13
const SCPS = 20
const FAST_OPEN_EXPERIMENT = 0xf989
const MD5_BYTES = 16
/** Bytes 0101080a: nop, nop, timestamps, as nearly every segment of an established connection has them. */
const ALIGNED_TIMESTAMPS = 0x0101080a

const names = new Map<number, string>([
  [Option.END, 'eol'],
  [Option.NOP, 'nop'],
  [Option.MSS, 'mss'],
  [Option.WINDOW_SCALE, 'wscale'],
  [Option.SACK_PERMITTED, 'sackOK'],
  [Option.SACK, 'sack'],
  [ECHO, 'echo'],
  [ECHO_REPLY, 'echoreply'],
  [Option.TIMESTAMPS, 'TS'],
  [CC, 'cc'],
  [CC_NEW, 'ccnew'],
  [CC_ECHO, ''],
  [Option.MD5, 'md5'],
  [SCPS, 'scps'],
  [Option.USER_TIMEOUT, 'uto'],
  [Option.AUTHENTICATION, 'tcp-ao'],
  [Option.MPTCP, 'mptcp'],
  [Option.FAST_OPEN, 'tfo'],
  [Option.EXPERIMENT_2, 'exp'],
])

/** Thrown where an option's length is impossible, or where the capture cuts its value; caught at the end of the options. */
const BAD_OPTION = new Error('an option with an impossible length')
const CUT_OPTION = new Error('an option whose value was not captured')

/** Prints `, options […]`; false if they cannot be read to their end, with which tcpdump's text of the segment ends. */
export function printTcpOptions(
  out: Line,
  packet: Cursor,
  at: Offset,
  headerBytes: Bytes,
  dataBytes: Bytes,
  flags: number,
  sackBase: number,
  addresses: NameWriter,
): boolean {
  out.text(', options [')
  if (headerBytes === 32 && packet.has(at, 32) && packet.u32(at + FIXED_BYTES) === ALIGNED_TIMESTAMPS) {
    out.text('nop,nop,TS val ')
    out.decimal(packet.u32(at + 24))
    out.text(' ecr ')
    out.decimal(packet.u32(at + 28))
    out.byte(0x5d)
    return true
  }
  const end = at + headerBytes
  let next = at + FIXED_BYTES
  const first = next
  try {
    while (next < end) {
      if (next > first) out.byte(0x2c)
      const kind = packet.u8(next)
      let bytes = 1
      if (kind !== Option.END && kind !== Option.NOP) {
        bytes = packet.u8(next + 1)
        if (bytes < 2 || bytes > end - next) throw BAD_OPTION
      }
      out.text(names.get(kind) ?? `unknown-${kind}`)
      const valueBytes = printValue(
        out,
        packet,
        kind,
        next + 2,
        bytes - 2,
        end,
        dataBytes,
        flags,
        sackBase,
        at,
        addresses,
      )
      if (bytes > 1 && valueBytes !== bytes - 2) out.text(`[len ${bytes}]`)
      if (kind === Option.END) break
      next += bytes > 1 ? valueBytes + 2 : 1
    }
  } catch (error) {
    if (error === CUT_OPTION) {
      // tcpdump's bracket of former days.
      out.text(next > first ? ' [|tcp]>' : ' [|tcp]')
      return false
    }
    if (error !== BAD_OPTION) throw error
    out.text('[bad opt]')
    if (next > first) out.byte(0x5d)
    return false
  }
  out.byte(0x5d)
  return true
}

/** Returns the bytes of the value that the kind takes, whatever its length field says. */
function printValue(
  out: Line,
  packet: Cursor,
  kind: number,
  at: Offset,
  bytes: Bytes,
  end: Offset,
  dataBytes: Bytes,
  flags: number,
  sackBase: number,
  headerAt: Offset,
  addresses: NameWriter,
): Bytes {
  switch (kind) {
    case Option.END:
    case Option.NOP:
    case Option.SACK_PERMITTED:
      return 0
    case Option.MSS:
      need(packet, at, 2, end)
      out.byte(0x20)
      out.decimal(packet.u16(at))
      return 2
    case Option.WINDOW_SCALE:
      need(packet, at, 1, end)
      out.byte(0x20)
      out.decimal(packet.u8(at))
      return 1
    case Option.SACK:
      printSack(out, packet, at, bytes, end, sackBase)
      return bytes
    case CC:
    case CC_NEW:
    case CC_ECHO:
    case ECHO:
    case ECHO_REPLY:
      need(packet, at, 4, end)
      out.byte(0x20)
      out.decimal(packet.u32(at))
      return 4
    case Option.TIMESTAMPS:
      need(packet, at, 8, end)
      out.text(' val ')
      out.decimal(packet.u32(at))
      out.text(' ecr ')
      out.decimal(packet.u32(at + 4))
      return 8
    case Option.MD5:
      need(packet, at, MD5_BYTES, end)
      out.text(
        packet.has(headerAt, end - headerAt + dataBytes)
          ? ' shared secret not supplied with -M, '
          : ' snaplen too short, ',
      )
      out.text("can't check - ")
      printHexBytes(out, packet, at, MD5_BYTES)
      return MD5_BYTES
    case SCPS:
      need(packet, at, 2, end)
      out.text(' cap ')
      out.hexPadded(packet.u8(at), 2)
      out.text(' id ')
      out.decimal(packet.u8(at + 1))
      return 2
    case Option.AUTHENTICATION:
      printAuthentication(out, packet, at, bytes, end)
      return bytes
    case Option.USER_TIMEOUT:
      need(packet, at, 2, end)
      printUserTimeout(out, packet.u16(at))
      return 2
    case Option.MPTCP: {
      need(packet, at, bytes, end)
      const before = packet.narrow(at + bytes)
      const readable = printMptcp(out, packet, at - 2, bytes + 2, flags, addresses)
      packet.end = before
      if (!readable) throw BAD_OPTION
      return bytes
    }
    case Option.FAST_OPEN:
      need(packet, at, bytes, end)
      out.byte(0x20)
      printFastOpen(out, packet, at, bytes)
      return bytes
    case Option.EXPERIMENT_2:
      need(packet, at, bytes, end)
      if (bytes < 2) throw BAD_OPTION
      out.byte(0x2d)
      if (packet.u16(at) === FAST_OPEN_EXPERIMENT) {
        out.text('tfo')
        printFastOpen(out, packet, at + 2, bytes - 2)
      } else out.hexPadded(packet.u16(at), 4)
      return bytes
    default:
      if (bytes > 0) out.text(' 0x')
      for (let i = 0; i < bytes; i++) {
        need(packet, at, i + 1, end)
        out.hexPadded(packet.u8(at + i), 2)
      }
      return bytes
  }
}

/** The value has to lie within the options, then within the capture. */
function need(packet: Cursor, at: Offset, bytes: Bytes, end: Offset): void {
  if (at + bytes > end) throw BAD_OPTION
  if (at + bytes > packet.end) throw CUT_OPTION
}

/** RFC 2018 §3. */
function printSack(out: Line, packet: Cursor, at: Offset, bytes: Bytes, end: Offset, base: number): void {
  if (bytes % 8 !== 0) {
    out.text(' invalid sack')
    return
  }
  out.text(` ${bytes / 8} `)
  for (let i = 0; i < bytes; i += 8) {
    need(packet, at, i + 8, end)
    out.byte(0x7b)
    out.decimal((packet.u32(at + i) - base) >>> 0)
    out.byte(0x3a)
    out.decimal((packet.u32(at + i + 4) - base) >>> 0)
    out.byte(0x7d)
  }
}

/** RFC 5925 §2.2. */
function printAuthentication(out: Line, packet: Cursor, at: Offset, bytes: Bytes, end: Offset): void {
  if (bytes < 2) {
    printInvalid(out)
    return
  }
  need(packet, at, 1, end)
  out.text(` keyid ${packet.u8(at)}`)
  need(packet, at, 2, end)
  out.text(` rnextkeyid ${packet.u8(at + 1)}`)
  if (bytes === 2) return
  out.text(' mac 0x')
  for (let i = 2; i < bytes; i++) {
    need(packet, at, i + 1, end)
    out.hexPadded(packet.u8(at + i), 2)
  }
}

/** RFC 5482 §3.1: one bit tells minutes from seconds. */
function printUserTimeout(out: Line, value: number): void {
  out.text(' 0x')
  out.hex(value)
  out.byte(0x20)
  out.decimal((value >> 1) * ((value & 1) !== 0 ? 60 : 1))
}

/** RFC 7413 §4.1.1. */
function printFastOpen(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  if (bytes === 0) out.text(' cookiereq')
  else if (bytes % 2 !== 0 || bytes < 4 || bytes > 16) printInvalid(out)
  else {
    out.text(' cookie ')
    printHexBytes(out, packet, at, bytes)
  }
}

function printHexBytes(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  for (let i = 0; i < bytes; i++) out.hexPadded(packet.u8(at + i), 2)
}
