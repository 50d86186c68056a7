import type { Side, Slot } from '../conversation/stream.ts'
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

/** What is known of each connection while nothing is under way: 55 bytes a slot, in columns that grow with the highest slot.
 *  Per-side columns are indexed by 2·slot + side. */
export class Slots {
  state = new Uint8Array(0)
  flags = new Uint8Array(0)
  /** Exchanges so far. */
  count = new Uint32Array(0)
  /** Unfinished exchanges. */
  pending = new Uint16Array(0)
  /** End of the last finished exchange; NaN: none, or not known. */
  previousEnd = new Float64Array(0)
  /** Of the UNSYNCED sides: the packet that was looked at last. */
  lastPacket = new Float64Array(0)
  message: (Message | null)[] = []
  /** Oldest unfinished exchange. */
  first: (Exchange | null)[] = []

  open(slot: Slot, state: number, flags: number): void {
    if (slot >= this.flags.length) this.growTo(slot + 1)
    this.state[2 * slot] = state
    this.state[2 * slot + 1] = state
    this.flags[slot] = flags
    this.count[slot] = 0
    this.pending[slot] = 0
    this.previousEnd[slot] = Number.NaN
    this.lastPacket[2 * slot] = 0
    this.lastPacket[2 * slot + 1] = 0
  }

  /** The first unfinished exchange that has no response yet. */
  waiting(slot: Slot): Exchange | null {
    let exchange = this.first[slot]
    while (exchange !== null && exchange.response !== null) exchange = exchange.next
    return exchange
  }

  append(slot: Slot, exchange: Exchange): void {
    this.pending[slot]++
    let last = this.first[slot]
    if (last === null) {
      this.first[slot] = exchange
      return
    }
    while (last.next !== null) last = last.next
    last.next = exchange
  }

  remove(slot: Slot, exchange: Exchange): void {
    this.pending[slot]--
    let before = this.first[slot]
    if (before === exchange) {
      this.first[slot] = exchange.next
      return
    }
    while (before !== null && before.next !== exchange) before = before.next
    if (before !== null) before.next = exchange.next
  }

  private growTo(slots: number): void {
    const size = Math.max(64, slots, this.flags.length * 2)
    this.state = copy(new Uint8Array(size * 2), this.state)
    this.flags = copy(new Uint8Array(size), this.flags)
    this.count = copy(new Uint32Array(size), this.count)
    this.pending = copy(new Uint16Array(size), this.pending)
    this.previousEnd = copy(new Float64Array(size), this.previousEnd)
    this.lastPacket = copy(new Float64Array(size * 2), this.lastPacket)
    while (this.first.length < size) {
      this.first.push(null)
      this.message.push(null, null)
    }
  }
}

function copy<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(to: T, from: T): T {
  to.set(from)
  return to
}

/** The flag that says so of a side. */
export function lostFlag(side: Side): number {
  return side === 0 ? Flag.CLIENT_LOST : Flag.SERVER_LOST
}
