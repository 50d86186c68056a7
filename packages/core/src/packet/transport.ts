/** The transport header of an IP datagram, into the packet's fields. */
import type { Offset } from '../units.ts'
import * as icmp from '../wire/icmp.ts'
import * as icmpv6 from '../wire/icmpv6.ts'
import * as tcp from '../wire/tcp.ts'
import * as udp from '../wire/udp.ts'
import { Decode, type DecodeStatus, type Packet, Protocol } from './packet.ts'

/** Fills protocol, transportAt, ports, TCP fields, payload and status. `at` is the first byte after the IP headers,
 *  `ipEnd` the end of the datagram by its own length, `p.end` the end of its captured part (≤ ipEnd). */
export function dissectTransport(b: Uint8Array, protocol: number, at: Offset, ipEnd: Offset, p: Packet): void {
  p.protocol = protocol
  p.transportAt = at
  setPayload(at, ipEnd, p)
  switch (protocol) {
    case Protocol.TCP:
      p.status = dissectTcp(b, at, ipEnd, p)
      return
    case Protocol.UDP:
      p.status = dissectUdp(b, at, ipEnd, p)
      return
    case Protocol.ICMP:
      p.status = checkFixed(icmp.FIXED_BYTES, at, ipEnd, p)
      if (p.status === Decode.OK) setPayload(at + icmp.FIXED_BYTES, ipEnd, p)
      return
    case Protocol.ICMPV6:
      p.status = checkFixed(icmpv6.FIXED_BYTES, at, ipEnd, p)
      if (p.status === Decode.OK) setPayload(at + icmpv6.FIXED_BYTES, ipEnd, p)
      return
    default:
      p.status = Decode.OTHER
  }
}

/** Payload from `at` to the end of the datagram. */
export function setPayload(at: Offset, wireEnd: Offset, p: Packet): void {
  const end = wireEnd < p.end ? wireEnd : p.end
  p.payloadAt = at
  p.payloadBytes = wireEnd - at
  p.payloadCaptured = end > at ? end - at : 0
}

/** A datagram that is shorter than the header contradicts itself; a capture that is, is cut. */
function checkFixed(bytes: number, at: Offset, ipEnd: Offset, p: Packet): DecodeStatus {
  if (ipEnd - at < bytes) return Decode.MALFORMED
  return p.end - at < bytes ? Decode.TRUNCATED : Decode.OK
}

function dissectTcp(b: Uint8Array, at: Offset, ipEnd: Offset, p: Packet): DecodeStatus {
  const status = checkFixed(tcp.FIXED_BYTES, at, ipEnd, p)
  if (status !== Decode.OK) return status
  const payloadAt = at + tcp.headerBytes(b, at)
  if (payloadAt < at + tcp.FIXED_BYTES || payloadAt > ipEnd) return Decode.MALFORMED
  setPayload(payloadAt, ipEnd, p)
  p.sourcePort = tcp.sourcePort(b, at)
  p.destinationPort = tcp.destinationPort(b, at)
  p.seq = tcp.seq(b, at)
  p.ack = tcp.ack(b, at)
  p.flags = tcp.flags(b, at)
  p.window = tcp.window(b, at)
  p.urgent = tcp.urgent(b, at)
  return Decode.OK
}

function dissectUdp(b: Uint8Array, at: Offset, ipEnd: Offset, p: Packet): DecodeStatus {
  const status = checkFixed(udp.FIXED_BYTES, at, ipEnd, p)
  if (status !== Decode.OK) return status
  const bytes = udp.length(b, at)
  if ((bytes > 0 && bytes < udp.FIXED_BYTES) || at + bytes > ipEnd) return Decode.MALFORMED
  p.sourcePort = udp.sourcePort(b, at)
  p.destinationPort = udp.destinationPort(b, at)
  setPayload(at + udp.FIXED_BYTES, bytes === 0 ? ipEnd : at + bytes, p)
  return Decode.OK
}
