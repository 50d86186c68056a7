/** IP compression as IPCP negotiates it: RFC 1332 §4, RFC 2509 §3, RFC 3544 §2. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { printInvalid } from './printer.ts'

const VAN_JACOBSON = 0x2d
const HEADER_COMPRESSION = 0x61
const protocolNames = new Map<number, string>([
  [VAN_JACOBSON, 'VJ-Comp'],
  [HEADER_COMPRESSION, 'IP Header Compression'],
])
const suboptionNames = ['', 'RTP-Compression', 'Enhanced RTP-Compression', 'Suppress Data'] as const
/** Kind, length, protocol, and the five numbers. */
const FIXED_BYTES = 14

/** The option at `at`, kind and length included. */
export function printIpCompression(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  const protocol = packet.u16(at + 2)
  out.text(`: ${protocolNames.get(protocol) ?? 'Unknown'} (0x`)
  out.hexPadded(protocol, Math.max(2, protocol.toString(16).length))
  out.text('):')
  if (protocol !== HEADER_COMPRESSION) return
  if (bytes < FIXED_BYTES) {
    out.text(` (length bogus, should be >= ${FIXED_BYTES})`)
    return
  }
  out.text(`\n\t    TCP Space ${packet.u16(at + 4)}, non-TCP Space ${packet.u16(at + 6)}`)
  out.text(`, maxPeriod ${packet.u16(at + 8)}, maxTime ${packet.u16(at + 10)}, maxHdr ${packet.u16(at + 12)}`)
  let left = bytes - FIXED_BYTES
  out.text(`\n\t      Suboptions, length ${left}`)
  let next = at + FIXED_BYTES
  while (left >= 2) {
    packet.need(next, 2)
    const kind = packet.u8(next)
    const size = packet.u8(next + 1)
    if (size === 0) break
    const name = kind > 0 && kind < suboptionNames.length ? suboptionNames[kind] : 'Unknown'
    out.text(`\n\t\t${name} Suboption #${kind}, length ${size}`)
    if (left < size) {
      out.text(` [remaining suboptions length ${left} < ${size}]`)
      printInvalid(out)
      break
    }
    next += size
    left -= size
  }
}
