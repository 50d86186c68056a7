import type { Side, Slot, StreamSink } from '../conversation/stream.ts'
import type { Bytes, Nanoseconds, Offset, PacketNumber, StreamOffset } from '../units.ts'
import { ByteStores } from './byte-stores.ts'
import type { EndedBy, HttpEvents, HttpExchange, InterimResponse } from './exchange.ts'
import { loseFraming } from './framing.ts'
import { Exchange, type Message, State } from './message.ts'
import { MessageParser, skipUnseen } from './parser.ts'
import { alternates, beginsAnew } from './resync.ts'
import { Flag, lostFlag, SideState, Slots } from './slots.ts'
import { judgeStart, looksLikeStart, Verdict } from './start-line.ts'
import { CR, LF } from './text.ts'

/** Ports whose bytes are taken for HTTP/1 even where the capture holds none of them. */
const HTTP_PORTS: ReadonlySet<number> = new Set([80, 591, 3128, 8000, 8008, 8080, 8081, 8088, 8888])
/** Whether a server port alone makes HTTP likely. */
export function isHttpPort(port: number): boolean {
  return HTTP_PORTS.has(port)
}

const MAX_PENDING = 256
/** Unfinished exchanges of all connections, beyond one each. */
const MAX_PENDING_TOTAL = 100_000
const MAX_INTERIM = 100
const MAX_POOL = 1024

export interface HttpOptions {
  /** With texts, header lists and packet lists. Without, only numbers and flags, and an exchange is valid during
   *  onExchange() only: its memory is used again. */
  detail: boolean
  onExchange(exchange: HttpExchange): void
  /** Told of each packet's part while it is read. */
  events?: HttpEvents
  /** For the heads that wait for their end, over all connections; 64 MiB unless told. */
  headMemory?: Bytes
}

/** Reads the streams of TCP connections as HTTP/1 and pairs requests with responses, in order (RFC 9112 §9.3.2). Streams
 *  that are not HTTP/1 cost one look. Bytes that the capture does not hold are counted where the framing covers them;
 *  elsewhere message borders are inferred from start lines at segment starts and from who speaks, and marked so. */
export class HttpExchanges implements StreamSink {
  private readonly detail: boolean
  private readonly emit: (exchange: HttpExchange) => void
  private readonly events: HttpEvents | null
  private readonly slots = new Slots()
  private readonly parser: MessageParser
  private readonly pool: Exchange[] = []
  private extraPending = 0

  constructor(options: HttpOptions) {
    this.detail = options.detail
    this.emit = options.onExchange
    this.events = options.events ?? null
    this.parser = new MessageParser(options.detail, new ByteStores(options.headMemory))
  }

  /** A connection begins in `slot`; `midStream`: its first bytes may be missing; `knownHttp`: something outside the packets
   *  says that it is HTTP/1, as the port does otherwise. */
  open(slot: Slot, serverPort: number, midStream: boolean, knownHttp = false): void {
    const port = knownHttp || HTTP_PORTS.has(serverPort) ? Flag.HTTP_PORT : 0
    if (midStream) this.slots.open(slot, SideState.UNSYNCED, port | Flag.CLIENT_LOST | Flag.SERVER_LOST)
    else this.slots.open(slot, SideState.START, port)
  }

  /** The connection's slot will be used for another; what is unfinished is given away as it stands. */
  release(slot: Slot): void {
    this.end(slot, 0, 0, 'capture-end')
    this.end(slot, 1, 0, 'capture-end')
  }

  data(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    buffer: Uint8Array,
    at: Offset,
    end: Offset,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const i = 2 * slot + side
    const state = this.slots.state[i]
    if (state === SideState.CLOSED || at >= end) return
    if (state === SideState.MESSAGE) {
      const m = this.slots.message[i] as Message
      // In the middle of a body, most packets end here.
      if (m.state === State.BODY && this.events === null && offset + end - at < m.bodyEnd) {
        m.endOffset = offset + end - at
        if (m.bodyPacket === 0) m.bodyPacket = packet
        m.carry(packet, time, this.detail)
        return
      }
    }
    const inferred = this.findStart(slot, side, offset, buffer, at, end, packet, time)
    if (inferred !== null) this.read(slot, side, offset - at, buffer, at, end, packet, time, inferred)
  }

  missing(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    count: Bytes,
    cut: boolean,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const i = 2 * slot + side
    const s = this.slots
    if (count <= 0) return
    switch (s.state[i]) {
      case SideState.UNSYNCED:
        // What begins here unseen may be the rest of a message: without HTTP's port and a turn to speak it is nothing.
        if (packet === s.lastPacket[i] || (s.flags[slot] & Flag.HTTP_PORT) === 0) return
        if (side === 1 && s.waiting(slot) === null) return
        this.beginUnseen(slot, side, offset, count, cut, packet, time)
        return
      case SideState.START:
        if ((s.flags[slot] & (Flag.HTTP_PORT | Flag.RECOGNISED)) === 0) this.loseSync(slot, side, packet)
        else this.beginUnseen(slot, side, offset, count, cut, packet, time)
        return
      case SideState.HOLD:
        s.state[i] = SideState.HOLD_DATA
        return
      case SideState.MESSAGE:
        this.passUnseen(s.message[i] as Message, slot, side, offset, count, cut, packet, time)
    }
  }

  end(slot: Slot, side: Side, _offset: StreamOffset, how: 'fin' | 'reset' | 'capture-end'): void {
    const i = 2 * slot + side
    const s = this.slots
    if (s.state[i] === SideState.CLOSED && s.first[slot] === null) return
    s.flags[slot] |= side === 0 ? Flag.CLIENT_ENDED : Flag.SERVER_ENDED
    const m = s.message[i]
    if (m !== null) this.finish(m, how)
    s.state[i] = SideState.CLOSED
    const over = (s.flags[slot] & Flag.CLIENT_ENDED) !== 0 && (s.flags[slot] & Flag.SERVER_ENDED) !== 0
    for (let exchange = s.first[slot]; exchange !== null; ) {
      const next: Exchange | null = exchange.next
      if (over) this.give(exchange)
      else this.settle(exchange)
      exchange = next
    }
  }

  /** Where a message may begin in this segment: null says nowhere, and the bytes are dealt with; else whether a message
   *  that begins now does so by inference. */
  private findStart(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    b: Uint8Array,
    at: Offset,
    end: Offset,
    packet: PacketNumber,
    time: Nanoseconds,
  ): boolean | null {
    const i = 2 * slot + side
    const s = this.slots
    switch (s.state[i]) {
      case SideState.UNSYNCED: {
        const segmentStart = packet !== s.lastPacket[i]
        s.lastPacket[i] = packet
        if (!segmentStart || !looksLikeStart(side, b, at, end)) return null
        s.state[i] = SideState.START
        return true
      }
      case SideState.HOLD:
        s.state[i] = SideState.HOLD_DATA
        return null
      case SideState.MESSAGE: {
        const m = s.message[i] as Message
        if (m.state !== State.LOST) return false
        if (packet !== m.lastPacket && beginsAnew(s, m, b, at, end)) {
          this.finish(m, 'inferred')
          return true
        }
        m.endOffset = offset + end - at
        m.carry(packet, time, this.detail)
        this.events?.onUnproven?.(slot, side, m, end - at)
        return null
      }
      case SideState.START:
        return false
      default:
        return null
    }
  }

  private read(
    slot: Slot,
    side: Side,
    base: StreamOffset,
    b: Uint8Array,
    at: Offset,
    end: Offset,
    packet: PacketNumber,
    time: Nanoseconds,
    inferred: boolean,
  ): void {
    const i = 2 * slot + side
    const s = this.slots
    while (at < end) {
      let m = s.message[i]
      if (m === null) {
        if (s.state[i] !== SideState.START) {
          if (s.state[i] === SideState.HOLD) s.state[i] = SideState.HOLD_DATA
          return
        }
        // Empty lines before a start line are no error (RFC 9112 §2.2).
        while (at < end && (b[at] === CR || b[at] === LF)) at++
        if (at >= end) return
        if ((s.flags[slot] & Flag.RECOGNISED) === 0 && judgeStart(side, b, at, end) === Verdict.NO) {
          this.leave(slot)
          return
        }
        m = this.begin(slot, side, base + at, packet, false)
        if (inferred) m.basis = 'inferred'
        inferred = false
      }
      const headEnd = m.headEnd
      const before = m.endOffset
      at = this.parser.advance(m, b, at, end, base, packet, time)
      if (m.endOffset > before || m.state === State.BAD) m.carry(packet, time, this.detail)
      if (m.startChecked || m.headEnd !== null) s.flags[slot] |= Flag.RECOGNISED
      if (m.state === State.BAD) {
        if ((s.flags[slot] & Flag.RECOGNISED) === 0) {
          this.leave(slot)
          return
        }
        m.fail('bad-start-line', m.startOffset, packet)
        m.endOffset = base + end
        loseFraming(m)
        at = end
      }
      if (m.state === State.LOST) s.flags[slot] |= lostFlag(side)
      if (this.events !== null) this.tell(this.events, slot, m, headEnd === null, before)
      if (m.state === State.DONE) this.finish(m, 'framing')
      else if (m.state === State.INTERIM) this.keepInterim(slot, m, packet, time)
      else if (m.state === State.PROBE && at < end) {
        this.finish(m, 'inferred')
        inferred = true
      }
    }
  }

  /** `count` unseen bytes of, or after, a message in progress. */
  private passUnseen(
    m: Message,
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    count: Bytes,
    cut: boolean,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const s = this.slots
    if (m.state === State.LOST && !(cut && packet === m.lastPacket) && alternates(s, m)) {
      this.finish(m, 'inferred')
      this.beginUnseen(slot, side, offset, count, cut, packet, time)
      return
    }
    const known = m.state !== State.LOST
    const inBody = known && m.headEnd !== null && m.state !== State.PROBE
    let take = skipUnseen(m, count)
    if (take < 0) {
      if (m.state === State.HEAD) {
        this.parser.cutHead(m, packet)
        if (m.method !== null || m.status !== null) s.flags[slot] |= Flag.RECOGNISED
        else if ((s.flags[slot] & (Flag.HTTP_PORT | Flag.RECOGNISED)) === 0) {
          this.discard(slot, m)
          this.loseSync(slot, side, packet)
          return
        }
      } else if (known) loseFraming(m)
      s.flags[slot] |= lostFlag(side)
      this.countUnseen(m, count, cut, packet, time)
      m.endOffset += count
      take = count
    } else this.countUnseen(m, take, cut, packet, time)
    if (inBody && m.bodyPacket === 0) m.bodyPacket = cut ? packet : -1
    if (this.events !== null) {
      if (known && m.headCut) this.events.onHead?.(slot, side, m)
      if (m.framingLost) this.events.onUnproven?.(slot, side, m, take)
      else this.events.onBody?.(slot, side, m, m.bodyBytes ?? 0, m.state === State.DONE)
    }
    if (m.state === State.DONE) this.finish(m, 'framing')
    if (take < count) this.missing(slot, side, offset + take, count - take, cut, packet, time)
  }

  /** A message of which not even the first byte is there. */
  private beginUnseen(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    count: Bytes,
    cut: boolean,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    const s = this.slots
    s.flags[slot] |= lostFlag(side)
    if (side === 0 && (s.flags[slot] & Flag.ORPHANED) !== 0) {
      // The response to it came before the proof that it existed.
      s.flags[slot] &= ~Flag.ORPHANED
      this.loseSync(slot, side, packet)
      return
    }
    const m = this.begin(slot, side, offset, packet, true)
    m.basis = 'inferred'
    m.headCut = true
    loseFraming(m)
    this.countUnseen(m, count, cut, packet, time)
    m.endOffset = offset + count
    this.events?.onUnproven?.(slot, side, m, count)
  }

  private countUnseen(m: Message, count: Bytes, cut: boolean, packet: PacketNumber, time: Nanoseconds): void {
    if (cut) {
      m.carry(packet, time, this.detail)
      m.cutBytes += count
    } else m.lose(count, packet)
  }

  private begin(slot: Slot, side: Side, offset: StreamOffset, packet: PacketNumber, unseen: boolean): Message {
    const s = this.slots
    const flags = s.flags[slot]
    const lost = (flags & lostFlag(side)) !== 0
    let exchange: Exchange | null = null
    let m: Message
    if (side === 0) {
      // An unseen request belongs to the response that came without one.
      if (unseen)
        for (exchange = s.first[slot]; exchange !== null && exchange.request !== null; ) exchange = exchange.next
      exchange ??= this.take(slot)
      m = exchange.request = exchange.requestStore
    } else {
      if ((flags & Flag.UNPAIRED) === 0) exchange = s.waiting(slot)
      exchange ??= this.take(slot)
      m = exchange.response = exchange.responseStore
      if (exchange.request === null) exchange.pairing = 'inferred'
    }
    if (lost) exchange.pairing = 'inferred'
    m.begin(offset, packet)
    s.message[2 * slot + side] = m
    s.state[2 * slot + side] = SideState.MESSAGE
    if (side === 0 && (s.pending[slot] > MAX_PENDING || this.extraPending > MAX_PENDING_TOTAL))
      this.stopPairing(slot, m, packet)
    return m
  }

  /** A new exchange at the end of the connection's list. */
  private take(slot: Slot): Exchange {
    const s = this.slots
    const exchange = this.pool.pop() ?? new Exchange()
    exchange.begin(slot, s.count[slot]++)
    if (s.first[slot] !== null) this.extraPending++
    s.append(slot, exchange)
    return exchange
  }

  private stopPairing(slot: Slot, m: Message, packet: PacketNumber): void {
    const s = this.slots
    m.fail('too-many-unanswered', m.startOffset, packet)
    s.flags[slot] |= Flag.UNPAIRED
    for (let exchange = s.first[slot]; exchange !== null; ) {
      const next: Exchange | null = exchange.next
      this.settle(exchange)
      exchange = next
    }
  }

  private keepInterim(slot: Slot, m: Message, packet: PacketNumber, time: Nanoseconds): void {
    const exchange = m.exchange
    const interim: InterimResponse = {
      status: m.status as number,
      reason: m.reason,
      headBytes: m.totalBytes,
      packet,
      time,
    }
    if (exchange.interim.length < MAX_INTERIM) exchange.interim.push(interim)
    exchange.response = null
    this.slots.message[2 * slot + 1] = null
    this.slots.state[2 * slot + 1] = SideState.START
    this.events?.onInterim?.(slot, exchange, interim)
  }

  private finish(m: Message, how: EndedBy): void {
    const exchange = m.exchange
    const slot = exchange.slot
    const i = 2 * slot + m.side
    const s = this.slots
    if (m.state === State.HEAD) this.parser.readPartialHead(m, m.lastPacket)
    else this.parser.free(m)
    m.finish(how)
    s.message[i] = null
    s.state[i] = SideState.START
    if (how === 'inferred') s.flags[slot] |= lostFlag(m.side)
    if (how !== 'framing') this.events?.onEnd?.(slot, m.side, m)
    if (m.side === 0) {
      if (m.method === 'CONNECT' && how === 'framing' && exchange.response === null) s.state[i] = SideState.HOLD
    } else if (m.state === State.DONE && this.switches(exchange, m)) return
    this.settle(exchange)
  }

  /** RFC 9110 §7.8 and §9.3.6: after 101, and after success of CONNECT, the connection speaks another protocol. */
  private switches(exchange: Exchange, response: Message): boolean {
    const s = this.slots
    const slot = exchange.slot
    const status = response.status as number
    const connect = exchange.request?.method === 'CONNECT'
    if (status === 101) exchange.switched = 'upgrade'
    else if (connect && status >= 200 && status < 300) exchange.switched = 'connect'
    else {
      // Refused: the client goes on in HTTP.
      if (connect && s.state[2 * slot] === SideState.HOLD) s.state[2 * slot] = SideState.START
      else if (connect && s.state[2 * slot] === SideState.HOLD_DATA) this.loseSync(slot, 0, 0)
      return false
    }
    const request = s.message[2 * slot]
    if (request !== null) this.finish(request, 'switch')
    while (s.first[slot] !== null) this.give(s.first[slot] as Exchange)
    s.state[2 * slot] = SideState.CLOSED
    s.state[2 * slot + 1] = SideState.CLOSED
    return true
  }

  /** Gives the exchange away if nothing more can come of it. */
  private settle(exchange: Exchange): void {
    const { request, response } = exchange
    if (request !== null && request.endedBy === null) return
    if (response !== null ? response.endedBy === null : !this.unanswerable(exchange.slot)) return
    this.give(exchange)
  }

  private unanswerable(slot: Slot): boolean {
    return (this.slots.flags[slot] & (Flag.SERVER_ENDED | Flag.UNPAIRED)) !== 0
  }

  private give(exchange: Exchange): void {
    const s = this.slots
    const slot = exchange.slot
    this.unlink(exchange)
    exchange.previousNs = s.previousEnd[slot]
    s.previousEnd[slot] = endTime(exchange)
    if (exchange.request === null) s.flags[slot] |= Flag.ORPHANED
    if ((s.flags[slot] & (Flag.RECOGNISED | Flag.HTTP_PORT)) !== 0) this.emit(exchange)
    this.recycle(exchange)
  }

  private unlink(exchange: Exchange): void {
    const s = this.slots
    s.remove(exchange.slot, exchange)
    if (s.first[exchange.slot] !== null) this.extraPending--
    exchange.next = null
  }

  private recycle(exchange: Exchange): void {
    if (!this.detail && this.pool.length < MAX_POOL) this.pool.push(exchange)
  }

  /** Forgets a message that turned out to be none. */
  private discard(slot: Slot, m: Message): void {
    const exchange = m.exchange
    this.parser.free(m)
    this.slots.message[2 * slot + m.side] = null
    if (m.side === 0) exchange.request = null
    else exchange.response = null
    if (exchange.request !== null || exchange.response !== null) return
    this.unlink(exchange)
    this.recycle(exchange)
  }

  /** The connection is not HTTP/1: no more is looked at. */
  private leave(slot: Slot): void {
    const s = this.slots
    for (let i = 2 * slot; i < 2 * slot + 2; i++) {
      const m = s.message[i]
      if (m !== null) this.parser.free(m)
      s.message[i] = null
      s.state[i] = SideState.CLOSED
    }
    for (let exchange = s.first[slot]; exchange !== null; exchange = s.first[slot]) {
      this.unlink(exchange)
      this.recycle(exchange)
    }
  }

  private loseSync(slot: Slot, side: Side, packet: PacketNumber): void {
    this.slots.state[2 * slot + side] = SideState.UNSYNCED
    this.slots.lastPacket[2 * slot + side] = packet
    this.slots.flags[slot] |= lostFlag(side)
  }

  private tell(events: HttpEvents, slot: Slot, m: Message, headWasOpen: boolean, before: StreamOffset): void {
    if (m.state === State.INTERIM) return
    if (headWasOpen && (m.headEnd !== null || m.headCut)) events.onHead?.(slot, m.side, m)
    if (m.framingLost) events.onUnproven?.(slot, m.side, m, m.endOffset - Math.max(before, m.headEnd ?? 0))
    else if (m.headEnd !== null && m.endOffset > Math.max(before, m.headEnd)) {
      events.onBody?.(slot, m.side, m, m.endOffset - m.headEnd, m.state === State.DONE)
    }
  }
}

/** Latest time of the exchange, NaN if its end was not captured. */
function endTime(exchange: Exchange): number {
  const last = exchange.response ?? exchange.request
  const time = last?.lastTime ?? null
  if (time === null) return Number.NaN
  const requestTime = exchange.request?.lastTime ?? time
  return Math.max(time, requestTime)
}
