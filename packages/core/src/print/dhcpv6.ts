/** DHCPv6, RFC 8415. */
import type { Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { messageTypes, optionNames } from './dhcpv6-names.ts'
import { type NestedOptions, printDhcpv6Value } from './dhcpv6-values.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'
import { nameOf } from './tokens.ts'

const RELAY_FORWARD = 12
const RELAY_REPLY = 13
const RELAY_HEADER_BYTES = 34
const RELAY_MESSAGE = 9
const OPTION_HEADER_BYTES = 4
/** Deeper nesting of options and relayed messages ends the text. */
const MAX_DEPTH = 200

export const printDhcpv6: Printer = (out, packet, at, length, context) => {
  printMessage(out, packet, at, at + length, context, 0)
}

function printMessage(out: Line, packet: Cursor, at: Offset, end: Offset, context: Context, depth: number): void {
  context.protocol = 'dhcp6'
  out.text('dhcp6')
  if (!packet.has(at, 4)) {
    printTruncated(out, context)
    return
  }
  const type = packet.u8(at)
  const name = nameOf(messageTypes, type, 'msgtype-')
  out.byte(0x20)
  out.text(name)
  if (context.options.verbose === 0) return
  out.text(' (')
  const stop = end < packet.end ? end : packet.end
  if (type === RELAY_FORWARD || type === RELAY_REPLY) {
    packet.need(at + 2, 16)
    out.text('linkaddr=')
    context.names.ipv6(out, packet.bytes, at + 2)
    packet.need(at + 18, 16)
    out.text(' peeraddr=')
    context.names.ipv6(out, packet.bytes, at + 18)
    printOptions(out, packet, at + RELAY_HEADER_BYTES, stop, context, depth)
  } else {
    out.text('xid=')
    out.hex(packet.u24(at + 1))
    printOptions(out, packet, at + 4, stop, context, depth)
  }
  out.byte(0x29)
}

/** Prints options up to `end`; where they contradict each other, says so and leaves it to the layer around to go on. */
function printOptions(out: Line, packet: Cursor, at: Offset, end: Offset, context: Context, depth: number): void {
  const nested: NestedOptions = (from, to) => printOptions(out, packet, from, to, context, depth + 1)
  let next = at
  while (next < end) {
    if (next + OPTION_HEADER_BYTES > end || depth > MAX_DEPTH) {
      printTruncated(out, context)
      return
    }
    const code = packet.u16(next)
    const bytes = packet.u16(next + 2)
    const value = next + OPTION_HEADER_BYTES
    if (value + bytes > end) {
      printTruncated(out, context)
      return
    }
    out.text(' (')
    out.text(nameOf(optionNames, code, 'opt_'))
    if (code === RELAY_MESSAGE) {
      out.text(' (')
      const before = packet.narrow(value + bytes)
      printMessage(out, packet, value, value + bytes, context, depth + 1)
      packet.end = before
      out.byte(0x29)
    } else if (!printDhcpv6Value(out, packet, code, value, bytes, context, nested)) {
      printTruncated(out, context)
      return
    }
    next = value + bytes
  }
}
