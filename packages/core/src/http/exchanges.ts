import type { Side, Slot, StreamSink } from '../conversation/stream.ts'
import type { Bytes, Nanoseconds, Offset, PacketNumber, StreamOffset } from '../units.ts'
import { ByteStores } from './byte-stores.ts'
import type { EndedBy, HttpEvents, HttpExchange, InterimResponse } from './exchange.ts'
import { loseFraming } from './framing.ts'
import { HeadMemo } from './head-memo.ts'
import { type Exchange, type Message, State } from './message.ts'
import { Pairing } from './pairing.ts'
import { MessageParser, skipUnseen } from './parser.ts'
import { alternates, beginsAnew } from './resync.ts'
import { Flag, lostFlag, SideState, Slots } from './slots.ts'
import { judgeStart, looksLikeStart, Verdict } from './start-line.ts'
import { CR, LF } from './text.ts'
import { UsualExchanges } from './usual-exchanges.ts'

/** Ports whose bytes are taken for HTTP/1 even where the capture holds none of them. */
const HTTP_PORTS: ReadonlySet<number> = new Set([80, 591, 3128, 8000, 8008, 8080, 8081, 8088, 8888])
/** Whether a server port alone makes HTTP likely. */
export function isHttpPort(port: number): boolean {
  return HTTP_PORTS.has(port)
}

const MAX_INTERIM = 100
const SIDES = [0, 1] as const

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
  private readonly events: HttpEvents | null
  private readonly slots: Slots
  private readonly pairing: Pairing
  private readonly parser: MessageParser
  /** Null with detail, which is read from every message, and with events, which come of every packet. */
  private readonly usual: UsualExchanges | null

  constructor(options: HttpOptions) {
    const { detail, onExchange } = options
    this.events = options.events ?? null
    this.slots = new Slots(detail)
    this.pairing = new Pairing(this.slots, detail, onExchange)
    const memo = detail ? null : new HeadMemo()
    const isUsual = memo !== null && this.events === null
    this.usual = isUsual ? new UsualExchanges(this.slots, this.pairing, memo, onExchange) : null
    this.parser = new MessageParser(memo, new ByteStores(options.headMemory), this.events)
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
    const state = this.slots.state(slot, side)
    if (state === SideState.CLOSED || at >= end) return
    if (this.usual !== null) {
      if (state === SideState.USUAL) {
        if (this.usual.pass(slot, side, offset, buffer, at, end, packet, time)) return
      } else if (state === SideState.START && this.usual.take(slot, side, offset, buffer, at, end, packet, time)) return
      this.usual.handOver(slot)
    }
    this.unusualData(slot, side, offset, buffer, at, end, packet, time)
  }

  private unusualData(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    buffer: Uint8Array,
    at: Offset,
    end: Offset,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    if (this.slots.state(slot, side) === SideState.MESSAGE) {
      const m = this.slots.message(slot, side) as Message
      // In a body, most packets end here.
      if (m.state === State.BODY && this.events === null && offset + end - at <= m.bodyEnd) {
        m.endOffset = offset + end - at
        if (m.bodyPacket === 0) m.bodyPacket = packet
        m.carry(packet, time)
        if (m.endOffset === m.bodyEnd) {
          m.state = State.DONE
          this.finish(m, 'framing')
        }
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
    const s = this.slots
    if (count <= 0) return
    this.usual?.handOver(slot)
    switch (s.state(slot, side)) {
      case SideState.UNSYNCED:
        // What begins here unseen may be the rest of a message: without HTTP's port and a turn to speak it is nothing.
        if (packet === s.lastLooked(slot, side) || (s.flags(slot) & Flag.HTTP_PORT) === 0) return
        if (side === 1 && s.waiting(slot) === null) return
        this.beginUnseen(slot, side, offset, count, cut, packet, time)
        return
      case SideState.START:
        if ((s.flags(slot) & (Flag.HTTP_PORT | Flag.RECOGNISED)) === 0) this.loseSync(slot, side, packet)
        else this.beginUnseen(slot, side, offset, count, cut, packet, time)
        return
      case SideState.HOLD:
        s.setState(slot, side, SideState.HOLD_DATA)
        return
      case SideState.MESSAGE:
        this.passUnseen(s.message(slot, side) as Message, slot, side, offset, count, cut, packet, time)
    }
  }

  end(slot: Slot, side: Side, _offset: StreamOffset, how: 'fin' | 'reset' | 'capture-end'): void {
    const s = this.slots
    this.usual?.handOver(slot)
    if (s.state(slot, side) === SideState.CLOSED && s.first(slot) === null) return
    s.setFlag(slot, side === 0 ? Flag.CLIENT_ENDED : Flag.SERVER_ENDED)
    const m = s.message(slot, side)
    if (m !== null) this.finish(m, how)
    s.setState(slot, side, SideState.CLOSED)
    const over = Flag.CLIENT_ENDED | Flag.SERVER_ENDED
    if ((s.flags(slot) & over) === over) this.pairing.giveAll(slot)
    else this.pairing.settleAll(slot)
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
    const s = this.slots
    switch (s.state(slot, side)) {
      case SideState.UNSYNCED: {
        const segmentStart = packet !== s.lastLooked(slot, side)
        s.look(slot, side, packet)
        if (!segmentStart || !looksLikeStart(side, b, at, end)) return null
        s.setState(slot, side, SideState.START)
        return true
      }
      case SideState.HOLD:
        s.setState(slot, side, SideState.HOLD_DATA)
        return null
      case SideState.MESSAGE: {
        const m = s.message(slot, side) as Message
        if (m.state !== State.LOST) return false
        if (packet !== m.lastPacket && beginsAnew(s, m, b, at, end)) {
          this.finish(m, 'inferred')
          return true
        }
        m.endOffset = offset + end - at
        m.carry(packet, time)
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
    const s = this.slots
    while (at < end) {
      let m = s.message(slot, side)
      if (m === null) {
        if (s.state(slot, side) !== SideState.START) {
          if (s.state(slot, side) === SideState.HOLD) s.setState(slot, side, SideState.HOLD_DATA)
          return
        }
        // Empty lines before a start line are no error (RFC 9112 §2.2).
        while (at < end && (b[at] === CR || b[at] === LF)) at++
        if (at >= end) return
        if ((s.flags(slot) & Flag.RECOGNISED) === 0 && judgeStart(side, b, at, end) === Verdict.NO) {
          this.leave(slot)
          return
        }
        m = this.pairing.begin(slot, side, base + at, packet, false)
        if (inferred) m.basis = 'inferred'
        inferred = false
      }
      const headEnd = m.headEnd
      const before = m.endOffset
      at = this.parser.advance(m, b, at, end, base, packet, time)
      if (m.endOffset > before || m.state === State.BAD) m.carry(packet, time)
      if (m.startChecked || m.headEnd !== null) s.setFlag(slot, Flag.RECOGNISED)
      if (m.state === State.BAD) {
        if ((s.flags(slot) & Flag.RECOGNISED) === 0) {
          this.leave(slot)
          return
        }
        m.fail('bad-start-line', m.startOffset, packet)
        m.endOffset = base + end
        loseFraming(m)
        at = end
      }
      if (m.state === State.LOST) s.setFlag(slot, lostFlag(side))
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
        if (m.method !== null || m.status !== null) s.setFlag(slot, Flag.RECOGNISED)
        else if ((s.flags(slot) & (Flag.HTTP_PORT | Flag.RECOGNISED)) === 0) {
          this.parser.free(m)
          this.pairing.discard(m)
          this.loseSync(slot, side, packet)
          return
        }
      } else if (known) loseFraming(m)
      s.setFlag(slot, lostFlag(side))
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
    s.setFlag(slot, lostFlag(side))
    if (side === 0 && (s.flags(slot) & Flag.ORPHANED) !== 0) {
      // The response to it came before the proof that it existed.
      s.clearFlag(slot, Flag.ORPHANED)
      this.loseSync(slot, side, packet)
      return
    }
    const m = this.pairing.begin(slot, side, offset, packet, true)
    m.basis = 'inferred'
    m.headCut = true
    loseFraming(m)
    this.countUnseen(m, count, cut, packet, time)
    m.endOffset = offset + count
    this.events?.onUnproven?.(slot, side, m, count)
  }

  private countUnseen(m: Message, count: Bytes, cut: boolean, packet: PacketNumber, time: Nanoseconds): void {
    if (cut) {
      m.carry(packet, time)
      m.cutBytes += count
    } else m.lose(count, packet)
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
    this.slots.setMessage(slot, 1, null)
    this.slots.setState(slot, 1, SideState.START)
    this.events?.onInterim?.(slot, exchange, interim)
  }

  private finish(m: Message, how: EndedBy): void {
    const { exchange, side } = m
    const { slot } = exchange
    const s = this.slots
    if (m.state === State.HEAD) this.parser.readPartialHead(m, m.lastPacket)
    else this.parser.free(m)
    m.finish(how)
    s.setMessage(slot, side, null)
    s.setState(slot, side, SideState.START)
    if (how === 'inferred') s.setFlag(slot, lostFlag(side))
    if (how !== 'framing') this.events?.onEnd?.(slot, m.side, m)
    if (m.side === 0) {
      if (m.method === 'CONNECT' && how === 'framing' && exchange.response === null) s.setState(slot, 0, SideState.HOLD)
    } else if (m.state === State.DONE && this.switches(exchange, m)) return
    this.pairing.settle(exchange)
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
      if (connect && s.state(slot, 0) === SideState.HOLD) s.setState(slot, 0, SideState.START)
      else if (connect && s.state(slot, 0) === SideState.HOLD_DATA) this.loseSync(slot, 0, 0)
      return false
    }
    const request = s.message(slot, 0)
    if (request !== null) this.finish(request, 'switch')
    this.pairing.giveAll(slot)
    s.setState(slot, 0, SideState.CLOSED)
    s.setState(slot, 1, SideState.CLOSED)
    return true
  }

  /** The connection is not HTTP/1: no more is looked at. */
  private leave(slot: Slot): void {
    const s = this.slots
    for (const side of SIDES) {
      const m = s.message(slot, side)
      if (m !== null) this.parser.free(m)
      s.setMessage(slot, side, null)
      s.setState(slot, side, SideState.CLOSED)
    }
    this.pairing.dropAll(slot)
  }

  private loseSync(slot: Slot, side: Side, packet: PacketNumber): void {
    this.slots.setState(slot, side, SideState.UNSYNCED)
    this.slots.look(slot, side, packet)
    this.slots.setFlag(slot, lostFlag(side))
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
