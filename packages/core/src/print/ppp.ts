/** PPP, RFC 1661, and its framing on serial lines, RFC 1662; Cisco's framing too, which shares links with it. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { etherTypeName } from './ether-types.ts'
import { printHex } from './hex-dump.ts'
import type { Line } from './line.ts'
import { pppProtocolName } from './ppp-protocols.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'

const ADDRESS = 0xff
const CISCO_UNICAST = 0x0f
const CISCO_BROADCAST = 0x8f
const ADDRESS_AND_CONTROL = 0xff03
const FLAG = 0x7e
const ESCAPE = 0x7d
/** Frames within frames: no line has that. */
const MAX_FRAMES = 8
const INCOMING = 0x0003
const OUTGOING = 0x0103

/** Address and control may be left out; so may the upper byte of the protocol, whose lower byte is odd. */
export const printPpp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ppp'
  let next = at
  let left = length
  if (left < 2) {
    printTruncated(out, context)
    return
  }
  const first = packet.u16(next)
  // pppd puts the direction into the address's place.
  const direction = first === INCOMING ? 'In  ' : first === OUTGOING ? 'Out ' : ''
  if (direction !== '' || first === ADDRESS_AND_CONTROL) {
    if (context.options.link) out.text(direction)
    next += 2
    left -= 2
    if (left < 2) {
      printTruncated(out, context)
      return
    }
  }
  let protocol = packet.u8(next)
  if ((protocol & 1) === 1) {
    next++
    left--
  } else {
    protocol = packet.u16(next)
    next += 2
    left -= 2
  }
  if (context.options.link) {
    out.text(`${pppProtocolName(protocol) ?? 'unknown'} (0x`)
    out.hexPadded(protocol, 4)
    out.text(`), length ${length}`)
    if (pppProtocolName(protocol) === null) return
    out.text(': ')
  }
  printPayload(out, packet, next, left, protocol, context)
}

function printPayload(out: Line, packet: Cursor, at: Offset, length: Bytes, protocol: number, context: Context): void {
  const printer = context.table.pppProtocols.get(protocol)
  if (printer !== undefined) {
    context.type = protocol
    printer(out, packet, at, length, context)
    return
  }
  if (protocol >> 8 === FLAG) {
    printUnescaped(out, packet, at - 1, length, context)
    return
  }
  if (protocol === 0xfd) {
    out.text('compressed PPP data')
    return
  }
  const name = pppProtocolName(protocol)
  if (name !== null) out.text(`${name} `)
  else {
    out.text('unknown PPP protocol (0x')
    out.hexPadded(protocol, 4)
    out.text(') ')
  }
  printHex(out, packet, '\n\t', at, Math.min(length, packet.left(at)), 0)
}

/** A frame's flag where the protocol should be: asynchronous framing (RFC 1662 §4.2) was captured as it was on the line.
 *  Its escapes are undone in a buffer of its own, and what is in it is guessed. */
function printUnescaped(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  if (length === 0) return
  const { bytes, start, end } = packet
  const escaped = Math.min(length, packet.left(at))
  const plain = new Uint8Array(escaped)
  let size = 0
  for (let i = 0; i < escaped; i++) {
    let byte = packet.u8(at + i)
    if (byte === ESCAPE) {
      if (i + 1 >= escaped) break
      byte = packet.u8(at + ++i) ^ 0x20
    }
    plain[size++] = byte
  }
  packet.open(plain, 0, size)
  if (context.depth++ > MAX_FRAMES) printTruncated(out, context)
  else printGuess(out, packet, size, context)
  context.depth--
  packet.open(bytes, start, end)
}

function printGuess(out: Line, packet: Cursor, size: Bytes, context: Context): void {
  const { layers } = context.table
  const first = packet.u8(0)
  if (first === 0x21) layers.ipv4(out, packet, 1, size - 1, context)
  else if (first === 0x57) layers.ipv6(out, packet, 1, size - 1, context)
  else if (size < 2) printTruncated(out, context)
  else {
    const framed = packet.u16(0) === ADDRESS_AND_CONTROL
    const protocolAt = framed ? 2 : 0
    if (size < protocolAt + 2) {
      printTruncated(out, context)
      return
    }
    const protocol = packet.u16(protocolAt)
    if (protocol >> 8 === FLAG) out.text(`(protocol 0x${protocol.toString(16).padStart(4, '0')} invalid)`)
    else printPayload(out, packet, protocolAt + 2, size - protocolAt - 2, protocol, context)
  }
}

/** Behind Ethernet's own type for PPP a colon comes first. */
export const printEtherPpp: Printer = (out, packet, at, length, context) => {
  if (length === 0) return
  out.text(': ')
  printPpp(out, packet, at, length, context)
}

/** A capture of PPP packets. */
export const printPppLink: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ppp'
  if (length < 4) {
    packet.need(at, 4)
    printTruncated(out, context)
    context.linkBytes = packet.left(at)
    return
  }
  packet.need(at, 4)
  // Address, control and protocol, whichever of them were left out.
  context.linkBytes = 4
  printPpp(out, packet, at, length, context)
}

/** A capture of PPP in frames like HDLC's, or of Cisco's frames. */
export const printPppSerialLink: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ppp_hdlc'
  packet.need(at, 2)
  const address = packet.u8(at)
  if (address === ADDRESS) {
    packet.need(at, 4)
    if (context.options.link) out.text(`${hex2(packet.u8(at))} ${hex2(packet.u8(at + 1))} ${length} `)
    const protocol = packet.u16(at + 2)
    context.linkBytes = 4
    const name = pppProtocolName(protocol)
    out.text(name !== null ? `${name}: ` : `unknown PPP protocol (0x${protocol.toString(16).padStart(4, '0')}): `)
    printPayload(out, packet, at + 4, length - 4, protocol, context)
  } else if (address === CISCO_UNICAST || address === CISCO_BROADCAST) printCisco(out, packet, at, length, context)
  else {
    if (context.options.link) out.text(`${hex2(address)} ${hex2(packet.u8(at + 1))} ${length} `)
    // tcpdump names the two bytes behind address and control.
    out.text(`unknown addr ${hex2(packet.u8(at + 2))}; ctrl ${hex2(packet.u8(at + 3))}`)
    context.linkBytes = 2
  }
}

/** Cisco's framing: address, zero, EtherType. */
export const printCiscoLink: Printer = (out, packet, at, length, context) => {
  printCisco(out, packet, at, length, context)
}

function printCisco(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  context.protocol = 'chdlc'
  if (length < 4 || packet.left(at) < 4) {
    printTruncated(out, context)
    context.linkBytes = packet.left(at)
    return
  }
  const type = packet.u16(at + 2)
  if (context.options.link) {
    const address = packet.u8(at)
    const name = address === CISCO_UNICAST ? 'unicast' : address === CISCO_BROADCAST ? 'bcast' : `0x${hex2(address)}`
    out.text(`${name}, ethertype ${etherTypeName(type) ?? 'Unknown'} (0x`)
    out.hexPadded(type, 4)
    out.text(`), length ${length}: `)
  }
  context.linkBytes = 4
  const printer = context.table.etherTypes.get(type)
  if (printer !== undefined) {
    context.type = type
    printer(out, packet, at + 4, length - 4, context)
  } else if (!context.options.link) {
    out.text('unknown CHDLC protocol (0x')
    out.hexPadded(type, 4)
    out.byte(0x29)
  }
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0')
}
