/** Ethernet (IEEE 802.3) with 802.1Q and 802.1ad tags. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printEtherType } from './ether-types.ts'
import { dumpUnknown } from './hex-dump.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'
import { printTag } from './vlan.ts'

const HEADER_BYTES = 14
const ADDRESS_BYTES = 6
/** Up to here the field behind the addresses is a length. */
const LONGEST_LENGTH = 1500
const JUMBO = 0x8870

/** The frame of a capture: what precedes the network layer is the link header that dumps leave out. */
export const printEthernetLink: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ether'
  context.linkBytes = 0
  const bytes = printFrame(out, packet, at, length, context, 0, null)
  context.linkBytes += bytes
}

/** A frame inside another packet. */
export const printEthernet: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ether'
  printFrame(out, packet, at, length, context, 0, null)
}

/** Prints a frame with `tagBytes` of a switch's tag between the addresses and the EtherType, for which `printSwitchTag`
 *  prints. Returns the bytes in front of the network layer. */
export function printFrame(
  out: Line,
  packet: Cursor,
  at: Offset,
  length: Bytes,
  context: Context,
  tagBytes: Bytes,
  printSwitchTag: Printer | null,
): Bytes {
  const captured = packet.left(at)
  if (captured < HEADER_BYTES + tagBytes || length < HEADER_BYTES + tagBytes) {
    printTruncated(out, context)
    return Math.min(captured, length)
  }
  const { options } = context
  if (options.link) printAddresses(out, packet, at, context)
  context.destinationLinkAt = at
  context.sourceLinkAt = at + ADDRESS_BYTES
  let next = at + 2 * ADDRESS_BYTES
  if (printSwitchTag !== null) printSwitchTag(out, packet, next, length, context)
  next += tagBytes
  let type = packet.u16(next)
  next += 2
  let lengthPrinted = false
  while (isTag(type)) {
    if (packet.left(next) < 4 || at + length - next < 4) {
      context.protocol = 'vlan'
      printTruncated(out, context)
      return next - at + Math.min(packet.left(next), at + length - next)
    }
    if (options.link) {
      printEtherType(out, type, options.quiet > 0)
      if (lengthPrinted) out.text(', ')
      else printLength(out, length)
      lengthPrinted = true
      printTag(out, packet.u16(next))
      out.text(', ')
    }
    type = packet.u16(next + 2)
    next += 4
  }
  const left = at + length - next
  if (type <= LONGEST_LENGTH) {
    const payload = Math.min(type, left)
    const before = packet.narrow(next + payload)
    if (options.link) {
      out.text('802.3')
      if (!lengthPrinted) printLength(out, payload)
    }
    next += printLogicalLink(out, packet, next, payload, context)
    packet.end = before
  } else if (type === JUMBO) next += printLogicalLink(out, packet, next, left, context)
  else {
    if (options.link) {
      printEtherType(out, type, options.quiet > 0)
      if (lengthPrinted) out.text(', ')
      else printLength(out, length)
    }
    printPayload(out, packet, at, next, length, type, context)
  }
  return next - at
}

function printPayload(
  out: Line,
  packet: Cursor,
  at: Offset,
  next: Offset,
  length: Bytes,
  type: number,
  context: Context,
): void {
  const printer = context.table.etherTypes.get(type)
  if (printer !== undefined) {
    context.type = type
    printer(out, packet, next, at + length - next, context)
    return
  }
  if (!context.options.link) {
    printAddresses(out, packet, at, context)
    printEtherType(out, type, context.options.quiet > 0)
    printLength(out, length)
  }
  if (!context.noDefaultDump) dumpUnknown(out, packet, next, packet.left(next))
}

/** LLC says in `context.llcBytes` how long its header is, negative if it does not know what follows. */
function printLogicalLink(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): Bytes {
  context.table.layers.llc(out, packet, at, length, context)
  if (context.llcBytes >= 0) return context.llcBytes
  if (!context.noDefaultDump) dumpUnknown(out, packet, at, packet.left(at))
  return -context.llcBytes
}

function printAddresses(out: Line, packet: Cursor, at: Offset, context: Context): void {
  context.names.ether(out, packet.bytes, at + ADDRESS_BYTES)
  out.text(' > ')
  context.names.ether(out, packet.bytes, at)
  out.text(', ')
}

function printLength(out: Line, length: Bytes): void {
  out.text(', length ')
  out.decimal(length)
  out.text(': ')
}

function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200
}
