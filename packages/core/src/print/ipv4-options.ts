/** IPv4 options, RFC 791 §3.1. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import type { Context } from './printer.ts'

const Option = { END: 0, NOP: 1, RECORD_ROUTE: 7, TIMESTAMP: 68, LOOSE_ROUTE: 131, STRICT_ROUTE: 137, ALERT: 148 }
const names = new Map<number, string>([
  [Option.END, 'EOL'],
  [Option.NOP, 'NOP'],
  [Option.TIMESTAMP, 'timestamp'],
  [130, 'security'],
  [Option.RECORD_ROUTE, 'RR'],
  [Option.STRICT_ROUTE, 'SSRR'],
  [Option.LOOSE_ROUTE, 'LSRR'],
  [Option.ALERT, 'RA'],
  [82, 'traceroute'],
])

/** Prints `length` bytes of options; false if the capture ends inside one. */
export function printIpv4Options(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): boolean {
  const end = at + length
  let next = at
  while (next < end) {
    if (next > at) out.byte(0x2c)
    const kind = packet.u8(next)
    out.text(names.get(kind) ?? `unknown ${kind}`)
    let bytes = 1
    if (kind !== Option.NOP && kind !== Option.END) {
      bytes = packet.u8(next + 1)
      if (bytes < 2) {
        printBadLength(out, bytes)
        return true
      }
    }
    if (bytes > end - next) {
      printBadLength(out, bytes)
      return true
    }
    if (kind === Option.END) return true
    if (kind === Option.TIMESTAMP) {
      if (!printTimestamps(out, packet, next, bytes, context)) return false
    } else if (kind === Option.RECORD_ROUTE || kind === Option.STRICT_ROUTE || kind === Option.LOOSE_ROUTE) {
      if (!printRoute(out, packet, next, bytes, context)) return false
    } else if (kind === Option.ALERT) {
      if (bytes < 4) printBadLength(out, bytes)
      else if (!packet.has(next + 2, 2)) return false
      else if (packet.u16(next + 2) !== 0) out.text(` value ${packet.u16(next + 2)}`)
    }
    next += bytes
  }
  return true
}

function printBadLength(out: Line, bytes: Bytes): void {
  out.text(` [bad length ${bytes}]`)
}

/** Type, length, pointer, addresses. A comma follows those that are before the pointer. False if the capture ends. */
function printRoute(out: Line, packet: Cursor, at: Offset, bytes: Bytes, context: Context): boolean {
  if (bytes < 3) {
    printBadLength(out, bytes)
    return true
  }
  if (((bytes + 1) & 3) !== 0) printBadLength(out, bytes)
  const pointer = packet.u8(at + 2) - 1
  if (pointer < 3 || ((pointer + 1) & 3) !== 0 || pointer > bytes + 1) out.text(` [bad ptr ${pointer + 1}]`)
  for (let i = 3; i < bytes; i += 4) {
    if (!packet.has(at + i, 4)) return false
    out.byte(0x20)
    context.names.ipv4(out, packet.bytes, at + i)
    if (pointer > i) out.byte(0x2c)
  }
  return true
}

/** Type, length, pointer, overflow and flag, then times with or without addresses (RFC 791 p. 22). */
function printTimestamps(out: Line, packet: Cursor, at: Offset, bytes: Bytes, context: Context): boolean {
  if (bytes < 4) {
    out.text(`[bad length ${bytes}]`)
    return true
  }
  out.text(' TS{')
  const flag = packet.u8(at + 3) & 15
  const hopBytes = flag === 0 ? 4 : 8
  if (((bytes - 4) & (hopBytes - 1)) !== 0) out.text(`[bad length ${bytes}]`)
  const pointer = packet.u8(at + 2) - 1
  if (pointer < 4 || ((pointer - 4) & (hopBytes - 1)) !== 0 || pointer > bytes + 1) out.text(`[bad ptr ${pointer + 1}]`)
  let i = 0
  if (flag === 0 || flag === 1 || flag === 3) {
    out.text(flag === 0 ? 'TSONLY' : flag === 1 ? 'TS+ADDR' : 'PRESPEC')
    for (i = 4; i < bytes; i += hopBytes) {
      if (!packet.has(at + i, hopBytes)) return false
      out.text(pointer === i ? ' ^ ' : ' ')
      out.decimal(packet.u32(at + i + hopBytes - 4))
      out.byte(0x40)
      if (hopBytes === 8) context.names.ipv4(out, packet.bytes, at + i)
    }
  } else out.text(`[bad ts type ${flag}]`)
  if (pointer === i) out.text(' ^ ')
  const missed = packet.u8(at + 3) >> 4
  out.text(missed > 0 ? ` [${missed} hops not recorded]} ` : '}')
  return true
}
