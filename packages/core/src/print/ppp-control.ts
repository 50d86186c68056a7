/** PPP's control protocols: packets of one form (RFC 1661 §5), options by protocol in ppp-options.ts. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printHex } from './hex-dump.ts'
import type { Line } from './line.ts'
import { printPppOption } from './ppp-options.ts'
import { pppProtocolName } from './ppp-protocols.ts'
import { type Context, type Printer, printInvalid } from './printer.ts'
import { printBytes } from './safe-text.ts'

const codeNames = [
  'Vendor-Extension',
  'Conf-Request',
  'Conf-Ack',
  'Conf-Nack',
  'Conf-Reject',
  'Term-Request',
  'Term-Ack',
  'Code-Reject',
  'Prot-Reject',
  'Echo-Request',
  'Echo-Reply',
  'Disc-Req',
  'Ident',
  'Time-Rem',
  'Reset-Req',
  'Reset-Ack',
] as const
const Code = {
  VENDOR: 0,
  REQUEST: 1,
  REJECT: 4,
  TERMINATE: 5,
  TERMINATED: 6,
  CODE_REJECT: 7,
  PROTOCOL_REJECT: 8,
  ECHO: 9,
  ECHO_REPLY: 10,
  DISCARD: 11,
  IDENTIFY: 12,
  TIME_REMAINING: 13,
} as const
const HEADER_BYTES = 4

/** Code, identifier, length, data; `context.type` is the protocol. */
export const printPppControl: Printer = (out, packet, at, length, context) => {
  const protocol = context.type
  const verbose = context.options.verbose
  const name = pppProtocolName(protocol) ?? `unknown ctrl-proto (0x${protocol.toString(16).padStart(4, '0')})`
  out.text(`${name}, `)
  if (length < HEADER_BYTES) {
    out.text(`[|${name}]`)
    return
  }
  const code = packet.u8(at)
  out.text(`${codeNames[code] ?? 'Unknown Opcode'} (0x`)
  out.hexPadded(code, 2)
  // The protocol's two bytes are counted.
  out.text(`), id ${packet.u8(at + 1)}, length ${length + 2}`)
  if (verbose === 0) return
  const encoded = packet.u16(at + 2)
  if (encoded < HEADER_BYTES) {
    out.text(`\n\tencoded length ${encoded} (< 4))`)
    return
  }
  if (encoded > length) {
    out.text(`\n\tencoded length ${encoded} (> packet length ${length}))`)
    return
  }
  const bytes = encoded - HEADER_BYTES
  out.text(`\n\tencoded length ${encoded} (=Option(s) length ${bytes})`)
  if (bytes === 0) return
  if (verbose > 1) printHex(out, packet, '\n\t', at - 2, 6, 0)
  const body = at + HEADER_BYTES
  switch (code) {
    case Code.VENDOR:
      if (length < 11) break
      printMagic(out, packet, body)
      printVendor(out, packet, body + 4)
      break
    case Code.REQUEST:
    case 2:
    case 3:
    case Code.REJECT:
      printOptions(out, packet, body, bytes, protocol, context)
      break
    case Code.TERMINATE:
    case Code.TERMINATED:
      break
    case Code.CODE_REJECT:
      break
    case Code.PROTOCOL_REJECT: {
      if (length < 6) break
      const rejected = packet.u16(body)
      out.text(`\n\t  Rejected ${pppProtocolName(rejected) ?? 'unknown'} Protocol (0x`)
      out.hexPadded(rejected, 4)
      out.byte(0x29)
      if (bytes > 2) {
        out.text('\n\t  Rejected Packet')
        printHex(out, packet, '\n\t    ', body + 2, bytes - 2, 0)
      }
      break
    }
    case Code.ECHO:
    case Code.ECHO_REPLY:
    case Code.DISCARD:
      if (length < 8) break
      printMagic(out, packet, body)
      if (bytes > 4) {
        out.text('\n\t  -----trailing data-----')
        if (!packet.has(body + 4, bytes - 4)) {
          out.text(`[|${name}]`)
          return
        }
        printHex(out, packet, '\n\t  ', body + 4, bytes - 4, 0)
      }
      break
    case Code.IDENTIFY:
      if (length < 8) break
      printMagic(out, packet, body)
      if (bytes > 4) {
        out.text('\n\t  Message\n\t    ')
        // tcpdump counts the magic number's bytes to the text.
        if (!printBytes(out, packet, body + 4, body + 4 + bytes)) out.text(`[|${name}]`)
      }
      break
    case Code.TIME_REMAINING:
      if (length < 12) break
      printMagic(out, packet, body)
      out.text(`, Seconds-Remaining ${packet.u32(body + 4)}s`)
      break
    default:
      if (verbose <= 1) printHex(out, packet, '\n\t  ', at - 2, encoded + 2, 0)
  }
}

function printMagic(out: Line, packet: Cursor, at: Offset): void {
  out.text('\n\t  Magic-Num 0x')
  out.hexPadded(packet.u32(at), 8)
}

function printVendor(out: Line, packet: Cursor, at: Offset): void {
  out.text(` Vendor: Unknown (${packet.u24(at)})`)
}

/** Type, length, value, until the length that the packet says is used up. */
function printOptions(out: Line, packet: Cursor, at: Offset, bytes: Bytes, protocol: number, context: Context): void {
  let next = at
  let left = bytes
  while (left > 0) {
    const taken = printPppOption(out, packet, next, left, protocol, context)
    if (taken === 0) return
    if (left < taken) {
      out.text(` [remaining options length ${left} < ${taken}]`)
      printInvalid(out)
      return
    }
    next += taken
    left -= taken
  }
}
