/** The values of DHCPv6's options. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printDhcpv6Authentication } from './dhcpv6-authentication.ts'
import { optionNames, statusCodes } from './dhcpv6-names.ts'
import { printReadableName } from './dns-name.ts'
import type { Line } from './line.ts'
import type { Context } from './printer.ts'
import { printBytes, printString } from './safe-text.ts'
import { nameOf } from './tokens.ts'

/** Prints options inside another one. */
export type NestedOptions = (at: Offset, end: Offset) => void

/** Bytes that are shown of a value whose form only its owner knows. */
const SHOWN_OPAQUE: Bytes = 10
const UNFIT = ' ?)'
const SPACE = 0x20
const CLOSE = 0x29

/** Prints the value with the bracket that closes its option. All of [at, at + bytes) was captured. False if the value
 *  ends in its middle: then nothing follows. */
export function printDhcpv6Value(
  out: Line,
  packet: Cursor,
  code: number,
  at: Offset,
  bytes: Bytes,
  context: Context,
  nested: NestedOptions,
): boolean {
  const end = at + bytes
  if (!fits(code, bytes)) {
    out.text(UNFIT)
    return true
  }
  switch (code) {
    case 1:
    case 2:
      printUniqueId(out, packet, at, bytes)
      return true
    case 3:
    case 25:
      out.text(` IAID:${packet.u32(at)} T1:${packet.u32(at + 4)} T2:${packet.u32(at + 8)}`)
      nested(at + 12, end)
      break
    case 4:
      out.text(` IAID:${packet.u32(at)}`)
      nested(at + 4, end)
      break
    case 5:
      printAddress(out, packet, at, context)
      out.text(` pltime:${packet.u32(at + 16)} vltime:${packet.u32(at + 20)}`)
      nested(at + 24, end)
      break
    case 6:
    case 43:
      for (let i = at; i < end; i += 2) out.text(` ${nameOf(optionNames, packet.u16(i), 'opt_')}`)
      break
    case 7:
      out.text(` ${packet.u8(at)}`)
      break
    case 8:
      out.text(` ${packet.u16(at)}`)
      break
    case 11:
      printDhcpv6Authentication(out, packet, at, bytes)
      break
    case 13:
      out.byte(SPACE)
      out.text(packet.u16(at) > 255 ? 'INVALID code' : nameOf(statusCodes, packet.u16(at), 'code'))
      break
    case 15:
    case 136:
      printList(out, packet, at, end)
      break
    case 18:
    case 38:
      out.byte(SPACE)
      printOpaque(out, packet, at, end)
      break
    case 19:
      printReconfigure(out, packet.u8(at))
      break
    case 21:
    case 24:
      for (let next = at; next < end; ) {
        out.byte(SPACE)
        next = printReadableName(out, packet, next, end)
        if (next < 0) return false
      }
      break
    case 22:
    case 23:
    case 27:
    case 28:
    case 31:
    case 34:
    case 40:
    case 48:
      for (let i = at; i < end; i += 16) printAddress(out, packet, i, context)
      break
    case 26:
      printAddress(out, packet, at + 9, context)
      out.text(`/${packet.u8(at + 8)} pltime:${packet.u32(at)} vltime:${packet.u32(at + 4)}`)
      nested(at + 25, end)
      break
    case 32:
    case 46:
      out.text(` ${packet.u32(at)}`)
      break
    case 37:
      out.text(` ${packet.u32(at)} `)
      printOpaque(out, packet, at + 4, end)
      break
    case 41:
    case 42:
    case 112:
      out.byte(SPACE)
      printString(out, packet, at, end)
      break
    case 44:
      printQuery(out, packet.u8(at))
      printAddress(out, packet, at + 1, context)
      nested(at + 17, end)
      break
    case 45:
      nested(at, end)
      break
    case 47:
      printAddress(out, packet, at, context)
      out.byte(SPACE)
      printOpaque(out, packet, at + 16, end)
      break
    case 56:
      if (!printTimeServers(out, packet, at, end, context)) return false
      break
    case 59:
      out.byte(SPACE)
      printBytes(out, packet, at, end)
      break
    case 64:
      printTunnelName(out, packet, at, bytes)
      break
  }
  out.byte(CLOSE)
  return true
}

/** False for a value that has not the length that its option needs. */
function fits(code: number, bytes: Bytes): boolean {
  switch (code) {
    case 1:
    case 2:
    case 13:
      return bytes >= 2
    case 3:
    case 25:
      return bytes >= 12
    case 4:
    case 37:
    case 56:
      return bytes >= 4
    case 5:
      return bytes >= 24
    case 6:
    case 43:
      return bytes % 2 === 0
    case 7:
    case 19:
      return bytes === 1
    case 8:
      return bytes === 2
    case 11:
      return bytes >= 11
    case 22:
    case 23:
    case 27:
    case 28:
    case 31:
    case 34:
    case 40:
    case 48:
      return bytes % 16 === 0
    case 26:
      return bytes >= 25
    case 32:
    case 46:
      return bytes === 4
    case 41:
    case 42:
    case 112:
      return bytes >= 5
    case 44:
      return bytes >= 17
    case 47:
      return bytes >= 16
    case 64:
      return bytes >= 3
    default:
      return true
  }
}

function printAddress(out: Line, packet: Cursor, at: Offset, context: Context): void {
  packet.need(at, 16)
  out.byte(SPACE)
  context.names.ipv6(out, packet.bytes, at)
}

/** DUID, RFC 8415 §11; with the bracket that closes the option. */
function printUniqueId(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  const type = packet.u16(at)
  if (type === 1 && bytes >= 8) {
    out.text(` hwaddr/time type ${packet.u16(at + 2)} time ${packet.u32(at + 4)} `)
    printHex(out, packet, at + 8, at + bytes)
  } else if (type === 2 && bytes >= 10) {
    out.text(' vid ')
    printHex(out, packet, at + 2, at + 10)
  } else if (type === 3 && bytes >= 4) {
    out.text(` hwaddr type ${packet.u16(at + 2)} `)
    printHex(out, packet, at + 4, at + bytes)
  } else if (type >= 1 && type <= 3) {
    out.text(UNFIT)
    return
  } else out.text(` type ${type}`)
  out.byte(CLOSE)
}

/** Texts behind their lengths. */
function printList(out: Line, packet: Cursor, at: Offset, end: Offset): void {
  out.byte(SPACE)
  let next = at
  while (end - next >= 2) {
    if (next > at) out.byte(0x2c)
    const length = packet.u16(next)
    if (length > end - next - 2) break
    next += 2
    printBytes(out, packet, next, next + length)
    next += length
  }
  if (next !== end) out.text(' ?')
}

function printOpaque(out: Line, packet: Cursor, at: Offset, end: Offset): void {
  printHex(out, packet, at, Math.min(end, at + SHOWN_OPAQUE))
  out.text('...')
}

function printReconfigure(out: Line, type: number): void {
  if (type === 5) out.text(' for renew')
  else if (type === 11) out.text(' for inf-req')
  else {
    out.text(' for ???(')
    out.hexPadded(type, 2)
    out.byte(CLOSE)
  }
}

function printQuery(out: Line, type: number): void {
  if (type === 1) out.text(' by-address')
  else if (type === 2) out.text(' by-clientID')
  else out.text(` type_${type}`)
}

/** RFC 5908 §4. */
function printTimeServers(out: Line, packet: Cursor, at: Offset, end: Offset, context: Context): boolean {
  let next = at
  while (next < end - 4) {
    const code = packet.u16(next)
    const bytes = packet.u16(next + 2)
    next += 4
    if (next + bytes > end) return false
    out.text(` subopt:${code}`)
    if ((code === 1 || code === 2) && bytes === 16) printAddress(out, packet, next, context)
    else if (code === 3) {
      out.byte(SPACE)
      if (printReadableName(out, packet, next, next + bytes) < 0) return false
    } else out.text(' ?')
    next += bytes
  }
  return true
}

/** RFC 6334 §3: labels without compression. */
function printTunnelName(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  out.byte(SPACE)
  let next = at
  let left = bytes
  while (left > 0) {
    const label = packet.u8(next)
    if (label === 0) return
    if (label >= left - 1) {
      out.text(' ?')
      return
    }
    printString(out, packet, next + 1, next + 1 + label)
    next += 1 + label
    left -= 1 + label
    if (packet.u8(next) !== 0) out.byte(0x2e)
  }
}

function printHex(out: Line, packet: Cursor, at: Offset, end: Offset): void {
  for (let i = at; i < end; i++) out.hexPadded(packet.u8(i), 2)
}
