/** IPv6 fragment header, RFC 8200 §4.5. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Context, printInvalid } from './printer.ts'

const BYTES = 8

/** Returns the header's length, or -1 for a fragment that does not begin with the payload's header. */
export function printFragment6(out: Line, packet: Cursor, at: Offset, context: Context): Bytes {
  context.protocol = 'frag6'
  out.text('frag (')
  packet.need(at, BYTES)
  if (context.options.verbose > 0) {
    out.text('0x')
    out.hexPadded(packet.u32(at + 4), 8)
    out.byte(0x3a)
  }
  const offset = packet.u16(at + 2) & 0xfff8
  out.text(`${offset}|`)
  const data = context.ipAt + 40 + packet.u16(context.ipAt + 4) - at - BYTES
  if (data < 0) {
    out.text('[length < 0]')
    printInvalid(out)
  } else out.decimal(data)
  out.byte(0x29)
  if (offset !== 0) return -1
  out.byte(0x20)
  return BYTES
}
