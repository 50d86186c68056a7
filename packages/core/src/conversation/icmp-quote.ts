import { u16be, u32be } from '../bytes/read.ts'
import { type Packet, Protocol } from '../packet/packet.ts'
import type { Bytes } from '../units.ts'
import * as icmp from '../wire/icmp.ts'
import * as icmpv6 from '../wire/icmpv6.ts'

/** Errors that say that a packet did not get there. */
const FAILURES: readonly number[] = [icmp.Type.UNREACHABLE, icmp.Type.TIME_EXCEEDED, icmp.Type.PARAMETER_PROBLEM]
const FAILURES_V6: readonly number[] = [
  icmpv6.Type.UNREACHABLE,
  icmpv6.Type.PACKET_TOO_BIG,
  icmpv6.Type.TIME_EXCEEDED,
  icmpv6.Type.PARAMETER_PROBLEM,
]
const FRAGMENTATION_NEEDED = 4
/** An error quotes the IP header and at least 8 bytes after it (RFC 792): both ports and the sequence number. */
const QUOTED = 8

/** Reads the TCP segment that an ICMP error quotes (RFC 792, RFC 4443 §3) into `quoted`: addresses, ports and sequence
 *  number, as its sender sent it. False when the message quotes none. */
export function quoteTcp(p: Packet, quoted: Packet): boolean {
  const b = p.bytes
  const at = p.transportAt
  if (at < 0 || p.end - at < 8) return false
  const isV4 = p.protocol === Protocol.ICMP
  if (!(isV4 ? FAILURES : FAILURES_V6).includes(b[at])) return false
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

/** Whether the error says that no such packet can get there, of whatever size: "destination unreachable". */
export function refuses({ protocol, bytes, transportAt: at }: Packet): boolean {
  if (protocol !== Protocol.ICMP) return icmpv6.type(bytes, at) === icmpv6.Type.UNREACHABLE
  return icmp.type(bytes, at) === icmp.Type.UNREACHABLE && icmp.code(bytes, at) !== FRAGMENTATION_NEEDED
}

/** The largest packet that gets on from where the error comes, as it says; null: it does not. */
export function largestPacket({ protocol, bytes, transportAt: at }: Packet): Bytes | null {
  if (protocol !== Protocol.ICMP)
    return icmpv6.type(bytes, at) === icmpv6.Type.PACKET_TOO_BIG ? icmpv6.mtu(bytes, at) : null
  const isTooBig = icmp.type(bytes, at) === icmp.Type.UNREACHABLE && icmp.code(bytes, at) === FRAGMENTATION_NEEDED
  // Routers older than RFC 1191 leave it zero.
  return isTooBig ? icmp.nextHopMtu(bytes, at) || null : null
}
