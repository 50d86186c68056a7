/** From a captured frame to the offsets of its layers. */
import { u32be } from '../bytes/read.ts'
import type { PacketRecord } from '../file/record.ts'
import type { Offset } from '../units.ts'
import * as arp from '../wire/arp.ts'
import { EtherType } from '../wire/ethernet.ts'
import * as ipv4 from '../wire/ipv4.ts'
import * as ipv6 from '../wire/ipv6.ts'
import { MALFORMED } from '../wire/outcome.ts'
import { Assembly, Fragment, Fragments } from './fragments.ts'
import { findNetwork, Link, LinkType } from './link.ts'
import { Decode, type Packet, Protocol } from './packet.ts'
import { dissectTransport, setPayload } from './transport.ts'

/** Link header, IPv4 header and TCP header of the usual frame, none with options. */
const ETHERNET_BYTES = 14
const USUAL_BYTES = ETHERNET_BYTES + ipv4.FIXED_BYTES + 20
/** EtherType, then version and header length. */
const IPV4_WITHOUT_OPTIONS = 0x080045
/** More-fragments flag and fragment offset; the TTL is let through; protocol. */
const FRAGMENT_AND_PROTOCOL = 0x3fff00ff

/** AE, which is the lowest bit of the data offset's byte, and the flags' own byte. */
const FLAG_BITS = 0x1ff

/** Dissects the packets of one capture in their order. Holds what outlives a packet: the second that times count from,
 *  and the fragments that wait for the rest of their datagram. */
export class Dissector {
  /** Second that Packet.time counts from: the first packet's; NaN before it. */
  baseSeconds = Number.NaN

  /** One view of the record's buffer for as long as it stays the same: its reads are 15 % faster here than reads of
   *  single bytes. */
  private view: DataView = new DataView(new ArrayBuffer(0))
  private viewed: Uint8Array = new Uint8Array(0)
  private readonly link = new Link()
  private readonly extensions = new ipv6.Extensions()
  private readonly fragment = new Fragment()
  private readonly fragments = new Fragments()

  /** Fills every field of `p` from `record`. Never throws on packet data; what could be made of it is `p.status`.
   *  Offsets stay valid as long as the record's bytes do (those of a reassembled datagram: until the next call). */
  dissect(record: PacketRecord, p: Packet): void {
    if (Number.isNaN(this.baseSeconds)) this.baseSeconds = record.seconds
    const b = record.bytes
    const at = record.at
    const end = record.end
    p.number = record.number
    p.seconds = record.seconds
    p.nanos = record.nanos
    p.baseSeconds = this.baseSeconds
    p.time = (record.seconds - this.baseSeconds) * 1e9 + record.nanos
    p.clock = record.clock
    p.link = record.link
    p.interfaceIndex = record.interfaceIndex
    p.wireBytes = record.wireBytes
    p.capturedBytes = end - at
    p.bytes = b
    p.reassembled = false
    p.fragmentsOverlapped = false

    if (b !== this.viewed) {
      this.view = new DataView(b.buffer, b.byteOffset, b.byteLength)
      this.viewed = b
    }
    const view = this.view

    // Nearly every packet is TCP over IPv4 over Ethernet without anything unusual.
    const ip = at + ETHERNET_BYTES
    if (
      record.link === LinkType.ETHERNET &&
      end - at >= USUAL_BYTES &&
      view.getUint32(at + 12) >>> 8 === IPV4_WITHOUT_OPTIONS &&
      (view.getUint32(ip + 6) & FRAGMENT_AND_PROTOCOL) === Protocol.TCP
    ) {
      const tcp = ip + ipv4.FIXED_BYTES
      const total = view.getUint16(ip + 2)
      const headerBytes = (b[tcp + 12] >> 4) * 4
      if (headerBytes >= 20 && total >= ipv4.FIXED_BYTES + headerBytes) {
        const ipEnd = ip + total
        const captured = ipEnd < end ? ipEnd : end
        const payloadAt = tcp + headerBytes
        p.status = Decode.OK
        p.etherType = EtherType.IPV4
        p.networkAt = ip
        p.ipVersion = 4
        p.sourceAt = ip + 12
        p.destinationAt = ip + 16
        p.sourceWord = view.getUint32(ip + 12)
        p.destinationWord = view.getUint32(ip + 16)
        p.ttl = b[ip + 8]
        p.ipId = view.getUint16(ip + 4)
        p.protocol = Protocol.TCP
        p.transportAt = tcp
        p.end = captured
        p.sourcePort = view.getUint16(tcp)
        p.destinationPort = view.getUint16(tcp + 2)
        p.payloadAt = payloadAt
        p.payloadBytes = ipEnd - payloadAt
        p.payloadCaptured = captured > payloadAt ? captured - payloadAt : 0
        p.seq = view.getUint32(tcp + 4)
        p.ack = view.getUint32(tcp + 8)
        p.flags = view.getUint16(tcp + 12) & FLAG_BITS
        p.window = view.getUint16(tcp + 14)
        p.urgent = view.getUint16(tcp + 18)
        return
      }
    }
    clearLayers(p)
    const frameWireEnd = at + (record.wireBytes > end - at ? record.wireBytes : end - at)
    this.dissectFrame(b, at, end, frameWireEnd, p)
  }

  private dissectFrame(b: Uint8Array, at: Offset, end: Offset, wireEnd: Offset, p: Packet): void {
    const link = this.link
    findNetwork(p.link, b, at, end, wireEnd, link)
    p.status = link.status
    p.etherType = link.etherType
    p.networkAt = link.networkAt
    p.end = link.wireEnd < end ? link.wireEnd : end
    if (link.status !== Decode.OK) return
    if (link.networkAt > link.wireEnd) {
      p.status = Decode.MALFORMED
      return
    }
    if (link.etherType === EtherType.IPV4) this.dissectIpv4(b, link.networkAt, p.end, link.wireEnd, p)
    else if (link.etherType === EtherType.IPV6) this.dissectIpv6(b, link.networkAt, p.end, link.wireEnd, p)
    else {
      const cut = link.etherType === EtherType.ARP && arp.headerEnd(b, link.networkAt, p.end) < 0
      p.status = cut ? Decode.TRUNCATED : Decode.OTHER
    }
  }

  /** `end` and `wireEnd`: of what the link layer delivers, captured and on the wire. */
  private dissectIpv4(b: Uint8Array, at: Offset, end: Offset, wireEnd: Offset, p: Packet): void {
    const headerEnd = ipv4.headerEnd(b, at, end)
    if (headerEnd === MALFORMED) {
      p.status = Decode.MALFORMED
      return
    }
    p.ipVersion = 4
    if (end - at < ipv4.FIXED_BYTES) {
      p.status = Decode.TRUNCATED
      return
    }
    p.sourceAt = ipv4.sourceAt(at)
    p.destinationAt = ipv4.destinationAt(at)
    p.sourceWord = u32be(b, p.sourceAt)
    p.destinationWord = u32be(b, p.destinationAt)
    p.ttl = ipv4.ttl(b, at)
    p.ipId = ipv4.id(b, at)
    p.protocol = ipv4.protocol(b, at)
    // Segmentation offload leaves the total length 0 where it would not fit, or is filled in later.
    const total = ipv4.totalLength(b, at)
    const ipEnd = total === 0 ? wireEnd : at + total
    if (ipEnd - at < ipv4.headerBytes(b, at)) {
      p.status = Decode.MALFORMED
      return
    }
    p.end = ipEnd < end ? ipEnd : end
    if (headerEnd < 0) {
      p.status = Decode.TRUNCATED
      return
    }
    if (!ipv4.isFragment(b, at)) {
      dissectTransport(b, p.protocol, headerEnd, ipEnd, p)
      return
    }
    const f = this.fragment
    f.version = 4
    f.headerAt = at
    f.headerEnd = headerEnd
    f.namedAt = at
    f.protocol = p.protocol
    f.id = p.ipId
    f.offset = ipv4.fragmentOffset(b, at)
    f.more = ipv4.moreFragments(b, at)
    this.reassemble(b, headerEnd, ipEnd, p)
  }

  private dissectIpv6(b: Uint8Array, at: Offset, end: Offset, wireEnd: Offset, p: Packet): void {
    const headerEnd = ipv6.headerEnd(b, at, end)
    if (headerEnd < 0) {
      p.status = headerEnd === MALFORMED ? Decode.MALFORMED : Decode.TRUNCATED
      if (headerEnd !== MALFORMED) p.ipVersion = 6
      return
    }
    p.ipVersion = 6
    p.sourceAt = ipv6.sourceAt(at)
    p.destinationAt = ipv6.destinationAt(at)
    p.ttl = ipv6.hopLimit(b, at)
    const extensions = this.extensions
    const transportAt = ipv6.walkExtensions(b, at, end, extensions)
    const ipEnd = headerEnd + payloadBytes(b, at, wireEnd - headerEnd, extensions)
    p.end = ipEnd < end ? ipEnd : end
    p.protocol = extensions.protocol
    if (transportAt < 0) {
      // A chain that goes on where the packet by its own length is over was not cut by the capture.
      p.status = transportAt === MALFORMED || ipEnd <= end ? Decode.MALFORMED : Decode.TRUNCATED
      return
    }
    if (transportAt > ipEnd) {
      p.status = Decode.MALFORMED
      return
    }
    if (extensions.fragmentAt < 0) {
      dissectTransport(b, extensions.protocol, transportAt, ipEnd, p)
      return
    }
    const f = this.fragment
    f.version = 6
    f.headerAt = at
    f.headerEnd = extensions.fragmentAt
    f.namedAt = extensions.fragmentNamedAt
    f.protocol = extensions.protocol
    f.id = ipv6.fragmentId(b, extensions.fragmentAt)
    f.offset = ipv6.fragmentOffset(b, extensions.fragmentAt)
    f.more = ipv6.moreFragments(b, extensions.fragmentAt)
    this.reassemble(b, transportAt, ipEnd, p)
  }

  /** `this.fragment` has the header's part; the data is b[dataAt, ipEnd). */
  private reassemble(b: Uint8Array, dataAt: Offset, ipEnd: Offset, p: Packet): void {
    p.transportAt = dataAt
    setPayload(dataAt, ipEnd, p)
    // A fragment inside a reassembled datagram: no stack sends that, and it could nest without end.
    if (p.reassembled) {
      p.status = Decode.MALFORMED
      return
    }
    const f = this.fragment
    f.bytes = b
    f.dataAt = dataAt
    f.dataEnd = ipEnd
    f.capturedEnd = p.end
    f.time = p.time
    const fragments = this.fragments
    const assembly = fragments.add(f)
    if (assembly !== Assembly.COMPLETE) {
      p.status = assembly === Assembly.MALFORMED ? Decode.MALFORMED : Decode.FRAGMENT
      return
    }
    const whole = fragments.assembled
    p.bytes = whole
    p.reassembled = true
    p.fragmentsOverlapped = fragments.overlapped
    p.networkAt = 0
    if (f.version === 4) this.dissectIpv4(whole, 0, fragments.capturedEnd, fragments.wireEnd, p)
    else this.dissectIpv6(whole, 0, fragments.capturedEnd, fragments.wireEnd, p)
  }
}

/** Bytes after the fixed header: by the jumbo option, else by the header; 0 there, although something follows,
 *  is segmentation offload's again. */
function payloadBytes(b: Uint8Array, at: Offset, onWire: number, extensions: ipv6.Extensions): number {
  const bytes = ipv6.payloadLength(b, at)
  if (bytes !== 0) return bytes
  if (extensions.jumboBytes >= 0) return extensions.jumboBytes
  return ipv6.nextHeader(b, at) === ipv6.NextHeader.NONE ? 0 : onWire
}

/** Everything that a packet of unknown layers does not have. */
function clearLayers(p: Packet): void {
  p.status = Decode.OTHER
  p.etherType = -1
  p.networkAt = -1
  p.ipVersion = 0
  p.sourceAt = -1
  p.destinationAt = -1
  p.sourceWord = 0
  p.destinationWord = 0
  p.ttl = 0
  p.ipId = -1
  p.protocol = -1
  p.transportAt = -1
  p.end = 0
  p.sourcePort = 0
  p.destinationPort = 0
  p.payloadAt = 0
  p.payloadBytes = 0
  p.payloadCaptured = 0
  p.seq = 0
  p.ack = 0
  p.flags = 0
  p.window = 0
  p.urgent = 0
}
