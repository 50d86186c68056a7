/** DHCP options with a form of their own. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printHex } from './hex-dump.ts'
import type { Line } from './line.ts'
import type { Context } from './printer.ts'
import { printBytes } from './safe-text.ts'
import { bitNames, type Names, nameOf } from './tokens.ts'

const nodeTypes: Names = new Map([
  [1, 'b-node'],
  [2, 'p-node'],
  [4, 'm-node'],
  [8, 'h-node'],
])
const overloads: Names = new Map([
  [1, 'file'],
  [2, 'sname'],
  [3, 'file+sname'],
])
/** IANA "Hardware Types" of ARP. */
const hardwareTypes: Names = new Map([
  [0x01, 'ether'],
  [0x06, 'ieee802'],
  [0x07, 'arcnet'],
  [0x0f, 'frelay'],
  [0x17, 'strip'],
  [0x18, 'ieee1394'],
])
const fqdnFlags: Names = new Map([
  [1, 'S'],
  [2, 'O'],
  [4, 'E'],
  [8, 'N'],
])
const agentOptions: Names = new Map([
  [1, 'Circuit-ID'],
  [2, 'Remote-ID'],
  [6, 'Subscriber-ID'],
])

/** Prints the value of `bytes` at `at`, all of which was captured. Returns the bytes that it has printed. */
export function printOwnForm(
  out: Line,
  packet: Cursor,
  code: number,
  at: Offset,
  bytes: Bytes,
  context: Context,
): Bytes {
  switch (code) {
    case 46:
      return printName(out, packet, at, bytes, nodeTypes)
    case 52:
      return printName(out, packet, at, bytes, overloads)
    case 61:
      return printClientId(out, packet, at, bytes)
    case 77:
      return printUserClass(out, packet, at, bytes)
    case 81:
      return printFqdn(out, packet, at, bytes)
    case 82:
      return printAgentInformation(out, packet, at, bytes)
    case 121:
    case 249:
      return printRoutes(out, packet, at, bytes, context)
    default:
      return printRedirects(out, packet, at, bytes)
  }
}

function printName(out: Line, packet: Cursor, at: Offset, bytes: Bytes, names: Names): Bytes {
  if (isShort(out, bytes, 1)) return 0
  out.text(nameOf(names, packet.u8(at), '#'))
  return 1
}

/** RFC 2132 §9.14: a hardware type and an address, or type 0 and a name. */
function printClientId(out: Line, packet: Cursor, at: Offset, bytes: Bytes): Bytes {
  if (isShort(out, bytes, 1)) return 0
  const type = packet.u8(at)
  if (type === 0) {
    printQuoted(out, packet, at + 1, at + bytes)
    return bytes
  }
  out.text(`${nameOf(hardwareTypes, type, 'hardware-type ', ',')} `)
  for (let i = 1; i < bytes; i++) {
    if (i > 1) out.byte(0x3a)
    out.hexPadded(packet.u8(at + i), 2)
  }
  return bytes
}

/** RFC 4702 §2. */
function printFqdn(out: Line, packet: Cursor, at: Offset, bytes: Bytes): Bytes {
  if (isShort(out, bytes, 3)) return bytes
  const flags = packet.u8(at)
  if ((flags & 0xf0) !== 0) out.text(`[ERROR: MBZ nibble 0x${(flags >> 4).toString(16)} != 0] `)
  if ((flags & 0x0f) !== 0) out.text(`[${bitNames(fqdnFlags, flags, '', '')}] `)
  const forward = packet.u8(at + 1)
  const reverse = packet.u8(at + 2)
  if (forward !== 0 || reverse !== 0) out.text(`${forward}/${reverse} `)
  printQuoted(out, packet, at + 3, at + bytes)
  return bytes
}

/** RFC 3046 §2. */
function printAgentInformation(out: Line, packet: Cursor, at: Offset, bytes: Bytes): Bytes {
  let done = 0
  while (bytes - done >= 2) {
    const code = packet.u8(at + done)
    const length = packet.u8(at + done + 1)
    done += 2
    out.text(`\n\t      ${agentOptions.get(code) ?? 'Unknown'} SubOption ${code}, length ${length}: `)
    if (length > bytes - done) {
      out.text('length goes past end of option')
      return bytes
    }
    const value = at + done
    if (agentOptions.has(code)) printBytes(out, packet, value, value + length)
    else printHex(out, packet, '\n\t\t', value, length, 0)
    done += length
  }
  return done
}

/** RFC 3442: width of the mask, the octets that it covers, the router. */
function printRoutes(out: Line, packet: Cursor, at: Offset, bytes: Bytes, context: Context): Bytes {
  if (isShort(out, bytes, 5)) return bytes
  let next = at
  const end = at + bytes
  while (next < end) {
    if (next > at) out.byte(0x2c)
    const width = packet.u8(next++)
    if (width > 32) {
      out.text(`[ERROR: Mask width (${width}) > 32]`)
      return bytes
    }
    const octets = (width + 7) >> 3
    if (end - next < octets + 4) {
      out.text(`[ERROR: Remaining length (${end - next}) < ${octets + 4} bytes]`)
      return bytes
    }
    out.byte(0x28)
    if (width === 0) out.text('default')
    else {
      for (let i = 0; i < 4; i++) {
        if (i > 0) out.byte(0x2e)
        out.decimal(i < octets ? packet.u8(next + i) : 0)
      }
      out.text(`/${width}`)
    }
    next += octets
    out.byte(0x3a)
    context.names.ipv4(out, packet.bytes, next)
    out.byte(0x29)
    next += 4
  }
  return bytes
}

/** RFC 3004 §4. */
function printUserClass(out: Line, packet: Cursor, at: Offset, bytes: Bytes): Bytes {
  if (isShort(out, bytes, 2)) return bytes
  let next = at
  const end = at + bytes
  for (let instance = 1; next < end; instance++) {
    const length = packet.u8(next++)
    out.text(`\n\t      instance#${instance}: `)
    if (length === 0) {
      out.text('[ERROR: suboption length must be non-zero]')
      return bytes
    }
    if (length > end - next) {
      out.text('[ERROR: invalid option]')
      return bytes
    }
    printQuoted(out, packet, next, next + length)
    out.text(`, length ${length}`)
    next += length
  }
  return bytes
}

/** RFC 8572 §8.3. */
function printRedirects(out: Line, packet: Cursor, at: Offset, bytes: Bytes): Bytes {
  let next = at
  const end = at + bytes
  while (end - next >= 2) {
    const length = packet.u16(next)
    next += 2
    out.text(`\n\t\t    length ${length}: `)
    if (length > end - next) {
      out.text('length goes past end of option')
      return bytes
    }
    printQuoted(out, packet, next, next + length)
    next += length
  }
  if (next < end) out.text('[ERROR: length < 2 bytes]')
  return next - at
}

function printQuoted(out: Line, packet: Cursor, at: Offset, end: Offset): void {
  out.byte(0x22)
  printBytes(out, packet, at, end)
  out.byte(0x22)
}

function isShort(out: Line, bytes: Bytes, least: Bytes): boolean {
  if (bytes >= least) return false
  out.text(`[ERROR: length < ${least} bytes]`)
  return true
}
