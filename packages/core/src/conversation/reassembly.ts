import type { Packet } from '../packet/packet.ts'
import type { Bytes, Nanoseconds, Offset, PacketNumber, SequenceNumber, StreamOffset } from '../units.ts'
import { distance, Known } from './known.ts'
import { DELIVERED, EDGE, FLAGS, has, NEXT, type Page } from './page.ts'
import type { Side, Slot, StreamSink } from './stream.ts'

/** Payload that lies beyond a hole, copied out of the read buffer. */
interface Held {
  seq: SequenceNumber
  bytes: Bytes
  /** The captured part, ≤ bytes. */
  data: Uint8Array
  packet: PacketNumber
  time: Nanoseconds
}

/** What waits of one endpoint, in sequence order. */
interface HeldList {
  segments: Held[]
  /** Copied bytes. */
  bytes: Bytes
}

/** Bytes that may wait behind holes: one endpoint, and all together. Beyond, the hole is given up as missing. */
const HELD_PER_ENDPOINT = 4 << 20
const HELD_SEGMENTS = 4096
const HELD_IN_ALL = 16 << 20

/** Puts each direction's payload in order and hands it to the sink. The in-order edge is the endpoint's EDGE, the
 *  stream offset that belongs to it its DELIVERED (page.ts). The first copy of a byte wins. */
export class Reassembly {
  private readonly sink: StreamSink | null
  private readonly held = new Map<number, HeldList>()
  private heldBytes = 0
  /** Holes given up because too much waited behind them. */
  overflows = 0

  constructor(sink: StreamSink | null) {
    this.sink = sink
  }

  /** Takes a segment's payload: `seq` is its first byte's number, `bytes` its length by the headers.
   *  Returns how many of the bytes had not been captured before. */
  take(page: Page, i: number, slot: Slot, side: Side, p: Packet, seq: SequenceNumber, bytes: Bytes): Bytes {
    const { words: w } = page
    // No negation of the distance from there to here: −0 is a boxed number, and what meets one is compiled anew.
    const skip = distance(w[i + EDGE], seq)
    if (skip < 0) return this.hold(page, i, slot, side, p, seq, 0, bytes)
    if (skip >= bytes) return 0
    if (this.held.size !== 0 && this.held.has(page.base + i)) {
      const filled = this.hold(page, i, slot, side, p, seq, skip, bytes)
      this.drain(page, i, slot, side)
      return filled
    }
    const fresh = bytes - skip
    this.deliver(
      page,
      i,
      slot,
      side,
      p.bytes,
      p.payloadAt + skip,
      Math.max(0, Math.min(p.payloadCaptured, bytes) - skip),
      fresh,
      p.number,
      p.time,
    )
    return fresh
  }

  /** take() for a payload that begins exactly at the in-order edge. */
  takeNext(page: Page, i: number, slot: Slot, side: Side, p: Packet, bytes: Bytes): void {
    const captured = p.payloadCaptured < bytes ? p.payloadCaptured : bytes
    this.deliver(page, i, slot, side, p.bytes, p.payloadAt, captured, bytes, p.number, p.time)
    if (this.held.size !== 0) this.drain(page, i, slot, side)
  }

  /** takeNext() for a payload that is already counted in the record, as the lane does. */
  passNext(
    page: Page,
    i: number,
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    buffer: Uint8Array,
    at: Offset,
    captured: Bytes,
    bytes: Bytes,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const { sink } = this
    if (sink !== null) {
      if (captured > 0) sink.data(slot, side, offset, buffer, at, at + captured, packet, time)
      if (captured < bytes) sink.missing(slot, side, offset + captured, bytes - captured, true, packet, time)
    }
    if (this.held.size === 0) return
    this.drain(page, i, slot, side)
    page.words[i + NEXT] = page.words[i + EDGE]
  }

  /** Whether anything waits behind a hole. */
  get holdsAny(): boolean {
    return this.held.size !== 0
  }

  /** The peer acknowledged up to `ack`: a hole below it is the capture's loss, not the network's. */
  skipTo(
    page: Page,
    i: number,
    slot: Slot,
    side: Side,
    ack: SequenceNumber,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const { words: w } = page
    while (distance(ack, w[i + EDGE]) > 0) {
      const first = this.held.get(page.base + i)?.segments[0]
      const until = first !== undefined && distance(first.seq, ack) < 0 ? first.seq : ack
      this.miss(page, i, slot, side, distance(until, w[i + EDGE]), packet, time)
      if (first === undefined) return
      this.drain(page, i, slot, side)
    }
  }

  /** True when nothing waits behind a hole of the endpoint. */
  isWhole(page: Page, i: number): boolean {
    return !this.held.has(page.base + i)
  }

  /** True when bytes at `seq` already wait behind the hole: the segment repeats them. */
  holds(page: Page, i: number, seq: SequenceNumber): boolean {
    const list = this.held.get(page.base + i)
    return list?.segments.some((held) => distance(seq, held.seq) >= 0 && distance(seq, held.seq) < held.bytes) ?? false
  }

  /** The stream ends: what waits is delivered, its holes named. */
  flush(page: Page, i: number, slot: Slot, side: Side): void {
    if (this.held.size === 0) return
    const list = this.held.get(page.base + i)
    while (list !== undefined && list.segments.length > 0) {
      const first = list.segments[0]
      const hole = distance(first.seq, page.words[i + EDGE])
      if (hole > 0) this.miss(page, i, slot, side, hole, first.packet, first.time)
      this.drain(page, i, slot, side)
    }
  }

  /** Ends the endpoint's stream once, whatever ends it first. */
  end(
    page: Page,
    i: number,
    slot: Slot,
    side: Side,
    how: 'fin' | 'reset' | 'capture-end',
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const { words: w, times: t } = page
    if (has(w, i, Known.ENDED)) return
    this.flush(page, i, slot, side)
    w[i + FLAGS] |= Known.ENDED
    this.sink?.end(slot, side, t[(i + DELIVERED) >> 1], how, packet, time)
  }

  release(page: Page, i: number): void {
    if (this.held.size === 0) return
    const list = this.held.get(page.base + i)
    if (list === undefined) return
    this.heldBytes -= list.bytes
    this.held.delete(page.base + i)
  }

  private deliver(
    page: Page,
    i: number,
    slot: Slot,
    side: Side,
    buffer: Uint8Array,
    at: Offset,
    captured: Bytes,
    bytes: Bytes,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const { words: w, times: t } = page
    const offset = t[(i + DELIVERED) >> 1]
    if (this.sink !== null) {
      if (captured > 0) this.sink.data(slot, side, offset, buffer, at, at + captured, packet, time)
      if (captured < bytes) this.sink.missing(slot, side, offset + captured, bytes - captured, true, packet, time)
    }
    t[(i + DELIVERED) >> 1] = offset + bytes
    w[i + EDGE] = (w[i + EDGE] + bytes) >>> 0
  }

  private miss(
    page: Page,
    i: number,
    slot: Slot,
    side: Side,
    bytes: Bytes,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const { words: w, times: t } = page
    this.sink?.missing(slot, side, t[(i + DELIVERED) >> 1], bytes, false, packet, time)
    t[(i + DELIVERED) >> 1] += bytes
    w[i + EDGE] = (w[i + EDGE] + bytes) >>> 0
  }

  /** Keeps what of the payload from its byte `skip` on is not kept already. Returns how many bytes that is. */
  private hold(
    page: Page,
    i: number,
    slot: Slot,
    side: Side,
    p: Packet,
    seq: SequenceNumber,
    skip: Bytes,
    bytes: Bytes,
  ): Bytes {
    const list = this.held.get(page.base + i) ?? { segments: [], bytes: 0 }
    this.held.set(page.base + i, list)
    const segments = list.segments
    // Of what is kept, nothing overlaps: starts and ends are both in order.
    let at = segments.length
    while (at > 0 && distance(segments[at - 1].seq, seq) + segments[at - 1].bytes > skip) at--
    let from = skip
    let fresh = 0
    while (from < bytes) {
      const next = at < segments.length ? segments[at] : null
      const start = next === null ? bytes : distance(next.seq, seq)
      if (start > from) {
        const piece = Math.min(start, bytes) - from
        segments.splice(at++, 0, this.copy(list, p, seq, from, piece))
        fresh += piece
      }
      if (next === null) break
      from = Math.max(from, start + next.bytes)
      at++
    }
    if (segments.length > HELD_SEGMENTS || list.bytes > HELD_PER_ENDPOINT || this.heldBytes > HELD_IN_ALL) {
      this.overflows++
      this.flush(page, i, slot, side)
    }
    return fresh
  }

  /** The payload's bytes [from, from + bytes), as far as they were captured. */
  private copy(list: HeldList, p: Packet, seq: SequenceNumber, from: Bytes, bytes: Bytes): Held {
    const captured = this.sink === null ? 0 : Math.max(0, Math.min(p.payloadCaptured - from, bytes))
    const first = p.payloadAt + from
    list.bytes += captured
    this.heldBytes += captured
    const data = p.bytes.slice(first, first + captured)
    return { seq: (seq + from) >>> 0, bytes, data, packet: p.number, time: p.time }
  }

  private drain(page: Page, i: number, slot: Slot, side: Side): void {
    const { words: w } = page
    const list = this.held.get(page.base + i)
    if (list === undefined) return
    const segments = list.segments
    let taken = 0
    while (taken < segments.length) {
      const held = segments[taken]
      const skip = distance(w[i + EDGE], held.seq)
      if (skip < 0) break
      taken++
      list.bytes -= held.data.length
      this.heldBytes -= held.data.length
      if (skip >= held.bytes) continue
      const captured = Math.max(0, held.data.length - skip)
      this.deliver(
        page,
        i,
        slot,
        side,
        held.data,
        held.data.length - captured,
        captured,
        held.bytes - skip,
        held.packet,
        held.time,
      )
    }
    segments.splice(0, taken)
    if (segments.length === 0) this.held.delete(page.base + i)
  }
}
