import type { Bytes, Offset, PacketNumber, SequenceNumber } from '../units.ts'

/** What dissect() could make of a frame's layers. */
export const Decode = {
  /** Everything up to the transport header is there. */
  OK: 0,
  /** The capture ended inside a header. */
  TRUNCATED: 1,
  /** A header contradicts itself (IHL < 5, data offset < 5 …). */
  MALFORMED: 2,
  /** Not IP (a whole ARP packet, for one), or an IP protocol that is not looked into. */
  OTHER: 3,
  /** An IP fragment that did not complete its datagram. */
  FRAGMENT: 4,
} as const
export type DecodeStatus = (typeof Decode)[keyof typeof Decode]

/** IP protocol numbers that dissect() looks into. */
export const Protocol = { ICMP: 1, TCP: 6, UDP: 17, ICMPV6: 58 } as const

/** Layers of one frame as offsets and numbers; one instance is reused for every packet.
 *  Offsets are into `bytes`, which is the record's buffer, or a reassembled datagram's. */
export class Packet {
  number: PacketNumber = 0
  seconds = 0
  nanos = 0
  /** Nanoseconds since the second of the capture's first packet: exact for 104 days. */
  time = 0
  /** That second: `seconds` of the capture's first packet. */
  baseSeconds = 0
  clock: string | null = null
  link = 1
  interfaceIndex = 0
  wireBytes: Bytes = 0
  /** Captured bytes of the frame (of the last fragment, if reassembled). */
  capturedBytes: Bytes = 0

  bytes: Uint8Array = new Uint8Array(0)
  status: DecodeStatus = Decode.OTHER
  /** EtherType of the innermost layer-2 payload, or -1. */
  etherType = -1
  /** First byte after the link layer (the IP or ARP header), or -1. */
  networkAt: Offset = -1
  /** 4, 6, or 0 when the frame is not IP. */
  ipVersion = 0
  /** Addresses lie at these offsets: 4 or 16 bytes by ipVersion. */
  sourceAt: Offset = -1
  destinationAt: Offset = -1
  /** The addresses as numbers (ipVersion 4 only; unsigned). */
  sourceWord = 0
  destinationWord = 0
  ttl = 0
  /** IPv4 identification, else -1. */
  ipId = -1
  /** Final transport protocol (after IPv6 extension headers), or -1. */
  protocol = -1
  transportAt: Offset = -1
  /** End of the captured part of the IP datagram: link padding is excluded. */
  end: Offset = 0
  /** True when the datagram was put together from fragments: `bytes` then holds the datagram from its IP header on,
   *  until the next packet is dissected, and this packet's is the number and time of the fragment that completed it. */
  reassembled = false
  /** Fragments of the datagram claimed the same bytes; the first ones were kept. */
  fragmentsOverlapped = false

  // TCP and UDP
  sourcePort = 0
  destinationPort = 0
  /** First byte after the transport header (of a fragment or another protocol: after the IP header). Lies beyond `end`
   *  when the capture cut TCP's options: `status` is OK as soon as the fixed header is there. */
  payloadAt: Offset = 0
  /** Payload length by the IP header (and UDP's), whatever was captured. */
  payloadBytes: Bytes = 0
  /** Payload bytes present at [payloadAt, payloadAt + payloadCaptured). */
  payloadCaptured: Bytes = 0

  // TCP
  seq: SequenceNumber = 0
  ack: SequenceNumber = 0
  /** Flag bits of RFC 9293 §3.1 (wire/tcp.ts Flag), CWR and ECE included. */
  flags = 0
  /** As on the wire, unscaled. */
  window = 0
  urgent = 0
}
