import type { Endpoint } from './hosts.ts'
import type { IpPart, PacketLine, TcpPart } from './packet-line.ts'

/** LINKTYPE_ values of what is built here. */
export const LINK_ETHERNET = 1
export const LINK_RAW = 101
export const LINK_COOKED = 113

const IP_PROTOCOL = { tcp: 6, udp: 17, icmp: 1, icmp6: 58 } as const

/** Packet bytes made from what a line says. The buffer is reused: copy what must last. */
export class PacketBuilder {
  bytes = new Uint8Array(512)
  length = 0
  link = LINK_RAW
  /** Length on the wire: headers and the payload that the line tells of, most of which is not in `bytes`. */
  wireBytes = 0

  /** An IP packet with its TCP, UDP or ICMP header. `payload`: the payload's bytes where the text gives them all. */
  build(packet: PacketLine, source: Endpoint, target: Endpoint, payload: Uint8Array | null): void {
    this.begin(packet)
    const network = this.length
    const transport = transportBytes(packet)
    const ip = packet.ip
    const plain = packet.family === 6 ? 40 : 20
    let total = plain + transport + (packet.protocol === 'ip' ? 0 : payloadOf(packet))
    let ipBytes = plain
    let tcpBytes = transport
    const printed = ip?.totalBytes ?? 0
    if (packet.protocol === 'ip') total = printed
    else if (printed > 0 && printed !== total) {
      // -v's total proves header bytes that the line does not spell out: TCP options it could not tell, or IP options.
      const extra = printed - total
      const padded = packet.tcp?.optionsUnknown === true && transport + extra <= 60
      if (extra > 0 && extra % 4 === 0 && padded) tcpBytes += extra
      else if (extra > 0 && extra <= 40 && extra % 4 === 0 && packet.family === 4) ipBytes += extra
      total = printed
    }
    if (packet.family === 6) this.ipv6(packet, ip, source, target, total)
    else this.ipv4(packet, ip, source, target, total, ipBytes)
    this.transport(packet, source.port, target.port, tcpBytes)
    if (payload !== null) this.append(payload, payload.length)
    // A first fragment's header can be longer than the fragment is said to be: never capture more than the wire had.
    total = Math.max(total, this.length - network)
    this.wireBytes = Math.max(network + total, packet.ethernet?.frameBytes ?? 0)
  }

  /** The packet's bytes as a hex dump printed them, behind the Ethernet header of -e if there is one. */
  fromDump(packet: PacketLine, dump: Uint8Array, length: number, link: number): void {
    if (link === LINK_RAW) this.begin(packet)
    else {
      this.length = 0
      this.link = link
    }
    this.append(dump, length)
    this.wireBytes = Math.max(this.length, packet.ethernet?.frameBytes ?? 0)
  }

  /** An ARP packet: behind its Ethernet header if -e printed it, else behind a cooked one without addresses. */
  arp(packet: PacketLine, body: Uint8Array | readonly number[]): void {
    this.begin(packet)
    if (packet.ethernet === null) {
      this.link = LINK_COOKED
      this.put16(0).put16(1).put16(0).zeros(8).put16(0x0806)
    }
    this.append(body, body.length)
    this.wireBytes = Math.max(this.length, packet.ethernet?.frameBytes ?? 0)
  }

  private begin(packet: PacketLine): void {
    this.length = 0
    this.link = LINK_RAW
    const ethernet = packet.ethernet
    if (ethernet === null) return
    this.link = LINK_ETHERNET
    this.append(ethernet.target, 6)
    this.append(ethernet.source, 6)
    for (const [type, tag] of ethernet.vlans) this.put16(type).put16(tag)
    this.put16(ethernet.type)
  }

  /** RFC 791 §3.1. Lengths that the header cannot hold (segmentation offload) are 0, as the kernel writes them. */
  private ipv4(
    packet: PacketLine,
    ip: IpPart | null,
    source: Endpoint,
    target: Endpoint,
    total: number,
    bytes: number,
  ): void {
    const at = this.length
    const offset = (ip?.fragmentOffset ?? 0) >> 3
    const flags = (ip?.dontFragment ? 0x4000 : 0) | (ip?.moreFragments ? 0x2000 : 0)
    this.put8(0x40 | (bytes >> 2)).put8(ip?.tos ?? 0)
    this.put16(total > 65_535 ? 0 : total)
    this.put16(ip?.id ?? 0).put16(flags | (offset & 0x1fff))
    this.put8(ip?.ttl ?? 64)
      .put8(ipProtocol(packet))
      .put16(0)
    this.append(source.address, 4)
    this.append(target.address, 4)
    this.zeros(bytes - 20)
    const sum = headerChecksum(this.bytes, at, at + bytes)
    this.bytes[at + 10] = sum >> 8
    this.bytes[at + 11] = sum & 255
  }

  /** RFC 8200 §3. */
  private ipv6(packet: PacketLine, ip: IpPart | null, source: Endpoint, target: Endpoint, total: number): void {
    const first = (6 << 28) | ((ip?.tos ?? 0) << 20) | (ip?.flowLabel ?? 0)
    this.put32(first >>> 0).put16(total - 40 > 65_535 ? 0 : total - 40)
    this.put8(ipProtocol(packet)).put8(ip?.ttl ?? 64)
    this.append(source.address, 16)
    this.append(target.address, 16)
  }

  private transport(packet: PacketLine, sourcePort: number, targetPort: number, tcpBytes: number): void {
    if (packet.tcp !== null) this.tcp(packet.tcp, sourcePort, targetPort, tcpBytes)
    else if (packet.protocol === 'udp') {
      const bytes = 8 + payloadOf(packet)
      this.put16(sourcePort)
        .put16(targetPort)
        .put16(bytes > 65_535 ? 0 : bytes)
        .put16(0)
    } else if (packet.message !== null) this.append(packet.message, packet.message.length)
  }

  /** RFC 9293 §3.1. The checksum is unknown: 0. */
  private tcp(tcp: TcpPart, sourcePort: number, targetPort: number, bytes: number): void {
    const at = this.length
    this.put16(sourcePort)
      .put16(targetPort)
      .put32(tcp.seq ?? 0)
      .put32(tcp.ack ?? 0)
    this.put8(((bytes >> 2) << 4) | ((tcp.flags >> 8) & 1)).put8(tcp.flags & 255)
    this.put16(tcp.window).put16(0).put16(tcp.urgent)
    this.append(tcp.options, tcp.options.length)
    this.zeros(bytes - (this.length - at))
  }

  private append(source: Uint8Array | readonly number[], count: number): void {
    this.room(count)
    for (let i = 0; i < count; i++) this.bytes[this.length++] = source[i]
  }

  private zeros(count: number): this {
    this.room(Math.max(0, count))
    for (let i = 0; i < count; i++) this.bytes[this.length++] = 0
    return this
  }

  private put8(value: number): this {
    this.room(1)
    this.bytes[this.length++] = value & 255
    return this
  }

  private put16(value: number): this {
    return this.put8(value >> 8).put8(value)
  }

  private put32(value: number): this {
    return this.put16(value >>> 16).put16(value & 0xffff)
  }

  private room(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const larger = new Uint8Array(Math.max(this.length + count, this.bytes.length * 2))
    larger.set(this.bytes)
    this.bytes = larger
  }
}

function transportBytes(packet: PacketLine): number {
  if (packet.tcp !== null) return 20 + ((packet.tcp.options.length + 3) & ~3)
  return packet.protocol === 'udp' ? 8 : 0
}

function payloadOf(packet: PacketLine): number {
  return packet.tcp?.payloadBytes ?? packet.payloadBytes ?? 0
}

function ipProtocol(packet: PacketLine): number {
  if (packet.protocol === 'ip' || packet.protocol === 'arp' || packet.protocol === 'unknown') {
    return Math.max(0, packet.ip?.protocol ?? 0)
  }
  return IP_PROTOCOL[packet.protocol]
}

/** RFC 1071, over a header whose checksum field is 0. */
function headerChecksum(bytes: Uint8Array, at: number, end: number): number {
  let sum = 0
  for (let i = at; i < end; i += 2) sum += (bytes[i] << 8) | bytes[i + 1]
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  return ~sum & 0xffff
}
