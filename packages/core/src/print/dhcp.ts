/** BOOTP (RFC 951) and DHCP (RFC 2131). */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printDhcpOptions } from './dhcp-options.ts'
import type { Line } from './line.ts'
import { type Context, type Printer, printInvalid } from './printer.ts'
import { printByte } from './safe-text.ts'

const REQUEST = 1
const REPLY = 2
const ETHERNET = 1
const ETHERNET_BYTES = 6
const BROADCAST = 0x8000
/** Offsets of the fixed fields. */
const HOPS = 3
const TRANSACTION = 4
const SECONDS = 8
const FLAGS = 10
const CLIENT = 12
const YOURS = 16
const SERVER = 20
const GATEWAY = 24
const HARDWARE = 28
const SERVER_NAME = 44
const FILE = 108
const VENDOR = 236
const SERVER_NAME_BYTES = 64
const FILE_BYTES = 128

const DHCP_COOKIE = 0x63825363
/** 'CMU' and a zero byte. */
const CMU_COOKIE = 0x434d5500

export const printDhcp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'bootp'
  const operation = packet.u8(at)
  out.text('BOOTP/DHCP, ')
  if (operation === REQUEST) out.text('Request')
  else if (operation === REPLY) out.text('Reply')
  else {
    out.text('unknown (0x')
    out.hexPadded(operation, 2)
    out.byte(0x29)
  }
  const hardware = packet.u8(at + 1)
  const hardwareBytes = packet.u8(at + 2)
  const ethernet = hardware === ETHERNET && hardwareBytes === ETHERNET_BYTES
  if (ethernet && operation === REQUEST) {
    packet.need(at + HARDWARE, ETHERNET_BYTES)
    out.text(' from ')
    context.names.ether(out, packet.bytes, at + HARDWARE)
  }
  out.text(`, length ${length}`)
  if (context.options.verbose === 0) return
  packet.need(at + SECONDS, 2)
  if (hardware !== ETHERNET) out.text(`, htype ${hardware}`)
  if (!ethernet) out.text(`, hlen ${hardwareBytes}`)
  printHeader(out, packet, at, ethernet, context)
  if (!printText(out, packet, at + SERVER_NAME, SERVER_NAME_BYTES, 'sname')) return
  if (!printText(out, packet, at + FILE, FILE_BYTES, 'file')) return
  const cookie = packet.u32(at + VENDOR)
  if (cookie === DHCP_COOKIE) printDhcpOptions(out, packet, at + VENDOR, context)
  else if (cookie === CMU_COOKIE) printCmu(out, packet, at + VENDOR, context)
  else if (cookie !== 0) {
    out.text('\n\t  Vendor-#0x')
    out.hex(cookie)
  }
}

/** The fields that are set. */
function printHeader(out: Line, packet: Cursor, at: Offset, ethernet: boolean, context: Context): void {
  const hops = packet.u8(at + HOPS)
  if (hops > 0) out.text(`, hops ${hops}`)
  const transaction = packet.u32(at + TRANSACTION)
  if (transaction !== 0) {
    out.text(', xid 0x')
    out.hex(transaction)
  }
  const seconds = packet.u16(at + SECONDS)
  if (seconds > 0) out.text(`, secs ${seconds}`)
  const flags = packet.u16(at + FLAGS)
  out.text((flags & BROADCAST) === 0 ? ', Flags [none]' : ', Flags [Broadcast]')
  if (context.options.verbose > 1) {
    out.text(' (0x')
    out.hexPadded(flags, 4)
    out.byte(0x29)
  }
  printAddress(out, packet, at + CLIENT, '\n\t  Client-IP ', context)
  printAddress(out, packet, at + YOURS, '\n\t  Your-IP ', context)
  printAddress(out, packet, at + SERVER, '\n\t  Server-IP ', context)
  printAddress(out, packet, at + GATEWAY, '\n\t  Gateway-IP ', context)
  if (!ethernet) return
  packet.need(at + HARDWARE, ETHERNET_BYTES)
  out.text('\n\t  Client-Ethernet-Address ')
  context.names.ether(out, packet.bytes, at + HARDWARE)
}

function printAddress(out: Line, packet: Cursor, at: Offset, title: string, context: Context): void {
  if (packet.u32(at) === 0) return
  out.text(title)
  context.names.ipv4(out, packet.bytes, at)
}

/** A zero-terminated text, if there is any. False, and the mark for it, if the zero byte is missing. */
function printText(out: Line, packet: Cursor, at: Offset, bytes: Bytes, title: string): boolean {
  if (packet.u8(at) === 0) return true
  out.text(`\n\t  ${title} "`)
  for (let i = at; i < at + bytes; i++) {
    const byte = packet.u8(i)
    if (byte === 0) {
      out.byte(0x22)
      return true
    }
    printByte(out, byte)
  }
  out.byte(0x22)
  printInvalid(out)
  return false
}

/** Carnegie Mellon's vendor area: flags, then addresses that count if they are not 0. */
function printCmu(out: Line, packet: Cursor, at: Offset, context: Context): void {
  out.text(' vend-cmu')
  packet.need(at + 4, 4)
  const flags = packet.u8(at + 4)
  if ((flags & ~1) !== 0) out.text(` F:0x${flags.toString(16)}`)
  const mask = (flags & 1) === 0 ? ' SM*:' : ' SM:'
  printAddress(out, packet, at + 12, ' DG:', context)
  printAddress(out, packet, at + 8, mask, context)
  printAddress(out, packet, at + 16, ' NS1:', context)
  printAddress(out, packet, at + 20, ' NS2:', context)
  printAddress(out, packet, at + 24, ' IEN1:', context)
  printAddress(out, packet, at + 28, ' IEN2:', context)
  printAddress(out, packet, at + 32, ' TS1:', context)
  printAddress(out, packet, at + 36, ' TS2:', context)
}
