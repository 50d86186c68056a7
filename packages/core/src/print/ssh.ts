/** The first line of SSH, RFC 4253 §4.2; the rest is binary. */
import type { Printer } from './printer.ts'

const CR = 0x0d
const LF = 0x0a

export const printSsh: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ssh'
  if (packet.u8(at) !== 0x53 || packet.u8(at + 1) !== 0x53 || packet.u8(at + 2) !== 0x48 || packet.u8(at + 3) !== 0x2d)
    return
  const end = at + length
  for (let next = at + 4; next < end; next++) {
    const byte = packet.u8(next)
    if (byte === LF || (byte === CR && next + 1 < end && packet.u8(next + 1) === LF)) {
      out.text(': SSH: ')
      out.copy(packet.bytes, at, next)
      return
    }
    if (byte < 0x20 || byte >= 0x7f) return
  }
}
