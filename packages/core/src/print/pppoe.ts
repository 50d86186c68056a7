/** PPP over Ethernet, RFC 2516 §4.
 *
 *      0             1      2         4        6
 *      | ver. · type | code | session | length | tags, or a PPP packet
 */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Printer, printInvalid, printTruncated } from './printer.ts'

const HEADER_BYTES = 6
const SESSION = 0x00
const codeNames = new Map<number, string>([
  [0x09, 'PADI'],
  [0x07, 'PADO'],
  [0x19, 'PADR'],
  [0x65, 'PADS'],
  [0xa7, 'PADT'],
  [SESSION, ''],
])
const tagNames = new Map<number, string>([
  [0x0000, 'EOL'],
  [0x0101, 'Service-Name'],
  [0x0102, 'AC-Name'],
  [0x0103, 'Host-Uniq'],
  [0x0104, 'AC-Cookie'],
  [0x0105, 'Vendor-Specific'],
  [0x0110, 'Relay-Session-ID'],
  [0x0120, 'PPP-Max-Payload'],
  [0x0201, 'Service-Name-Error'],
  [0x0202, 'AC-System-Error'],
  [0x0203, 'Generic-Error'],
])
/** Longer text is cut; what a value is, is told by as much of it. */
const MAX_TEXT = 79
/** PADI may have no more bytes (RFC 2516 §5.1). */
const MAX_INITIATION = 1478

export const printPppoe: Printer = (out, packet, at, length, context) => {
  context.protocol = 'pppoe'
  if (length < HEADER_BYTES) {
    out.text(` (length ${length} < ${HEADER_BYTES})`)
    printInvalid(out)
    return
  }
  packet.need(at, HEADER_BYTES)
  const version = packet.u8(at) >> 4
  const type = packet.u8(at) & 15
  const code = packet.u8(at + 1)
  const session = packet.u16(at + 2)
  const claimed = packet.u16(at + 4)
  if (version !== 1) out.text(` [ver ${version}]`)
  if (type !== 1) out.text(` [type ${type}]`)
  out.text(`PPPoE ${codeNames.get(code) ?? `PAD-${code.toString(16)}`}`)
  if (code === 0x09 && claimed > MAX_INITIATION) out.text(` [len ${claimed}!]`)
  if (claimed + HEADER_BYTES > length) out.text(` [len ${claimed} > ${length - HEADER_BYTES}!]`)
  const bytes = Math.min(claimed, length - HEADER_BYTES)
  if (session !== 0) out.text(` [ses 0x${session.toString(16)}]`)
  const body = at + HEADER_BYTES
  if (code === SESSION) {
    out.byte(0x20)
    context.type = 0
    context.table.layers.ppp(out, packet, body, bytes, context)
  } else if (!printTags(out, packet, body, body + bytes)) printTruncated(out, context)
}

/** False if a tag is not whole. */
function printTags(out: Line, packet: Cursor, at: Offset, end: Offset): boolean {
  let next = at
  while (next < end) {
    packet.need(next, 4)
    const kind = packet.u16(next)
    const bytes = packet.u16(next + 2)
    next += 4
    if (!packet.has(next, bytes)) return false
    out.text(` [${tagNames.get(kind) ?? `TAG-0x${kind.toString(16)}`}`)
    if (bytes > 0) printValue(out, packet, next, bytes)
    out.byte(0x5d)
    next += bytes
    if (kind === 0) return true
  }
  return true
}

/** Text in quotation marks if it looks like text, else hexadecimal. */
function printValue(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  let printable = 0
  let other = 0
  for (let i = 0; i < bytes && i < MAX_TEXT; i++) {
    const byte = packet.u8(at + i)
    if (byte >= 0x20 && byte < 0x7f) printable++
    else other++
  }
  if (printable > other) {
    out.text(' "')
    for (let i = 0; i < Math.min(bytes, MAX_TEXT); i++) {
      const byte = packet.u8(at + i)
      out.byte(byte >= 0x20 && byte < 0x7f ? byte : 0x2e)
    }
    out.byte(0x22)
    return
  }
  out.text(' 0x')
  for (let i = 0; i < bytes; i++) printUpper(out, packet.u8(at + i))
}

function printUpper(out: Line, byte: number): void {
  out.text(byte.toString(16).padStart(2, '0').toUpperCase())
}

/** A capture of PPPoE packets without their Ethernet header. */
export const printPppoeLink: Printer = (out, packet, at, length, context) => {
  printPppoe(out, packet, at, length, context)
  // tcpdump counts the PPP protocol too.
  context.linkBytes = HEADER_BYTES + 2
}
