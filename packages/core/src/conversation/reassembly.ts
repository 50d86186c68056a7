import type { Packet } from '../packet/packet.ts'
import type { Bytes, Nanoseconds, Offset, PacketNumber, SequenceNumber } from '../units.ts'
import { distance, type Endpoints, Known } from './columns.ts'
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

/** Puts each direction's payload in order and hands it to the sink. The in-order edge lives in `Endpoints.edge`, the
 *  stream offset that belongs to it in `Endpoints.delivered`. The first copy of a byte wins. */
export class Reassembly {
  private readonly endpoints: Endpoints
  private readonly sink: StreamSink | null
  private readonly held = new Map<number, HeldList>()
  private heldBytes = 0
  /** Holes given up because too much waited behind them. */
  overflows = 0

  constructor(endpoints: Endpoints, sink: StreamSink | null) {
    this.endpoints = endpoints
    this.sink = sink
  }

  /** Takes a segment's payload: `seq` is its first byte's number, `bytes` its length by the headers.
   *  Returns how many of the bytes had not been captured before. */
  take(slot: Slot, side: Side, row: number, p: Packet, seq: SequenceNumber, bytes: Bytes): Bytes {
    const e = this.endpoints
    const ahead = distance(seq, e.edge[row])
    if (ahead > 0) return this.hold(slot, side, row, p, seq, 0, bytes)
    const skip = -ahead
    if (skip >= bytes) return 0
    if (this.held.size !== 0 && this.held.has(row)) {
      const filled = this.hold(slot, side, row, p, seq, skip, bytes)
      this.drain(slot, side, row)
      return filled
    }
    const fresh = bytes - skip
    this.deliver(
      slot,
      side,
      row,
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
  takeNext(slot: Slot, side: Side, row: number, p: Packet, bytes: Bytes): void {
    const captured = p.payloadCaptured < bytes ? p.payloadCaptured : bytes
    this.deliver(slot, side, row, p.bytes, p.payloadAt, captured, bytes, p.number, p.time)
    if (this.held.size !== 0) this.drain(slot, side, row)
  }

  /** The peer acknowledged up to `ack`: a hole below it is the capture's loss, not the network's. */
  skipTo(slot: Slot, side: Side, row: number, ack: SequenceNumber, packet: PacketNumber, time: Nanoseconds): void {
    const e = this.endpoints
    while (distance(ack, e.edge[row]) > 0) {
      const first = this.held.get(row)?.segments[0]
      const until = first !== undefined && distance(first.seq, ack) < 0 ? first.seq : ack
      this.miss(slot, side, row, distance(until, e.edge[row]), packet, time)
      if (first === undefined) return
      this.drain(slot, side, row)
    }
  }

  /** True when nothing waits behind a hole of the row. */
  isWhole(row: number): boolean {
    return !this.held.has(row)
  }

  /** True when bytes at `seq` already wait behind the hole: the segment repeats them. */
  holds(row: number, seq: SequenceNumber): boolean {
    const list = this.held.get(row)
    return list?.segments.some((held) => distance(seq, held.seq) >= 0 && distance(seq, held.seq) < held.bytes) ?? false
  }

  /** The stream ends: what waits is delivered, its holes named. */
  flush(slot: Slot, side: Side, row: number): void {
    if (this.held.size === 0) return
    const list = this.held.get(row)
    while (list !== undefined && list.segments.length > 0) {
      const first = list.segments[0]
      const hole = distance(first.seq, this.endpoints.edge[row])
      if (hole > 0) this.miss(slot, side, row, hole, first.packet, first.time)
      this.drain(slot, side, row)
    }
  }

  /** Ends the row's stream once, whatever ends it first. */
  end(
    slot: Slot,
    side: Side,
    row: number,
    how: 'fin' | 'reset' | 'capture-end',
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const e = this.endpoints
    if (e.has(row, Known.ENDED)) return
    this.flush(slot, side, row)
    e.flags[row] |= Known.ENDED
    this.sink?.end(slot, side, e.delivered[row], how, packet, time)
  }

  release(row: number): void {
    if (this.held.size === 0) return
    const list = this.held.get(row)
    if (list === undefined) return
    this.heldBytes -= list.bytes
    this.held.delete(row)
  }

  private deliver(
    slot: Slot,
    side: Side,
    row: number,
    buffer: Uint8Array,
    at: Offset,
    captured: Bytes,
    bytes: Bytes,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const e = this.endpoints
    const offset = e.delivered[row]
    if (this.sink !== null) {
      if (captured > 0) this.sink.data(slot, side, offset, buffer, at, at + captured, packet, time)
      if (captured < bytes) this.sink.missing(slot, side, offset + captured, bytes - captured, true, packet, time)
    }
    e.delivered[row] = offset + bytes
    e.edge[row] = (e.edge[row] + bytes) >>> 0
  }

  private miss(slot: Slot, side: Side, row: number, bytes: Bytes, packet: PacketNumber, time: Nanoseconds): void {
    const e = this.endpoints
    this.sink?.missing(slot, side, e.delivered[row], bytes, false, packet, time)
    e.delivered[row] += bytes
    e.edge[row] = (e.edge[row] + bytes) >>> 0
  }

  /** Keeps what of the payload from its byte `skip` on is not kept already. Returns how many bytes that is. */
  private hold(slot: Slot, side: Side, row: number, p: Packet, seq: SequenceNumber, skip: Bytes, bytes: Bytes): Bytes {
    const list = this.held.get(row) ?? { segments: [], bytes: 0 }
    this.held.set(row, list)
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
      this.flush(slot, side, row)
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

  private drain(slot: Slot, side: Side, row: number): void {
    const e = this.endpoints
    const list = this.held.get(row)
    if (list === undefined) return
    const segments = list.segments
    let taken = 0
    while (taken < segments.length) {
      const held = segments[taken]
      const skip = -distance(held.seq, e.edge[row])
      if (skip < 0) break
      taken++
      list.bytes -= held.data.length
      this.heldBytes -= held.data.length
      if (skip >= held.bytes) continue
      const captured = Math.max(0, held.data.length - skip)
      this.deliver(
        slot,
        side,
        row,
        held.data,
        held.data.length - captured,
        captured,
        held.bytes - skip,
        held.packet,
        held.time,
      )
    }
    segments.splice(0, taken)
    if (segments.length === 0) this.held.delete(row)
  }
}
