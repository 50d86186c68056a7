/** RADIUS, RFC 2865: the header. tcpdump goes on with the attributes with -v, which is not done here. */
import { TRUNCATED } from './cursor.ts'
import type { Printer } from './printer.ts'
import type { Names } from './tokens.ts'

const HEADER_BYTES = 20

/** IANA "RADIUS Packet Type Codes", as tcpdump writes them. */
const codes: Names = new Map([
  [1, 'Access-Request'],
  [2, 'Access-Accept'],
  [3, 'Access-Reject'],
  [4, 'Accounting-Request'],
  [5, 'Accounting-Response'],
  [11, 'Access-Challenge'],
  [12, 'Status-Server'],
  [13, 'Status-Client'],
  [40, 'Disconnect-Request'],
  [41, 'Disconnect-ACK'],
  [42, 'Disconnect-NAK'],
  [43, 'CoA-Request'],
  [44, 'CoA-ACK'],
  [45, 'CoA-NAK'],
  [255, 'Reserved'],
])

export const printRadius: Printer = (out, packet, at, length, context) => {
  context.protocol = 'radius'
  packet.need(at, HEADER_BYTES)
  const told = packet.u16(at + 2)
  if (told < HEADER_BYTES) throw TRUNCATED
  const bytes = Math.min(told, length)
  const code = packet.u8(at)
  const id = packet
    .u8(at + 1)
    .toString(16)
    .padStart(2, '0')
  if (context.options.verbose === 0) {
    out.text(`RADIUS, ${codes.get(code) ?? 'Unknown Command'} (${code}), id: 0x${id} length: ${bytes}`)
    return
  }
  out.text(
    `RADIUS, length: ${bytes}\n\t${codes.get(code) ?? 'Unknown Command'} (${code}), id: 0x${id}, Authenticator: `,
  )
  for (let i = 4; i < HEADER_BYTES; i += 4) out.hexPadded(packet.u32(at + i), 8)
}
