import { Sparse } from '../bytes/sparse.ts'
import type { Side, Slot } from '../conversation/stream.ts'
import type { Nanoseconds, PacketNumber } from '../units.ts'
import type { Exchange, Message } from './message.ts'

/** Where one direction of a connection stands, between and outside messages. */
export const SideState = {
  /** Not HTTP/1, no longer HTTP/1, or ended: nothing is looked at. */
  CLOSED: 0,
  /** Waits for a segment that looks like a start line. */
  UNSYNCED: 1,
  /** The next byte begins a message. */
  START: 2,
  MESSAGE: 3,
  /** After CONNECT: what the client sends next depends on the response. */
  HOLD: 4,
  /** It has sent something meanwhile. */
  HOLD_DATA: 5,
  /** In a message that UsualExchanges holds. */
  USUAL: 6,
} as const

export const Flag = {
  /** A start line was seen on either side. */
  RECOGNISED: 1,
  /** The server's port is one of HTTP's. */
  HTTP_PORT: 2,
  /** Bytes that were not seen may hold messages of the client, of the server. */
  CLIENT_LOST: 4,
  SERVER_LOST: 8,
  CLIENT_ENDED: 16,
  SERVER_ENDED: 32,
  /** Too many requests are unanswered: nothing is paired any more. */
  UNPAIRED: 64,
  /** A response was given away without its request. */
  ORPHANED: 128,
} as const

/** What a connection has under way: its unfinished exchanges, and the message that each side is in. */
class Pending {
  /** Oldest first. */
  first: Exchange | null = null
  last: Exchange | null = null
  count = 0
  client: Message | null = null
  server: Message | null = null
}

const MAX_SPARE = 1024
/** Bytes of a connection's record: the client's state, the server's, the flags, and one unused. */
const STRIDE = 4
const FLAGS = 2

/** The connections. While nothing is under way on one, it takes 4 bytes here, and 12 more with detail. */
export class Slots {
  private records = new Uint8Array(0)
  private readonly pending = new Sparse<Pending>()
  private readonly spare: Pending[] = []
  /** Of the UNSYNCED sides, by 2·slot + side: the packet that was looked at last. As long as any side needs it. */
  private looked = new Uint32Array(0)
  private readonly detail: boolean
  /** Exchanges so far; with detail. */
  private counts = new Uint32Array(0)
  /** End of the last finished exchange, NaN: none, or not known; with detail. */
  private ends = new Float64Array(0)

  constructor(detail: boolean) {
    this.detail = detail
  }

  open(slot: Slot, state: number, flags: number): void {
    const at = slot * STRIDE
    if (at >= this.records.length) this.growTo(slot + 1)
    this.records[at] = state
    this.records[at + 1] = state
    this.records[at + FLAGS] = flags
    if (2 * slot < this.looked.length) this.looked[2 * slot] = this.looked[2 * slot + 1] = 0
    if (!this.detail) return
    this.counts[slot] = 0
    this.ends[slot] = Number.NaN
  }

  state(slot: Slot, side: Side): number {
    return this.records[slot * STRIDE + side]
  }

  setState(slot: Slot, side: Side, state: number): void {
    this.records[slot * STRIDE + side] = state
  }

  flags(slot: Slot): number {
    return this.records[slot * STRIDE + FLAGS]
  }

  setFlag(slot: Slot, flag: number): void {
    this.records[slot * STRIDE + FLAGS] |= flag
  }

  clearFlag(slot: Slot, flag: number): void {
    this.records[slot * STRIDE + FLAGS] &= ~flag
  }

  /** The packet that was looked at last on an UNSYNCED side; 0 = none. */
  lastLooked(slot: Slot, side: Side): PacketNumber {
    const at = 2 * slot + side
    return at < this.looked.length ? this.looked[at] : 0
  }

  look(slot: Slot, side: Side, packet: PacketNumber): void {
    if (2 * slot >= this.looked.length) this.looked = grow(this.looked, new Uint32Array(this.records.length / 2))
    this.looked[2 * slot + side] = packet
  }

  /** The message that the side is in. */
  message(slot: Slot, side: Side): Message | null {
    const pending = this.pending.get(slot)
    if (pending === null) return null
    return side === 0 ? pending.client : pending.server
  }

  /** Puts the side into a message of one of the unfinished exchanges, or out of it. */
  setMessage(slot: Slot, side: Side, message: Message | null): void {
    const pending = this.pending.get(slot)
    if (pending === null) return
    if (side === 0) pending.client = message
    else pending.server = message
  }

  /** Oldest unfinished exchange. */
  first(slot: Slot): Exchange | null {
    const pending = this.pending.get(slot)
    return pending === null ? null : pending.first
  }

  /** The first unfinished exchange that has no response yet. */
  waiting(slot: Slot): Exchange | null {
    let exchange = this.first(slot)
    while (exchange !== null && exchange.response !== null) exchange = exchange.next
    return exchange
  }

  /** Appends an exchange, and returns how many are unfinished then. */
  append(slot: Slot, exchange: Exchange): number {
    let pending = this.pending.get(slot)
    if (pending === null) {
      pending = this.spare.pop() ?? new Pending()
      this.pending.set(slot, pending)
    }
    if (pending.last === null) pending.first = exchange
    else pending.last.next = exchange
    pending.last = exchange
    return ++pending.count
  }

  /** Takes an exchange out, and returns how many are unfinished then. */
  remove(slot: Slot, exchange: Exchange): number {
    const pending = this.pending.get(slot)
    if (pending === null) return 0
    if (pending.first === exchange) pending.first = exchange.next
    else {
      let before = pending.first
      while (before !== null && before.next !== exchange) before = before.next
      if (before === null) return pending.count
      before.next = exchange.next
      if (pending.last === exchange) pending.last = before
    }
    exchange.next = null
    if (--pending.count > 0) return pending.count
    pending.last = pending.client = pending.server = null
    this.pending.clear(slot)
    if (this.spare.length < MAX_SPARE) this.spare.push(pending)
    return 0
  }

  pendingCount(slot: Slot): number {
    return this.pending.get(slot)?.count ?? 0
  }

  /** Number of a new exchange, from 0; always 0 without detail. */
  takeIndex(slot: Slot): number {
    return this.detail ? this.counts[slot]++ : 0
  }

  /** End of the exchange that finished before, NaN: none, or not known; and the end of the one that finishes now. */
  replaceEnd(slot: Slot, end: Nanoseconds): Nanoseconds {
    const before = this.ends[slot]
    this.ends[slot] = end
    return before
  }

  private growTo(slots: number): void {
    const size = Math.max(64, slots, (this.records.length / STRIDE) * 2)
    this.records = grow(this.records, new Uint8Array(size * STRIDE))
    if (!this.detail) return
    this.counts = grow(this.counts, new Uint32Array(size))
    this.ends = grow(this.ends, new Float64Array(size))
  }
}

function grow<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** The flag that says so of a side. */
export function lostFlag(side: Side): number {
  return side === 0 ? Flag.CLIENT_LOST : Flag.SERVER_LOST
}
