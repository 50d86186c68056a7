import type { Side, Slot } from '../conversation/stream.ts'
import type { Bytes, Nanoseconds, PacketNumber, StreamOffset } from '../units.ts'
import type { EndedBy, HttpError, HttpErrorCode, HttpExchange, HttpMessage, InterimResponse } from './exchange.ts'
import { HeadFacts, NO_HEAD, Texts } from './head-facts.ts'

/** Where the parser stands in a message. */
export const State = {
  /** In the head; what came so far is in the store. */
  HEAD: 0,
  /** In a body that ends at bodyEnd, or with the connection (bodyEnd = Infinity). */
  BODY: 1,
  /** The head is whole, but the request is not known for sure: after HEAD there would be no body (RFC 9112 §6.3). */
  PROBE: 2,
  CHUNK_SIZE: 3,
  CHUNK_EXTENSION: 4,
  CHUNK_DATA: 5,
  CHUNK_CR: 6,
  CHUNK_LF: 7,
  TRAILER: 8,
  /** Bytes belong to the message, but where it ends is unknown. */
  LOST: 9,
  /** Ended by its own framing. */
  DONE: 10,
  /** A head of status 1xx, whole. */
  INTERIM: 11,
  /** No start line. */
  BAD: 12,
} as const
export type State = (typeof State)[keyof typeof State]

const MAX_PACKETS = 1000
const MAX_ERRORS = 20
const NO_LINES: readonly [string, string][] = []

/** One message in progress. Mutable and reused; outside http/ it is seen as HttpMessage. Offsets and
 *  times are NaN while unknown: V8 then keeps their fields as plain numbers from the beginning. */
export class Message implements HttpMessage {
  readonly side: Side
  readonly exchange: Exchange
  state: State = State.HEAD
  basis: 'observed' | 'inferred' = 'observed'

  startOffset: StreamOffset = Number.NaN
  headEnd: StreamOffset | null = null
  /** Stream offset up to which bytes passed. */
  endOffset: StreamOffset = Number.NaN
  /** Where framing ends the body; Infinity: with the connection; −1: chunks say. */
  bodyEnd: StreamOffset = Number.NaN
  contentSoFar: Bytes = 0
  endedBy: EndedBy | null = null
  complete: boolean | null = null
  headCut = false
  framingLost = false
  cutBytes: Bytes = 0
  lostBytes: Bytes = 0

  packets: PacketNumber[] = []
  packetCount = 0
  firstPacket: PacketNumber = 0
  lastPacket: PacketNumber = 0
  headPacket: PacketNumber = 0
  bodyPacket: PacketNumber = 0
  /** Packet that began or last told of the message, carrier or not: orders messages of both sides. */
  beganAt: PacketNumber = 0
  lastEvent: PacketNumber = 0
  firstNs: Nanoseconds = Number.NaN
  lastNs: Nanoseconds = Number.NaN
  headNs: Nanoseconds = Number.NaN
  firstUnknown = false
  lastUnknown = false

  /** What the head says: its own facts, or those of a remembered head, which are not its to change. */
  head: Readonly<HeadFacts> = NO_HEAD
  readonly ownHead = new HeadFacts()
  /** Null without detail. */
  readonly texts: Texts | null
  errors: HttpError[] = []

  // Parser
  /** Head or trailer bytes that wait for their end. */
  store: Uint8Array | null = null
  stored = 0
  /** Progress in looking for the empty line: 0 inside a line, 1 at its start, 2 after a CR there. */
  lineState = 0
  startChecked = false
  /** Left of the chunk, or its size while digits are read. */
  chunkLeft = 0
  chunkDigits = 0
  trailerAt: StreamOffset = 0

  constructor(side: Side, exchange: Exchange, detail: boolean) {
    this.side = side
    this.exchange = exchange
    this.texts = detail ? new Texts() : null
  }

  /** Makes the object new for a message that begins at `offset`. */
  begin(offset: StreamOffset, packet: PacketNumber): void {
    this.state = State.HEAD
    this.basis = 'observed'
    this.startOffset = offset
    this.endOffset = offset
    this.headEnd = null
    this.bodyEnd = offset
    this.contentSoFar = 0
    this.endedBy = null
    this.complete = null
    this.headCut = false
    this.framingLost = false
    this.cutBytes = 0
    this.lostBytes = 0
    this.packetCount = 0
    this.firstPacket = 0
    this.lastPacket = 0
    this.headPacket = 0
    this.bodyPacket = 0
    this.beganAt = packet
    this.lastEvent = packet
    this.firstNs = Number.NaN
    this.lastNs = Number.NaN
    this.headNs = Number.NaN
    this.firstUnknown = false
    this.lastUnknown = false
    this.stored = 0
    this.lineState = 0
    this.startChecked = false
    this.chunkLeft = 0
    this.chunkDigits = 0
    this.head = NO_HEAD
    if (this.errors.length > 0) this.errors = []
    if (this.texts !== null) {
      this.packets = []
      this.texts.clear()
    }
  }

  /** begin(), where all but the message itself is new, and its head, which says `facts`. Only without texts. */
  beginWithHead(
    facts: Readonly<HeadFacts>,
    offset: StreamOffset,
    headBytes: Bytes,
    packet: PacketNumber,
    time: Nanoseconds,
  ): void {
    this.startOffset = offset
    this.headEnd = offset + headBytes
    this.contentSoFar = 0
    this.endedBy = null
    this.complete = null
    this.packetCount = 1
    this.firstPacket = packet
    this.lastPacket = packet
    this.headPacket = packet
    this.bodyPacket = 0
    this.beganAt = packet
    this.lastEvent = packet
    this.firstNs = time
    this.lastNs = time
    this.headNs = time
    this.head = facts
  }

  /** Forgets what the head said. */
  dropHead(): void {
    this.head = NO_HEAD
    this.texts?.clearHead()
    if (this.errors.length > 0) this.errors = []
  }

  /** Before the head is read, from its first byte. */
  openHead(): HeadFacts {
    this.ownHead.clear()
    this.head = this.ownHead
    return this.ownHead
  }

  /** `packet` carried bytes of the message. */
  carry(packet: PacketNumber, time: Nanoseconds): void {
    this.lastUnknown = false
    this.lastEvent = packet
    if (packet === this.lastPacket) return
    // A segment that waited for a hole may come after later ones, in pieces too.
    if (packet < this.lastPacket && this.packets.includes(packet)) return
    if (this.firstPacket === 0) this.firstPacket = packet
    this.lastPacket = packet
    this.packetCount++
    if (this.texts !== null && this.packets.length < MAX_PACKETS) this.packets.push(packet)
    // Negated, so that NaN gives way.
    if (!(time >= this.firstNs)) this.firstNs = time
    if (!(time <= this.lastNs)) this.lastNs = time
  }

  /** `count` bytes of the message passed without being captured. */
  lose(count: Bytes, packet: PacketNumber): void {
    if (this.cutBytes + this.lostBytes === 0 && this.packetCount === 0) this.firstUnknown = true
    this.lastUnknown = true
    this.lostBytes += count
    this.lastEvent = packet
  }

  /** Ends the message where it stands. */
  finish(how: EndedBy): void {
    this.endedBy = how
    if (this.state === State.DONE) this.complete = true
    else if (this.state === State.LOST) this.complete = null
    else if (this.state === State.PROBE) {
      // No byte followed: whatever the method, a body that lasts until the connection closes is then empty.
      const untilClose = !this.head.chunked && this.head.declaredLength < 0
      this.complete = untilClose && how === 'fin' ? true : null
      this.framingLost = this.complete === null
    } else this.complete = this.bodyEnd === Number.POSITIVE_INFINITY && how === 'fin'
  }

  fail(code: HttpErrorCode, offset: StreamOffset, packet: PacketNumber): void {
    if (this.errors.length < MAX_ERRORS) this.errors.push({ code, offset, packet })
  }

  get headBytes(): Bytes | null {
    return this.headEnd === null ? null : this.headEnd - this.startOffset
  }

  get bodyBytes(): Bytes | null {
    return this.headEnd === null || this.framingLost ? null : this.endOffset - this.headEnd
  }

  get contentBytes(): Bytes | null {
    return this.chunked && this.bodyBytes !== null ? this.contentSoFar : this.bodyBytes
  }

  get totalBytes(): Bytes {
    return this.endOffset - this.startOffset
  }

  get firstTime(): Nanoseconds | null {
    return this.firstUnknown || this.packetCount === 0 ? null : this.firstNs
  }

  get lastTime(): Nanoseconds | null {
    return this.lastUnknown || this.packetCount === 0 ? null : this.lastNs
  }

  get headTime(): Nanoseconds | null {
    return this.headPacket === 0 ? null : this.headNs
  }

  get headEndsAtSegmentEnd(): boolean | null {
    return this.bodyPacket === 0 || this.headPacket === 0 ? null : this.bodyPacket !== this.headPacket
  }

  get method(): string | null {
    return this.head.method
  }

  get status(): number | null {
    return this.head.status
  }

  get minor(): number | null {
    return this.head.minor
  }

  get chunked(): boolean {
    return this.head.chunked
  }

  get connectionClose(): boolean {
    return this.head.connectionClose
  }

  get connectionKeepAlive(): boolean {
    return this.head.connectionKeepAlive
  }

  get upgrade(): boolean {
    return this.head.upgrade
  }

  get expectContinue(): boolean {
    return this.head.expectContinue
  }

  get keepAliveTimeout(): number | null {
    return this.head.keepAliveTimeout
  }

  get dateHeader(): number | null {
    return this.head.dateHeader
  }

  get contentLength(): Bytes | null {
    return this.headEnd === null || this.head.declaredLength < 0 ? null : this.head.declaredLength
  }

  get persistent(): boolean | null {
    const { minor, connectionClose, connectionKeepAlive } = this.head
    if (this.headEnd === null || minor === null) return null
    if (connectionClose || this.bodyEnd === Number.POSITIVE_INFINITY) return false
    return minor >= 1 || connectionKeepAlive
  }

  get target(): string | null {
    return this.texts === null ? null : this.texts.target
  }

  get targetPrefix(): string | null {
    return this.texts === null ? null : this.texts.targetPrefix
  }

  get reason(): string | null {
    return this.texts === null ? null : this.texts.reason
  }

  get headers(): readonly [string, string][] {
    return this.texts === null ? NO_LINES : this.texts.headers
  }

  get trailers(): readonly [string, string][] {
    return this.texts === null ? NO_LINES : this.texts.trailers
  }

  get host(): string | null {
    return this.texts === null ? null : this.texts.host
  }

  get contentType(): string | null {
    return this.texts === null ? null : this.texts.contentType
  }

  get contentEncoding(): string | null {
    return this.texts === null ? null : this.texts.contentEncoding
  }

  get transferEncoding(): string | null {
    return this.texts === null ? null : this.texts.transferEncoding
  }
}

/** A request and its response, linked into the list of its connection's unfinished ones. */
export class Exchange implements HttpExchange {
  slot: Slot = 0
  index = 0
  request: Message | null = null
  response: Message | null = null
  interim: InterimResponse[] = []
  pairing: 'observed' | 'inferred' = 'observed'
  switched: 'upgrade' | 'connect' | null = null
  /** NaN: none, or not known. */
  previousNs: Nanoseconds = Number.NaN
  next: Exchange | null = null
  /** The two messages' memory, whether they exist or not. */
  readonly requestStore: Message
  readonly responseStore: Message

  constructor(detail: boolean) {
    this.requestStore = new Message(0, this, detail)
    this.responseStore = new Message(1, this, detail)
  }

  begin(slot: Slot, index: number): void {
    this.slot = slot
    this.index = index
    this.request = null
    this.response = null
    if (this.interim.length > 0) this.interim = []
    this.pairing = 'observed'
    this.switched = null
    this.previousNs = Number.NaN
    this.next = null
  }

  /** The message of that side, which begins. */
  enter(side: Side): Message {
    if (side === 0) {
      this.request = this.requestStore
      return this.requestStore
    }
    this.response = this.responseStore
    return this.responseStore
  }

  /** It is certain that the next response answers it, if it is the oldest one. */
  get isAnswerable(): boolean {
    return this.response === null && this.pairing === 'observed'
  }

  get previousEnd(): Nanoseconds | null {
    return Number.isNaN(this.previousNs) ? null : this.previousNs
  }

  get basis(): 'observed' | 'inferred' {
    return this.pairing === 'inferred' || this.request?.basis === 'inferred' || this.response?.basis === 'inferred'
      ? 'inferred'
      : 'observed'
  }

  /** The request's method where it is certain that the response answers it, else null. */
  get provenMethod(): string | null {
    return this.pairing === 'observed' && this.request !== null ? this.request.method : null
  }
}
