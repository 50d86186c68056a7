/** The options of BOOTP and DHCP, RFC 2132. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { type DhcpForm, dhcpOptionForm, dhcpOptionName } from './dhcp-option-names.ts'
import { printOwnForm } from './dhcp-special-options.ts'
import type { Line } from './line.ts'
import type { Context } from './printer.ts'
import { printBytes } from './safe-text.ts'
import { type Names, nameOf } from './tokens.ts'

const PAD = 0
const MESSAGE_TYPE = 53
const PARAMETER_REQUEST = 55
const END = 255
const COMMA = 0x2c

const messageTypes: Names = new Map([
  [1, 'Discover'],
  [2, 'Offer'],
  [3, 'Request'],
  [4, 'Decline'],
  [5, 'ACK'],
  [6, 'NACK'],
  [7, 'Release'],
  [8, 'Inform'],
  [10, 'LeaseQuery'],
  [11, 'LeaseUnassigned'],
  [12, 'LeaseUnknown'],
  [13, 'LeaseActive'],
])

/** Prints the options behind the magic cookie at `at`, to the end option or the end of the capture. */
export function printDhcpOptions(out: Line, packet: Cursor, at: Offset, context: Context): void {
  out.text('\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x')
  out.hexPadded(packet.u32(at), 8)
  const showsAll = context.options.verbose > 2
  let next = at + 4
  while (packet.has(next, 1)) {
    const code = packet.u8(next++)
    if (code === PAD && !showsAll) continue
    if (code === END && !showsAll) return
    const bytes = code === PAD || code === END ? 0 : packet.u8(next++)
    out.text(`\n\t    ${dhcpOptionName(code)} (${code}), length ${bytes}`)
    if (bytes > 0) out.text(': ')
    if (code === PAD) next = printPads(out, packet, next)
    packet.need(next, bytes)
    printOption(out, packet, code, next, bytes, context)
    next += bytes
  }
}

/** How many zero bytes there are in a row. */
function printPads(out: Line, packet: Cursor, at: Offset): Offset {
  let next = at
  while (packet.has(next, 1) && packet.bytes[next] === PAD) next++
  if (next > at) out.text(`, occurs ${next - at + 1}`)
  return next
}

function printOption(out: Line, packet: Cursor, code: number, at: Offset, bytes: Bytes, context: Context): void {
  if (code === MESSAGE_TYPE && bytes === 1) {
    out.text(nameOf(messageTypes, packet.u8(at), 'Unknown (', ')'))
    return
  }
  if (code === PARAMETER_REQUEST) {
    for (let i = 0; i < bytes; i++) {
      const asked = packet.u8(at + i)
      out.text(i % 4 === 0 ? '\n\t      ' : ', ')
      out.text(`${dhcpOptionName(asked)} (${asked})`)
    }
    return
  }
  const form = dhcpOptionForm(code, bytes)
  const printed =
    form === 'own'
      ? printOwnForm(out, packet, code, at, bytes, context)
      : printForm(out, packet, form, at, bytes, context)
  if (printed < bytes) out.text(`\n\t  trailing data length ${bytes - printed}`)
}

/** Returns the bytes that it has printed. */
function printForm(out: Line, packet: Cursor, form: DhcpForm, at: Offset, bytes: Bytes, context: Context): Bytes {
  if (form === 'text') {
    out.byte(0x22)
    printBytes(out, packet, at, at + bytes)
    out.byte(0x22)
    return bytes
  }
  const size = form === 'pair' ? 8 : form === 'u16' ? 2 : form === 'ip' || form === 'u32' || form === 'i32' ? 4 : 1
  let done = 0
  for (; done + size <= bytes; done += size) {
    const item = at + done
    if (done > 0) out.byte(size === 1 && form !== 'flag' ? 0x2e : COMMA)
    switch (form) {
      case 'ip':
        context.names.ipv4(out, packet.bytes, item)
        break
      case 'pair':
        out.byte(0x28)
        context.names.ipv4(out, packet.bytes, item)
        out.byte(0x3a)
        context.names.ipv4(out, packet.bytes, item + 4)
        out.byte(0x29)
        break
      case 'u32':
        out.decimal(packet.u32(item))
        break
      case 'i32':
        out.signed(packet.u32(item) | 0)
        break
      case 'u16':
        out.decimal(packet.u16(item))
        break
      case 'flag':
        printFlag(out, packet.u8(item))
        break
      default:
        out.decimal(packet.u8(item))
    }
  }
  return done
}

function printFlag(out: Line, value: number): void {
  if (value === 0) out.byte(0x4e)
  else if (value === 1) out.byte(0x59)
  else out.text(`${value}?`)
}
