import type { Side, Slot } from '../conversation/stream.ts'
import type { PacketNumber, StreamOffset } from '../units.ts'
import type { HttpExchange } from './exchange.ts'
import { Exchange, type Message } from './message.ts'
import { Flag, lostFlag, SideState, type Slots } from './slots.ts'

const MAX_PENDING = 256
/** Unfinished exchanges of all connections, beyond one each. */
const MAX_PENDING_TOTAL = 100_000
const MAX_SPARE = 1024

/** Pairs requests with responses, in order (RFC 9112 §9.3.2): begins messages in the exchange that they belong to, and gives
 *  an exchange away once nothing more can come of it. Without detail its object is then used again. */
export class Pairing {
  private readonly slots: Slots
  private readonly detail: boolean
  private readonly emit: (exchange: HttpExchange) => void
  private readonly spare: Exchange[] = []
  private extraPending = 0

  constructor(slots: Slots, detail: boolean, emit: (exchange: HttpExchange) => void) {
    this.slots = slots
    this.detail = detail
    this.emit = emit
  }

  /** The side enters a message; `unseen`: not even its first byte is there. */
  begin(slot: Slot, side: Side, offset: StreamOffset, packet: PacketNumber, unseen: boolean): Message {
    const s = this.slots
    const flags = s.flags(slot)
    let exchange: Exchange | null = null
    let m: Message
    if (side === 0) {
      // An unseen request belongs to the response that came without one.
      if (unseen)
        for (exchange = s.first(slot); exchange !== null && exchange.request !== null; ) exchange = exchange.next
      exchange ??= this.take(slot)
      m = exchange.enter(0)
    } else {
      if ((flags & Flag.UNPAIRED) === 0) exchange = s.waiting(slot)
      exchange ??= this.take(slot)
      m = exchange.enter(1)
      if (exchange.request === null) exchange.pairing = 'inferred'
    }
    if ((flags & lostFlag(side)) !== 0) exchange.pairing = 'inferred'
    m.begin(offset, packet)
    s.setMessage(slot, side, m)
    s.setState(slot, side, SideState.MESSAGE)
    if (side === 0 && (s.pendingCount(slot) > MAX_PENDING || this.isFull)) this.stop(slot, m, packet)
    return m
  }

  /** More requests wait for a response than may. */
  get isFull(): boolean {
    return this.extraPending > MAX_PENDING_TOTAL
  }

  /** A new exchange at the end of the connection's list. */
  take(slot: Slot): Exchange {
    const exchange = this.spare.pop() ?? new Exchange(this.detail)
    exchange.begin(slot, this.slots.takeIndex(slot))
    if (this.slots.append(slot, exchange) > 1) this.extraPending++
    return exchange
  }

  /** Puts an exchange that is under way into the list of a connection that has no other. */
  adopt(exchange: Exchange): void {
    this.slots.append(exchange.slot, exchange)
  }

  /** Gives the exchange away if nothing more can come of it. */
  settle(exchange: Exchange): void {
    const { request, response } = exchange
    if (request !== null && request.endedBy === null) return
    if (response !== null ? response.endedBy === null : !this.isUnanswerable(exchange.slot)) return
    this.give(exchange)
  }

  /** settle() for all of a connection. */
  settleAll(slot: Slot): void {
    for (let exchange = this.slots.first(slot); exchange !== null; ) {
      const next: Exchange | null = exchange.next
      this.settle(exchange)
      exchange = next
    }
  }

  /** Gives all of a connection away as they stand. */
  giveAll(slot: Slot): void {
    for (let exchange = this.slots.first(slot); exchange !== null; exchange = this.slots.first(slot))
      this.give(exchange)
  }

  /** Forgets all of a connection. */
  dropAll(slot: Slot): void {
    for (let exchange = this.slots.first(slot); exchange !== null; exchange = this.slots.first(slot))
      this.drop(exchange)
  }

  /** Forgets a message that turned out to be none. */
  discard(m: Message): void {
    const { exchange } = m
    this.slots.setMessage(exchange.slot, m.side, null)
    if (m.side === 0) exchange.request = null
    else exchange.response = null
    if (exchange.request === null && exchange.response === null) this.drop(exchange)
  }

  /** From `m` on no request is paired with a response. */
  private stop(slot: Slot, m: Message, packet: PacketNumber): void {
    m.fail('too-many-unanswered', m.startOffset, packet)
    this.slots.setFlag(slot, Flag.UNPAIRED)
    this.settleAll(slot)
  }

  private isUnanswerable(slot: Slot): boolean {
    return (this.slots.flags(slot) & (Flag.SERVER_ENDED | Flag.UNPAIRED)) !== 0
  }

  private give(exchange: Exchange): void {
    const s = this.slots
    const { slot } = exchange
    this.unlink(exchange)
    if (this.detail) exchange.previousNs = s.replaceEnd(slot, endTime(exchange))
    if (exchange.request === null) s.setFlag(slot, Flag.ORPHANED)
    if ((s.flags(slot) & (Flag.RECOGNISED | Flag.HTTP_PORT)) !== 0) this.emit(exchange)
    this.recycle(exchange)
  }

  private drop(exchange: Exchange): void {
    this.unlink(exchange)
    this.recycle(exchange)
  }

  private unlink(exchange: Exchange): void {
    if (this.slots.remove(exchange.slot, exchange) > 0) this.extraPending--
  }

  private recycle(exchange: Exchange): void {
    if (!this.detail && this.spare.length < MAX_SPARE) this.spare.push(exchange)
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
