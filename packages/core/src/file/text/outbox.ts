import { type CaptureSink, PacketRecord } from '../record.ts'
import type { Banner } from './banner.ts'
import { LINK_ETHERNET, LINK_RAW, type PacketBuilder } from './build.ts'
import type { Endpoint } from './hosts.ts'
import type { PacketLine } from './packet-line.ts'
import { TimeLine } from './stamp.ts'

/** Packets held back while something about the first of them is unknown. */
const MOST_HELD = 256
const MOST_HELD_BYTES = 8 << 20
/** After so many the question what a trace's small time stamps mean is decided by what was seen. */
const TIME_PROBE = 32
const MOST_INTERFACES = 256

export interface OutgoingPacket {
  readonly packet: PacketLine
  /** [stand-in address, name] of hosts that this packet is the first to name. */
  readonly names: readonly (readonly [string, string])[]
  readonly source: Endpoint | null
  readonly target: Endpoint | null
  readonly payload: Uint8Array | null
  /** Bytes of a hex dump, with their link type (LINK_RAW: behind -e's header if there is one) and whole length. */
  readonly dump: Uint8Array | null
  readonly link: number
  readonly wireBytes: number
}

/** Hands packets over in order. Those whose sequence number or time a later line tells wait for it here. */
export class Outbox {
  packets = 0
  private readonly sink: CaptureSink
  private readonly builder: PacketBuilder
  private readonly settle: (packet: PacketLine) => void
  private readonly record = new PacketRecord()
  private held: OutgoingPacket[] = []
  private heldBytes = 0
  private time = new TimeLine()
  private timing: 'new' | 'probing' | 'known' = 'new'
  private started = false
  private banner: Banner | null = null
  private filter: string | null = null
  private readonly interfaces = new Map<string, number>()
  private announced = 0
  private traces = 0
  private current = 0

  constructor(sink: CaptureSink, builder: PacketBuilder, settle: (packet: PacketLine) => void) {
    this.sink = sink
    this.builder = builder
    this.settle = settle
  }

  /** A banner or command line: what follows is another trace. `times`: number of -t, 0 if unknown. */
  beginTrace(banner: Banner | null, filter: string | null, times: number): void {
    this.flush()
    this.banner = banner
    this.filter = filter
    this.traces++
    this.time = new TimeLine()
    this.timing = 'new'
    if (times === 3) this.time.deltas = true
    if (times === 3 || times === 5) this.timing = 'known'
  }

  get announcedLink(): number | null {
    return this.banner?.link ?? null
  }

  add(item: OutgoingPacket): void {
    this.held.push(item)
    this.heldBytes += item.dump?.length ?? 0
    if (this.timing === 'new') this.timing = ambiguous(item) ? 'probing' : 'known'
    if (this.timing === 'probing') this.probe(false)
    if (this.timing === 'known') this.release()
    if (this.held.length >= MOST_HELD || this.heldBytes > MOST_HELD_BYTES) this.flush()
  }

  flush(): void {
    if (this.timing === 'probing') this.probe(true)
    for (const item of this.held) {
      this.settle(item.packet)
      this.deliver(item)
    }
    this.held = []
    this.heldBytes = 0
  }

  /** The input has ended. */
  finish(): void {
    this.flush()
    this.start(false)
    if (this.banner !== null && this.announced === 0) this.interfaceIndex(null, LINK_RAW)
  }

  /** tcpdump's closing count. */
  dropped(packets: number): void {
    this.flush()
    if (packets === 0) return
    this.start(false)
    if (this.announced === 0) this.interfaceIndex(null, LINK_RAW)
    this.sink.dropped?.(this.current, packets)
  }

  /** Decides whether small stamps are differences (-ttt) or times: differences go down as often as up. */
  private probe(last: boolean): void {
    let falls = 0
    for (let i = 1; i < this.held.length; i++) {
      const before = this.held[i - 1].packet.stamp
      const stamp = this.held[i].packet.stamp
      if (before === null || stamp === null) continue
      const fall = before.seconds - stamp.seconds || before.nanos - stamp.nanos
      if (fall > 0 && before.seconds - stamp.seconds < 43_200) falls++
    }
    const count = this.held.length
    const zero = startsAtZero(this.held[0])
    if (zero && falls > 0) this.time.deltas = true
    else if (count < TIME_PROBE && !last) return
    // Three packets with rising stamps prove nothing; -ttt is the option people use.
    else this.time.deltas = zero ? count === 3 : falls >= 2 && falls * 5 >= count
    this.timing = 'known'
  }

  private release(): void {
    let sent = 0
    for (const item of this.held) {
      if (item.packet.tcp !== null && item.dump === null && item.packet.tcp.seq === null) break
      this.deliver(item)
      this.heldBytes -= item.dump?.length ?? 0
      sent++
    }
    if (sent === this.held.length) this.held.length = 0
    else if (sent > 0) this.held.splice(0, sent)
  }

  private start(dated: boolean): void {
    if (this.started) return
    this.started = true
    this.sink.capture({ format: 'tcpdump-text', dated })
  }

  private deliver(item: OutgoingPacket): void {
    const { packet } = item
    const { builder, record } = this
    const stamp = packet.stamp
    this.start(stamp?.kind === 'epoch' || stamp?.kind === 'zoned')
    for (const [address, name] of item.names) this.sink.name?.(address, name)
    this.time.move(stamp)
    if (item.dump !== null) builder.fromDump(packet, item.dump, item.dump.length, item.link)
    else if (packet.protocol === 'arp') builder.arp(packet, packet.message ?? [])
    else builder.build(packet, item.source!, item.target!, item.payload)
    record.interfaceIndex = this.interfaceIndex(packet.interfaceName, builder.link)
    record.number = ++this.packets
    record.bytes = builder.bytes
    record.at = 0
    record.end = builder.length
    record.wireBytes = Math.max(builder.wireBytes, item.wireBytes)
    record.seconds = this.time.seconds
    record.nanos = this.time.nanos
    record.link = builder.link
    record.clock = stamp?.clock ?? null
    this.sink.packet(record)
  }

  /** Announces an interface at its first packet. */
  private interfaceIndex(printed: string | null, link: number): number {
    const name = printed ?? this.banner?.name ?? null
    const key = `${this.traces} ${name ?? ''}`
    let index = this.interfaces.get(key)
    if (index === undefined) {
      if (this.interfaces.size >= MOST_INTERFACES) return this.current
      index = this.announced++
      this.interfaces.set(key, index)
      this.sink.interface({
        index,
        name,
        link: this.banner?.link ?? (link === LINK_ETHERNET ? LINK_ETHERNET : LINK_RAW),
        snaplen: this.banner?.snaplen ?? 0,
        ticksPerSecond: 1e6,
        filter: this.filter,
      })
    }
    this.current = index
    return index
  }
}

/** A time of day within the first minute after midnight may as well be a difference. */
function ambiguous(item: OutgoingPacket): boolean {
  const stamp = item.packet.stamp
  return stamp !== null && stamp.kind === 'clock' && stamp.seconds < 60
}

function startsAtZero(item: OutgoingPacket | undefined): boolean {
  const stamp = item?.packet.stamp
  return stamp !== null && stamp !== undefined && stamp.seconds === 0 && stamp.nanos === 0
}
