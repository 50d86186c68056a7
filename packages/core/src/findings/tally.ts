import type { HttpExchange, HttpMessage } from '../http/exchange.ts'
import type { Bytes, Nanoseconds } from '../units.ts'
import type { ExchangeFacts, SplitMessage } from './facts.ts'

/** Sums up a connection's exchanges as they end, in constant memory. Reused: many connections have one each, which would
 *  outlive the young generation and die in the old. */
export class ExchangeTally implements ExchangeFacts {
  count = 0
  split: SplitMessage | null = null
  splits = 0
  /** NaN: unknown, so that the field stays an unboxed number. */
  private lastEndNs = Number.NaN
  lastPacket = 0
  lastIsPersistent = false
  lastKeepAlive: number | null = null
  date: number | null = null
  dateTime = 0
  datePacket = 0

  /** Makes the object new for another connection. */
  clear(): void {
    this.count = 0
    this.split = null
    this.splits = 0
    this.lastEndNs = Number.NaN
    this.lastPacket = 0
    this.lastIsPersistent = false
    this.lastKeepAlive = null
    this.date = null
    this.dateTime = 0
    this.datePacket = 0
  }

  get lastEnd(): Nanoseconds | null {
    return Number.isNaN(this.lastEndNs) ? null : this.lastEndNs
  }

  /** `mss`: payload that fits one segment; 0 = unknown. */
  add(exchange: HttpExchange, mss: Bytes): void {
    this.count++
    const { request, response } = exchange
    if (request !== null) this.addSplit(request, mss)
    if (response !== null) this.addSplit(response, mss)
    const isWhole = response !== null && response.complete === true && response.lastTime !== null
    this.lastEndNs = isWhole ? (response.lastTime as Nanoseconds) : Number.NaN
    this.lastPacket = isWhole ? response.lastPacket : 0
    this.lastIsPersistent =
      isWhole && response.persistent === true && request?.connectionClose !== true && exchange.switched === null
    this.lastKeepAlive = isWhole ? response.keepAliveTimeout : null
    if (this.date === null && response !== null && response.dateHeader !== null && response.headTime !== null) {
      this.date = response.dateHeader
      this.dateTime = response.headTime
      this.datePacket = response.headPacket
    }
  }

  /** A head in a segment of its own that had room for the body, or some of it. */
  private addSplit(message: HttpMessage, mss: Bytes): void {
    const { headBytes, bodyBytes } = message
    if (message.headEndsAtSegmentEnd !== true || headBytes === null || bodyBytes === null || bodyBytes === 0) return
    if (headBytes + bodyBytes > mss || message.bodyPacket <= 0) return
    // Told to wait for 100 Continue (RFC 9110 §10.1.1), it has to send the head alone.
    if (message.expectContinue) return
    this.splits++
    this.split ??= {
      side: message.side === 0 ? 'client' : 'server',
      headBytes,
      bodyBytes,
      headPacket: message.headPacket,
      bodyPacket: message.bodyPacket,
      time: message.headTime ?? 0,
    }
  }
}

/** Of a connection without HTTP. */
export const NO_EXCHANGES: ExchangeFacts = new ExchangeTally()
