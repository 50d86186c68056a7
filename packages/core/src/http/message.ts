import type { Side, Slot } from '../conversation/stream.ts'
import type { Bytes, Nanoseconds, PacketNumber, StreamOffset } from '../units.ts'
import type { EndedBy, HttpError, HttpErrorCode, HttpExchange, HttpMessage, InterimResponse } from './exchange.ts'

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

/** One message in progress. Mutable and reused; outside http/ it is seen as HttpMessage. Times are NaN while unknown,
 *  so that their fields stay unboxed numbers. */
export class Message implements HttpMessage {
  readonly side: Side
  readonly exchange: Exchange
  state: State = State.HEAD
  basis: 'observed' | 'inferred' = 'observed'

  startOffset: StreamOffset = 0
  headEnd: StreamOffset | null = null
  /** Stream offset up to which bytes passed. */
  endOffset: StreamOffset = 0
  /** Where framing ends the body; Infinity: with the connection; −1: chunks say. */
  bodyEnd: StreamOffset = 0
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

  method: string | null = null
  target: string | null = null
  targetPrefix: string | null = null
  status: number | null = null
  reason: string | null = null
  minor: number | null = null
  headers: [string, string][] = []
  trailers: [string, string][] = []
  /** As last read: −1 none, −2 contradictory or unreadable. */
  declaredLength: Bytes = -1
  chunked = false
  /** Transfer-Encoding is there. */
  encoded = false
  connectionClose = false
  connectionKeepAlive = false
  upgrade = false
  expectContinue = false
  keepAliveTimeout: number | null = null
  dateHeader: number | null = null
  host: string | null = null
  contentType: string | null = null
  contentEncoding: string | null = null
  transferEncoding: string | null = null
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

  constructor(side: Side, exchange: Exchange) {
    this.side = side
    this.exchange = exchange
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
    if (this.packets.length > 0) this.packets = []
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
    if (this.trailers.length > 0) this.trailers = []
    if (this.errors.length > 0) this.errors = []
    this.clearHead()
  }

  /** Forgets what the head said; it is read again from its first byte. */
  clearHead(): void {
    this.method = null
    this.target = null
    this.targetPrefix = null
    this.status = null
    this.reason = null
    this.minor = null
    if (this.headers.length > 0) this.headers = []
    this.declaredLength = -1
    this.chunked = false
    this.encoded = false
    this.connectionClose = false
    this.connectionKeepAlive = false
    this.upgrade = false
    this.expectContinue = false
    this.keepAliveTimeout = null
    this.dateHeader = null
    this.host = null
    this.contentType = null
    this.contentEncoding = null
    this.transferEncoding = null
    if (this.errors.length > 0) this.errors = []
  }

  /** `packet` carried bytes of the message. */
  carry(packet: PacketNumber, time: Nanoseconds, detail: boolean): void {
    this.lastUnknown = false
    this.lastEvent = packet
    if (packet === this.lastPacket) return
    // A segment that waited for a hole may come after later ones, in pieces too.
    if (packet < this.lastPacket && this.packets.includes(packet)) return
    if (this.firstPacket === 0) this.firstPacket = packet
    this.lastPacket = packet
    this.packetCount++
    if (detail && this.packets.length < MAX_PACKETS) this.packets.push(packet)
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
      const untilClose = !this.chunked && this.declaredLength < 0
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

  get contentLength(): Bytes | null {
    return this.headEnd === null || this.declaredLength < 0 ? null : this.declaredLength
  }

  get persistent(): boolean | null {
    if (this.headEnd === null || this.minor === null) return null
    if (this.connectionClose || this.bodyEnd === Number.POSITIVE_INFINITY) return false
    return this.minor >= 1 || this.connectionKeepAlive
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
  readonly requestStore: Message = new Message(0, this)
  readonly responseStore: Message = new Message(1, this)

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
