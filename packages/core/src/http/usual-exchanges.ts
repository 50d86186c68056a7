import { Sparse } from '../bytes/sparse.ts'
import type { Side, Slot } from '../conversation/stream.ts'
import type { Bytes, Nanoseconds, Offset, PacketNumber, StreamOffset } from '../units.ts'
import { MAX_STORED } from './byte-stores.ts'
import { passChunks } from './chunked.ts'
import type { HttpExchange } from './exchange.ts'
import { parseHead } from './head.ts'
import type { HeadFacts } from './head-facts.ts'
import type { HeadMemo } from './head-memo.ts'
import { Exchange, type Message, State } from './message.ts'
import type { Pairing } from './pairing.ts'
import { Flag, SideState, type Slots } from './slots.ts'
import { judgeStart, Verdict } from './start-line.ts'

/** Lengths of a body, beside a number of bytes: it lasts until the connection closes; chunks say; not to be decided here. */
const UNTIL_CLOSE = Number.POSITIVE_INFINITY
const CHUNKED = -1
const UNDECIDED = -2

const MAX_SPARE = 1024

/** Nearly all exchanges of nearly all captures, for who wants no texts: on a connection of which nothing was missed, a
 *  request that nothing precedes, and the response to it, each with its whole head in its first segment. Few numbers are
 *  written of each, in objects that are used again and of which the rest stays as it was made. Whatever else comes is for
 *  the parser, which takes over what is under way and would have said the same of it. */
export class UsualExchanges {
  private readonly slots: Slots
  private readonly pairing: Pairing
  private readonly memo: HeadMemo
  private readonly emit: (exchange: HttpExchange) => void
  /** What is under way on each connection, by slot: at most one. */
  private readonly current = new Sparse<Exchange>()
  private readonly spare: Exchange[] = []
  /** The next one. */
  private idle = new Exchange(false)
  /** Of the head that was read last. */
  private headBytes: Bytes = 0

  constructor(slots: Slots, pairing: Pairing, memo: HeadMemo, emit: (exchange: HttpExchange) => void) {
    this.slots = slots
    this.pairing = pairing
    this.memo = memo
    this.emit = emit
  }

  /** Takes the segment b[at, end), which begins a message. False: it is not of this kind, and nothing has been done. */
  take(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    b: Uint8Array,
    at: Offset,
    end: Offset,
    packet: PacketNumber,
    time: Nanoseconds,
  ): boolean {
    const s = this.slots
    if ((s.flags(slot) & ~(Flag.RECOGNISED | Flag.HTTP_PORT)) !== 0) return false
    let exchange = this.current.get(slot)
    if (side === 0) {
      if (exchange !== null || s.first(slot) !== null || this.pairing.isFull) return false
      exchange = this.idle
    } else if (exchange === null || exchange.requestStore.state !== State.DONE) return false
    const m = side === 0 ? exchange.requestStore : exchange.responseStore
    const facts = this.readHead(m, slot, offset, b, at, end, packet)
    if (facts === null) return false
    const length = side === 0 ? requestBody(facts) : responseBody(facts, exchange.requestStore.head.method)
    if (length === UNDECIDED) return false
    const bytes = end - at
    const { headBytes } = this
    m.beginWithHead(facts, offset, headBytes, packet, time)
    m.endOffset = offset + bytes
    if (length === CHUNKED) {
      m.bodyEnd = offset + headBytes
      m.state = State.CHUNK_SIZE
      m.chunkLeft = 0
      if (!passChunks(m, b, at + headBytes, end)) return false
    } else {
      if (bytes > headBytes + length) return false
      m.bodyEnd = offset + headBytes + length
      m.state = bytes === headBytes + length ? State.DONE : State.BODY
    }
    if (bytes > headBytes) m.bodyPacket = packet
    s.setFlag(slot, Flag.RECOGNISED)
    if (side === 0) {
      exchange.slot = slot
      exchange.request = m
      exchange.response = null
      this.current.set(slot, exchange)
      this.idle = this.spare.pop() ?? new Exchange(false)
    } else exchange.response = m
    if (m.state === State.DONE) this.finish(slot, m)
    else s.setState(slot, side, SideState.USUAL)
    return true
  }

  /** Takes the segment b[at, end) of the body that the side is in (SideState.USUAL). False: as take(). */
  pass(
    slot: Slot,
    side: Side,
    offset: StreamOffset,
    b: Uint8Array,
    at: Offset,
    end: Offset,
    packet: PacketNumber,
    time: Nanoseconds,
  ): boolean {
    const exchange = this.current.get(slot) as Exchange
    const m = side === 0 ? exchange.requestStore : exchange.responseStore
    const endOffset = offset + (end - at)
    if (m.state === State.BODY) {
      if (endOffset > m.bodyEnd) return false
      if (endOffset === m.bodyEnd) m.state = State.DONE
    } else if (!passChunks(m, b, at, end)) return false
    m.endOffset = endOffset
    if (m.bodyPacket === 0) m.bodyPacket = packet
    m.carry(packet, time)
    if (m.state === State.DONE) this.finish(slot, m)
    return true
  }

  /** What is under way on the connection goes on otherwise: the parser has it from here on. */
  handOver(slot: Slot): void {
    const exchange = this.current.get(slot)
    if (exchange === null) return
    this.current.clear(slot)
    this.pairing.adopt(exchange)
    for (const m of [exchange.requestStore, exchange.responseStore]) {
      if (this.slots.state(slot, m.side) !== SideState.USUAL) continue
      this.slots.setMessage(slot, m.side, m)
      this.slots.setState(slot, m.side, SideState.MESSAGE)
    }
  }

  private finish(slot: Slot, m: Message): void {
    m.finish('framing')
    this.slots.setState(slot, m.side, SideState.START)
    if (m.side === 0) return
    this.current.clear(slot)
    this.emit(m.exchange)
    if (this.spare.length < MAX_SPARE) this.spare.push(m.exchange)
  }

  /** What the head says that begins the segment, and its length (`headBytes`); null: it is not whole, or has faults. */
  private readHead(
    m: Message,
    slot: Slot,
    offset: StreamOffset,
    b: Uint8Array,
    at: Offset,
    end: Offset,
    packet: PacketNumber,
  ): HeadFacts | null {
    const stop = end - at > MAX_STORED ? at + MAX_STORED : end
    const { side } = m
    const known = this.memo.recall(side, b, at, stop)
    if (known !== null) {
      this.headBytes = this.memo.found
      return known
    }
    const isRecognised = (this.slots.flags(slot) & Flag.RECOGNISED) !== 0
    if (!isRecognised && judgeStart(side, b, at, stop) !== Verdict.YES) return null
    const headEnd = parseHead(m, b, at, stop, offset - at, packet)
    if (headEnd < 0 || m.errors.length > 0) {
      m.dropHead()
      return null
    }
    this.headBytes = headEnd - at
    return this.memo.keep(side, m.ownHead, b, at, headEnd, stop) ?? m.ownHead
  }
}

/** Length of the body, by RFC 9112 §6.3. */
function requestBody({ method, encoded, chunked, declaredLength }: HeadFacts): number {
  if (method === 'CONNECT' || declaredLength < -1) return UNDECIDED
  if (encoded) return chunked && declaredLength < 0 ? CHUNKED : UNDECIDED
  return declaredLength < 0 ? 0 : declaredLength
}

/** The same of the response to a request of that method. */
function responseBody({ status, encoded, chunked, declaredLength }: HeadFacts, method: string | null): number {
  if (status === null || status < 200 || method === 'CONNECT') return UNDECIDED
  if (declaredLength < -1 || (encoded && declaredLength >= 0)) return UNDECIDED
  if (status === 204 || status === 304 || method === 'HEAD') return 0
  if (encoded) return chunked ? CHUNKED : UNTIL_CLOSE
  return declaredLength < 0 ? UNTIL_CLOSE : declaredLength
}
