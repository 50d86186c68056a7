/** ARP for ATM, RFC 2225 §8.
 *
 *      0          2          4          5          6           8          9          10         11         12
 *      | hardware | protocol | sender number, sub. | operation | sender pr. | target number, sub. | target pr. | …
 */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { etherTypeName } from './ether-types.ts'
import { dumpUnknown } from './hex-dump.ts'
import type { Line } from './line.ts'
import type { Context } from './printer.ts'

const FIXED_BYTES = 12
const LENGTH_MASK = 0x3f
const IPV4 = 0x0800
const TRAILER = 0x1000
const operationNames: Readonly<Record<number, string>> = {
  1: 'Request',
  2: 'Reply',
  3: 'Reverse Request',
  4: 'Reverse Reply',
  8: 'Inverse Request',
  9: 'Inverse Reply',
  10: 'NACK Reply',
}

export function printAtmArp(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  packet.need(at, FIXED_BYTES)
  const protocol = packet.u16(at + 2)
  const operation = packet.u16(at + 6)
  const sender = at + FIXED_BYTES
  const senderBytes = packet.u8(at + 4) & LENGTH_MASK
  const senderSub = packet.u8(at + 5) & LENGTH_MASK
  const senderProtocol = packet.u8(at + 8)
  const target = sender + senderBytes + senderSub + senderProtocol
  const targetBytes = packet.u8(at + 9) & LENGTH_MASK
  const targetSub = packet.u8(at + 10) & LENGTH_MASK
  const targetProtocol = packet.u8(at + 11)
  packet.need(target + targetBytes + targetSub, targetProtocol)
  const verbose = context.options.verbose > 0
  if (!context.options.link) out.text('ARP, ')
  const usual = (protocol === IPV4 || protocol === TRAILER) && senderProtocol === 4 && targetProtocol === 4
  if (!usual || verbose) {
    out.text(`ATM, ${etherTypeName(protocol) ?? `Unknown Protocol (0x${protocol.toString(16).padStart(4, '0')})`}`)
    out.text(` (len ${senderProtocol}/${targetProtocol})`)
    if (!verbose) {
      out.text(`, length ${length}`)
      return
    }
    out.text(', ')
  }
  out.text(`${operationNames[operation] ?? `Unknown (${operation})`} `)
  const senderLink = (): void => printNumber(out, packet, sender, senderBytes, senderSub)
  const targetLink = (): void => printNumber(out, packet, target, targetBytes, targetSub)
  const address = (from: Offset, bytes: Bytes, wrong: string): void => {
    if (protocol !== IPV4 && protocol !== TRAILER) out.text('<wrong proto type>')
    else if (bytes !== 4) out.text(wrong)
    else context.names.ipv4(out, packet.bytes, from)
  }
  const senderAddress = (): void => address(sender + senderBytes + senderSub, senderProtocol, '<wrong splen>')
  const targetAddress = (): void => address(target + targetBytes + targetSub, targetProtocol, '<wrong tplen>')
  switch (operation) {
    case 1:
      out.text('who-has ')
      targetAddress()
      if (targetBytes > 0) {
        out.text(' (')
        targetLink()
        out.byte(0x29)
      }
      out.text(' tell ')
      senderAddress()
      break
    case 2:
      senderAddress()
      out.text(' is-at ')
      senderLink()
      break
    case 8:
      out.text('who-is ')
      targetLink()
      out.text(' tell ')
      senderLink()
      break
    case 9:
      senderLink()
      out.text('at ')
      senderAddress()
      break
    case 10:
      out.text('for ')
      senderAddress()
      break
    default:
      dumpUnknown(out, packet, at, packet.left(at))
      return
  }
  out.text(`, length ${length}`)
}

function printNumber(out: Line, packet: Cursor, at: Offset, bytes: Bytes, subaddressBytes: Bytes): void {
  if (bytes === 0) {
    out.text('<No address>')
    return
  }
  printBytes(out, packet, at, bytes)
  if (subaddressBytes === 0) return
  out.byte(0x2c)
  printBytes(out, packet, at + bytes, subaddressBytes)
}

function printBytes(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  for (let i = 0; i < bytes; i++) {
    if (i > 0) out.byte(0x3a)
    out.hexPadded(packet.u8(at + i), 2)
  }
}
