/** Linux cooked captures (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and …_SLL2.html). */
import type { Bytes, Offset } from '../units.ts'
import * as sll from '../wire/sll.ts'
import type { Cursor } from './cursor.ts'
import { etherTypeName } from './ether-types.ts'
import { dumpUnknown } from './hex-dump.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'
import { printTag } from './vlan.ts'

const V1_BYTES = 16
const V2_BYTES = 20
const LONGEST_LENGTH = 1500
const VLAN = 0x8100
const { LLC } = sll.SllProtocol
const NOVELL = 1
const directions = ['In', 'B', 'M', 'P', 'Out'] as const

/** Where one of the two forms keeps what both have. */
interface Form {
  readonly name: string
  readonly bytes: Bytes
  readonly direction: (packet: Cursor, at: Offset) => number
  readonly protocolAt: Offset
  readonly addressBytes: (packet: Cursor, at: Offset) => number
  readonly addressAt: Offset
}

const v1: Form = {
  name: 'sll',
  bytes: V1_BYTES,
  direction: (packet, at) => packet.u16(at),
  protocolAt: 14,
  addressBytes: (packet, at) => packet.u16(at + 4),
  addressAt: 6,
}

const v2: Form = {
  name: 'sll2',
  bytes: V2_BYTES,
  direction: (packet, at) => packet.u8(at + 10),
  protocolAt: 0,
  addressBytes: (packet, at) => packet.u8(at + 11),
  addressAt: 12,
}

export const printSllLink: Printer = (out, packet, at, length, context) => {
  context.protocol = v1.name
  packet.need(at, V1_BYTES)
  if (context.options.link) printHeader(out, packet, at, length, v1, context)
  printPayload(out, packet, at, length, v1, context)
}

export const printSll2Link: Printer = (out, packet, at, length, context) => {
  context.protocol = v2.name
  packet.need(at, V2_BYTES)
  // The name that the interface has here and now; whose capture it is cannot be known.
  out.text(`${(context.names.interface(packet.u32(at + 4)) ?? '?').padEnd(5)} `)
  out.text(`${directionName(packet, at, v2).padEnd(3)} `)
  if (context.options.link) printHeader(out, packet, at, length, v2, context)
  printPayload(out, packet, at, length, v2, context)
}

function directionName(packet: Cursor, at: Offset, form: Form): string {
  return directions[form.direction(packet, at)] ?? '?'
}

function printHeader(out: Line, packet: Cursor, at: Offset, length: Bytes, form: Form, context: Context): void {
  if (form === v1) out.text(`${directionName(packet, at, v1).padStart(3)} `)
  else out.text(`ifindex ${packet.u32(at + 4)} `)
  if (form.addressBytes(packet, at) === 6) {
    context.names.ether(out, packet.bytes, at + form.addressAt)
    out.byte(0x20)
  }
  if (context.options.quiet > 0) return
  const protocol = packet.u16(at + form.protocolAt)
  if (protocol === NOVELL) out.text('802.3')
  else if (protocol === LLC) out.text('802.2')
  else {
    out.text(`ethertype ${(protocol > LONGEST_LENGTH ? etherTypeName(protocol) : null) ?? 'Unknown'} (0x`)
    out.hexPadded(protocol, 4)
    out.byte(0x29)
  }
  out.text(`, length ${length}: `)
}

function printPayload(out: Line, packet: Cursor, at: Offset, length: Bytes, form: Form, context: Context): void {
  const end = at + length
  let next = at + form.bytes
  context.linkBytes = form.bytes
  let protocol = packet.u16(at + form.protocolAt)
  while (protocol === VLAN) {
    if (packet.left(next) < 4 || end - next < 4) {
      context.protocol = 'vlan'
      printTruncated(out, context)
      context.linkBytes = next - at + Math.min(packet.left(next), end - next)
      return
    }
    if (context.options.link) {
      printTag(out, packet.u16(next))
      out.text(', ')
    }
    protocol = packet.u16(next + 2)
    if (protocol <= LONGEST_LENGTH) protocol = LLC
    if (context.options.quiet === 0) out.text(`ethertype ${etherTypeName(protocol) ?? 'Unknown'}, `)
    next += 4
    context.linkBytes = next - at
  }
  if (protocol === LLC) {
    context.table.layers.llc(out, packet, next, end - next, context)
    context.linkBytes = next - at + Math.abs(context.llcBytes)
    if (context.llcBytes < 0 && !context.noDefaultDump) dumpUnknown(out, packet, next, packet.left(next))
    return
  }
  const printer = protocol > LONGEST_LENGTH ? context.table.etherTypes.get(protocol) : undefined
  if (printer !== undefined) {
    context.type = protocol
    printer(out, packet, next, end - next, context)
    return
  }
  if (protocol > LONGEST_LENGTH && !context.options.link) printHeader(out, packet, at, length, form, context)
  if (!context.noDefaultDump) dumpUnknown(out, packet, next, packet.left(next))
}
