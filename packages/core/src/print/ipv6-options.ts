/** Options of IPv6 hop-by-hop and destination headers, RFC 8200 §4.2. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Context, printInvalid } from './printer.ts'

const PAD1 = 0
const PADN = 1
/** RFC 2711 */
const ROUTER_ALERT = 5
/** RFC 2675 §2 */
const JUMBO = 0xc2
/** RFC 6275 §6.3 */
const HOME_ADDRESS = 0xc9
/** A jumbo payload is longer than the ordinary length field can say. */
const SMALLEST_JUMBO = 65536

/** Returns the header's length, or -1 if its options are not whole. A jumbo payload's length goes to `jumbo`. */
export function printHopByHop(
  out: Line,
  packet: Cursor,
  at: Offset,
  context: Context,
  jumbo: { jumboBytes: number },
): Bytes {
  context.protocol = 'hbh'
  const bytes = (packet.u8(at + 1) + 1) * 8
  packet.need(at, bytes)
  out.text('HBH ')
  return printOptions(out, packet, at + 2, at + bytes, context, jumbo) ? bytes : -1
}

/** Returns the header's length, or -1 if its options are not whole. */
export function printDestinationOptions(out: Line, packet: Cursor, at: Offset, context: Context): Bytes {
  context.protocol = 'dstopt'
  const bytes = (packet.u8(at + 1) + 1) * 8
  packet.need(at, bytes)
  out.text('DSTOPT ')
  return printOptions(out, packet, at + 2, at + bytes, context, null) ? bytes : -1
}

/** False where an option does not fit. Without -v the options are only checked. */
function printOptions(
  out: Line,
  packet: Cursor,
  at: Offset,
  end: Offset,
  context: Context,
  jumbo: { jumboBytes: number } | null,
): boolean {
  const verbose = context.options.verbose > 0
  let next = at
  while (next < end) {
    const kind = packet.u8(next)
    if (kind === PAD1) {
      if (verbose) out.text('(pad1)')
      next++
      continue
    }
    if (next + 1 >= end) return printShort(out, end - next, 2)
    const bytes = packet.u8(next + 1) + 2
    if (bytes > end - next) return printShort(out, end - next, bytes)
    if (kind === JUMBO && jumbo !== null) {
      if (!printJumbo(out, packet, next, bytes, verbose, jumbo)) return false
    } else if (verbose) {
      if (!printOption(out, packet, kind, next, bytes, context)) return false
    }
    next += bytes
  }
  if (verbose) out.byte(0x20)
  return true
}

function printShort(out: Line, left: Bytes, bytes: Bytes): false {
  out.text(` [remaining length ${left} < ${bytes}]`)
  printInvalid(out)
  return false
}

function printOption(out: Line, packet: Cursor, kind: number, at: Offset, bytes: Bytes, context: Context): boolean {
  switch (kind) {
    case PADN:
      out.text('(padn)')
      return true
    case ROUTER_ALERT:
      if (bytes !== 4) {
        out.text(`(rtalert: invalid len ${bytes - 2})`)
        printInvalid(out)
        return false
      }
      out.text('(rtalert: 0x')
      out.hexPadded(packet.u16(at + 2), 4)
      out.text(') ')
      return true
    case HOME_ADDRESS:
      if (bytes < 18) {
        out.text(`(homeaddr: invalid len ${bytes - 2})`)
        printInvalid(out)
        return false
      }
      out.text('(homeaddr: ')
      packet.need(at + 2, 16)
      context.names.ipv6(out, packet.bytes, at + 2)
      if (bytes > 18) printSuboptions(out, packet, at + 18, at + bytes)
      out.byte(0x29)
      return true
    default:
      out.text('(opt_type 0x')
      out.hexPadded(kind, 2)
      out.text(`: len=${bytes - 2})`)
      return true
  }
}

function printJumbo(
  out: Line,
  packet: Cursor,
  at: Offset,
  bytes: Bytes,
  verbose: boolean,
  jumbo: { jumboBytes: number },
): boolean {
  if (bytes !== 6) {
    out.text(`(jumbo: invalid len ${bytes - 2})`)
    printInvalid(out)
    return false
  }
  const length = packet.u32(at + 2)
  if (jumbo.jumboBytes >= 0) {
    out.text(`(jumbo: ${length} - already seen) `)
    return true
  }
  if (length < SMALLEST_JUMBO) {
    out.text(`(jumbo: ${length} - < ${SMALLEST_JUMBO}) `)
    return true
  }
  jumbo.jumboBytes = length
  if (verbose) out.text(`(jumbo: ${length}) `)
  return true
}

function printSuboptions(out: Line, packet: Cursor, at: Offset, end: Offset): void {
  let next = at
  while (next < end) {
    const kind = packet.u8(next)
    if (kind === PAD1) {
      out.text(', pad1')
      next++
      continue
    }
    if (next + 1 >= end || packet.u8(next + 1) + 2 > end - next) {
      out.text('[trunc] ')
      return
    }
    if (kind === PADN) out.text(', padn')
    else {
      out.text(', sopt_type 0x')
      out.hexPadded(kind, 2)
      out.text(`: len=${packet.u8(next + 1)}`)
    }
    next += packet.u8(next + 1) + 2
  }
}
