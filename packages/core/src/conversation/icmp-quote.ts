import { u16be, u32be } from '../bytes/read.ts'
import { type Packet, Protocol } from '../packet/packet.ts'

const UNREACHABLE_V4 = 3
const UNREACHABLE_V6 = 1
const FRAGMENTATION_NEEDED = 4
/** An error quotes the IP header and at least 8 bytes after it (RFC 792): both ports and the sequence number. */
const QUOTED = 8

/** Reads the TCP segment that a "destination unreachable" quotes (RFC 792, RFC 4443 §3.1) into `quoted`: addresses,
 *  ports and sequence number, as its sender sent it. False when the message quotes none, or does not refuse it. */
export function quoteTcp(p: Packet, quoted: Packet): boolean {
  const b = p.bytes
  const at = p.transportAt
  if (at < 0 || p.end - at < 8) return false
  const isV4 = p.protocol === Protocol.ICMP
  if (b[at] !== (isV4 ? UNREACHABLE_V4 : UNREACHABLE_V6) || (isV4 && b[at + 1] === FRAGMENTATION_NEEDED)) return false
  const ip = at + 8
  const headerBytes = isV4 ? 20 : 40
  if (p.end - ip < headerBytes) return false
  const tcp = isV4 ? ip + (b[ip] & 15) * 4 : ip + 40
  const protocol = isV4 ? b[ip + 9] : b[ip + 6]
  if (protocol !== Protocol.TCP || b[ip] >> 4 !== (isV4 ? 4 : 6) || tcp < ip + headerBytes || p.end - tcp < QUOTED)
    return false
  quoted.bytes = b
  quoted.ipVersion = isV4 ? 4 : 6
  quoted.sourceAt = isV4 ? ip + 12 : ip + 8
  quoted.destinationAt = isV4 ? ip + 16 : ip + 24
  if (isV4) {
    quoted.sourceWord = u32be(b, quoted.sourceAt)
    quoted.destinationWord = u32be(b, quoted.destinationAt)
  }
  quoted.sourcePort = u16be(b, tcp)
  quoted.destinationPort = u16be(b, tcp + 2)
  quoted.seq = u32be(b, tcp + 4)
  return true
}
