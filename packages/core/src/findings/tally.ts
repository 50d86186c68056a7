import type { Slot } from '../conversation/stream.ts'
import type { HttpExchange, HttpMessage } from '../http/exchange.ts'
import type { Bytes, Nanoseconds, PacketNumber } from '../units.ts'
import type { ExchangeFacts, SplitMessage } from './facts.ts'

/** Of a page, which holds 1,024 connections. */
const PAGE_BITS = 10
const PAGE = 1 << PAGE_BITS

/** Record of a connection: numbers, NaN while unknown, and packets. */
const IDLE_FROM = 0
const KEEP_ALIVE = 1
const DATE = 2
const DATE_TIME = 3
const NUMBERS = 4
const LAST_PACKET = 0
const DATE_PACKET = 1
const PACKETS = 2

class Page {
  readonly numbers = new Float64Array(PAGE * NUMBERS).fill(Number.NaN)
  readonly packets = new Uint32Array(PAGE * PACKETS)
}

interface Splits {
  first: SplitMessage
  count: number
}

/** Sums up the exchanges of each connection as they end: 40 bytes for one that had any. In pages, since connections can
 *  be so many that to grow by copying would double the memory of all. */
export class ExchangeTallies implements ExchangeFacts {
  private readonly pages: (Page | undefined)[] = []
  /** Of few connections. */
  private readonly splitsOf = new Map<Slot, Splits>()
  /** The connection that is looked at, and its page. */
  private slot: Slot = 0
  private page: Page | undefined
  private readonly segmentLimit: (slot: Slot) => Bytes

  /** `segmentLimit`: payload that fits one segment of the connection; 0 = unknown. */
  constructor(segmentLimit: (slot: Slot) => Bytes) {
    this.segmentLimit = segmentLimit
  }

  /** The facts of a connection, until the next call of any method. */
  of(slot: Slot): ExchangeFacts {
    this.slot = slot
    this.page = this.pages[slot >>> PAGE_BITS]
    return this
  }

  add(exchange: HttpExchange): void {
    const { slot, request, response } = exchange
    const { numbers, packets } = this.pageOf(slot)
    const n = (slot & (PAGE - 1)) * NUMBERS
    const p = (slot & (PAGE - 1)) * PACKETS
    if (request !== null) this.addSplit(slot, request)
    numbers[n + IDLE_FROM] = Number.NaN
    if (response === null) return
    this.addSplit(slot, response)
    const { lastTime } = response
    if (response.complete === true && lastTime !== null) {
      const stays = response.persistent === true && request?.connectionClose !== true && exchange.switched === null
      if (stays) numbers[n + IDLE_FROM] = lastTime
      numbers[n + KEEP_ALIVE] = response.keepAliveTimeout ?? Number.NaN
      packets[p + LAST_PACKET] = response.lastPacket
    }
    if (Number.isNaN(numbers[n + DATE]) && response.dateHeader !== null && response.headTime !== null) {
      numbers[n + DATE] = response.dateHeader
      numbers[n + DATE_TIME] = response.headTime
      packets[p + DATE_PACKET] = response.headPacket
    }
  }

  /** Makes the slot new for another connection. */
  clear(slot: Slot): void {
    const page = this.pages[slot >>> PAGE_BITS]
    if (page === undefined) return
    const n = (slot & (PAGE - 1)) * NUMBERS
    page.numbers[n + IDLE_FROM] = Number.NaN
    page.numbers[n + DATE] = Number.NaN
    if (this.splitsOf.size !== 0) this.splitsOf.delete(slot)
  }

  get split(): SplitMessage | null {
    return this.splitsOf.get(this.slot)?.first ?? null
  }

  get splits(): number {
    return this.splitsOf.get(this.slot)?.count ?? 0
  }

  get idleFrom(): Nanoseconds | null {
    return this.number(IDLE_FROM)
  }

  get lastPacket(): PacketNumber {
    return this.packet(LAST_PACKET)
  }

  get lastKeepAlive(): number | null {
    return this.number(KEEP_ALIVE)
  }

  get date(): number | null {
    return this.number(DATE)
  }

  get dateTime(): Nanoseconds {
    return this.number(DATE_TIME) ?? 0
  }

  get datePacket(): PacketNumber {
    return this.packet(DATE_PACKET)
  }

  private number(which: number): number | null {
    if (this.page === undefined) return null
    const value = this.page.numbers[(this.slot & (PAGE - 1)) * NUMBERS + which]
    return Number.isNaN(value) ? null : value
  }

  private packet(which: number): PacketNumber {
    return this.page === undefined ? 0 : this.page.packets[(this.slot & (PAGE - 1)) * PACKETS + which]
  }

  private pageOf(slot: Slot): Page {
    const index = slot >>> PAGE_BITS
    let page = this.pages[index]
    if (page === undefined) {
      while (this.pages.length < index) this.pages.push(undefined)
      page = new Page()
      this.pages[index] = page
    }
    return page
  }

  /** A head in a segment of its own that had room for the body, or some of it. */
  private addSplit(slot: Slot, message: HttpMessage): void {
    const { headBytes, bodyBytes } = message
    if (message.headEndsAtSegmentEnd !== true || headBytes === null || bodyBytes === null || bodyBytes === 0) return
    if (message.bodyPacket <= 0 || headBytes + bodyBytes > this.segmentLimit(slot)) return
    // Told to wait for 100 Continue (RFC 9110 §10.1.1), it has to send the head alone.
    if (message.expectContinue) return
    const known = this.splitsOf.get(slot)
    if (known !== undefined) {
      known.count++
      return
    }
    const first: SplitMessage = {
      side: message.side === 0 ? 'client' : 'server',
      headBytes,
      bodyBytes,
      headPacket: message.headPacket,
      bodyPacket: message.bodyPacket,
      time: message.headTime ?? 0,
    }
    this.splitsOf.set(slot, { first, count: 1 })
  }
}
