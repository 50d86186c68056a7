import type { Bytes, Nanoseconds, Offset, PacketNumber, StreamOffset } from '../units.ts'
import { type ByteStores, MAX_STORED } from './byte-stores.ts'
import { readChunks } from './chunked.ts'
import type { HttpEvents } from './exchange.ts'
import { enterBody, frameBody, loseFraming } from './framing.ts'
import { BAD, INCOMPLETE, parseFields, parseHead } from './head.ts'
import type { HeadMemo } from './head-memo.ts'
import { type Message, State } from './message.ts'
import { isStartLine, judgeStart, parsePartialStart, Verdict } from './start-line.ts'
import { CR, findLineEnd, LF } from './text.ts'

/** The HTTP/1 message parser (RFC 9112): takes a message's bytes span by span, in stream order, and keeps nothing but
 *  numbers; only a head or trailer section that spans several spans is copied, and of bodies no byte is looked at. */
export class MessageParser {
  private stores: ByteStores
  /** Null with texts, which are read from every head. */
  private readonly memo: HeadMemo | null
  private readonly events: HttpEvents | null

  constructor(memo: HeadMemo | null, stores: ByteStores, events: HttpEvents | null) {
    this.stores = stores
    this.memo = memo
    this.events = events
  }

  /** Consumes what of b[at, end) belongs to `m` and returns the offset after it; m.state tells the rest: DONE and INTERIM
   *  end the message there, BAD says that it is none, LOST that its end is unknown (all of the span is then taken).
   *  `base` is the stream offset of b[0]. */
  advance(
    m: Message,
    b: Uint8Array,
    at: Offset,
    end: Offset,
    base: StreamOffset,
    packet: PacketNumber,
    time: Nanoseconds,
  ): Offset {
    if (m.state === State.HEAD) {
      at =
        m.stored === 0 && m.lineState === 0
          ? this.firstSpan(m, b, at, end, base, packet)
          : this.nextSpan(m, b, at, end, base, packet)
      if (m.headEnd === null) {
        m.endOffset = base + at
        return at
      }
      m.headPacket = packet
      m.headNs = time
      m.endOffset = base + at
      // Who takes the content is told of the head before it.
      if (this.events?.onContent !== undefined && (m.state as State) !== State.PROBE) return at
    }
    if (at >= end || m.state === State.DONE || m.state === State.INTERIM) return at
    if (m.state === State.PROBE && !this.settleProbe(m, b, at, end)) return at
    if (m.bodyPacket === 0 && m.state !== State.LOST) m.bodyPacket = packet
    at = this.body(m, b, at, end, base, packet)
    m.endOffset = base + at
    return at
  }

  /** Gives back what the message borrowed. */
  free(m: Message): void {
    if (m.store !== null) this.stores.release(m.store)
    m.store = null
    m.stored = 0
  }

  /** Reads what came of a head that will not be finished. */
  readPartialHead(m: Message, packet: PacketNumber): void {
    m.dropHead()
    if (m.store !== null && m.stored > 0) {
      const b = m.store
      if (findLineEnd(b, 0, m.stored) < 0) parsePartialStart(m.side, m.openHead(), m.texts, b, 0, m.stored)
      else parseHead(m, b, 0, m.stored, m.startOffset, packet)
    }
    this.free(m)
  }

  /** The head goes on in bytes that the capture does not hold: `m` keeps what was proven so far. */
  cutHead(m: Message, packet: PacketNumber): void {
    this.readPartialHead(m, packet)
    m.headCut = true
    loseFraming(m)
  }

  private firstSpan(
    m: Message,
    b: Uint8Array,
    at: Offset,
    end: Offset,
    base: StreamOffset,
    packet: PacketNumber,
  ): Offset {
    const stop = Math.min(end, at + MAX_STORED)
    if (this.memo !== null) {
      const facts = this.memo.recall(m.side, b, at, stop)
      if (facts !== null) {
        const { found } = this.memo
        m.head = facts
        frameBody(m, base + at + found, packet)
        return at + found
      }
    }
    const headEnd = parseHead(m, b, at, stop, base, packet)
    if (headEnd === BAD) {
      m.state = State.BAD
      return at
    }
    if (headEnd >= 0) {
      if (this.memo !== null && m.errors.length === 0) this.memo.keep(m.side, m.ownHead, b, at, headEnd, stop)
      frameBody(m, base + headEnd, packet)
      return headEnd
    }
    m.dropHead()
    return this.nextSpan(m, b, at, end, base, packet)
  }

  /** Looks for the end of a head that came in pieces, keeping it, and reads it when it is whole. */
  private nextSpan(
    m: Message,
    b: Uint8Array,
    at: Offset,
    end: Offset,
    base: StreamOffset,
    packet: PacketNumber,
  ): Offset {
    const headEnd = findEmptyLine(m, b, at, end)
    const stop = headEnd < 0 ? end : headEnd
    const added = m.stored
    if (!this.keep(m, b, at, stop)) {
      this.cutHead(m, packet)
      m.fail('head-memory', m.startOffset, packet)
      return end
    }
    const store = m.store as Uint8Array
    if (!m.startChecked && !this.checkStart(m, store, added)) {
      m.state = State.BAD
      this.free(m)
      return at
    }
    if (headEnd < 0) return end
    const bytes = base + headEnd - m.startOffset
    const result = parseHead(m, store, 0, m.stored, m.startOffset, packet)
    if (bytes > MAX_STORED || result === INCOMPLETE) {
      m.fail('head-too-long', m.startOffset + MAX_STORED, packet)
      m.headEnd = base + headEnd
      loseFraming(m)
    } else frameBody(m, base + headEnd, packet)
    this.free(m)
    return headEnd
  }

  /** False once the stored bytes, of which those from `added` on are new, cannot begin with a start line. */
  private checkStart(m: Message, store: Uint8Array, added: number): boolean {
    const lf = findLineEnd(store, added, m.stored)
    if (lf < 0) return m.stored < MAX_STORED && judgeStart(m.side, store, 0, m.stored) !== Verdict.NO
    m.startChecked = true
    return isStartLine(m.side, store, 0, lf)
  }

  /** Appends to the store, up to MAX_STORED; what is beyond is not kept. False: no memory for it. */
  private keep(m: Message, b: Uint8Array, at: Offset, end: Offset): boolean {
    const count = Math.min(end - at, MAX_STORED - m.stored)
    const store = this.stores.grow(m.store, m.stored + count)
    if (store === null) return false
    m.store = store
    if (count > 0) store.set(b.subarray(at, at + count), m.stored)
    m.stored += count
    return true
  }

  /** A response whose request is uncertain has bytes after its head. Another status line says that there was no body (or
   *  that it begins with one): false, the message ends here by inference. Else the bytes are its body. */
  private settleProbe(m: Message, b: Uint8Array, at: Offset, end: Offset): boolean {
    if (judgeStart(1, b, at, end) !== Verdict.NO) return false
    enterBody(m)
    // Without a length it may be the tunnel after CONNECT; only a promise to close makes it a body.
    if (m.bodyEnd === Number.POSITIVE_INFINITY && !m.connectionClose && (m.status as number) < 300) loseFraming(m)
    return true
  }

  private body(m: Message, b: Uint8Array, at: Offset, end: Offset, base: StreamOffset, packet: PacketNumber): Offset {
    if (m.state === State.LOST) return end
    if (m.state === State.BODY) {
      const stop = Math.min(end, m.bodyEnd - base)
      this.events?.onContent?.(m.exchange.slot, m.side, b, at, stop)
      if (base + end >= m.bodyEnd) m.state = State.DONE
      return stop
    }
    if (m.state !== State.TRAILER) at = readChunks(m, b, at, end, base, packet, this.events)
    if ((m.state as State) === State.LOST) return end
    if (m.state === State.TRAILER && at < end) return this.trailer(m, b, at, end, packet)
    return at
  }

  /** Trailer section, RFC 9112 §7.1.2: lines to the empty line; listed with `detail`, never interpreted. */
  private trailer(m: Message, b: Uint8Array, at: Offset, end: Offset, packet: PacketNumber): Offset {
    const found = findEmptyLine(m, b, at, end)
    const stop = found < 0 ? end : found
    // Over budget the trailers are not listed; their end is found all the same.
    if (m.texts !== null) this.keep(m, b, at, stop)
    if (found < 0) return end
    if (m.texts !== null && m.store !== null)
      parseFields(m, m.store, 0, m.stored, m.trailerAt, packet, m.texts.trailers, false)
    this.free(m)
    m.state = State.DONE
    return found
  }
}

/** Offset after the next empty line of b[at, end), or −1; m.lineState carries on between spans. */
function findEmptyLine(m: Message, b: Uint8Array, at: Offset, end: Offset): number {
  let state = m.lineState
  for (; at < end; at++) {
    const byte = b[at]
    if (byte === LF) {
      if (state !== 0) {
        m.lineState = 1
        return at + 1
      }
      state = 1
    } else if (byte === CR && state === 1) state = 2
    else state = 0
  }
  m.lineState = state
  return -1
}

/** Bytes of the message that lie before its framing's end, of `count` that passed unseen; the framing must say so by
 *  itself: a body of known length, or inside a chunk. −1: it does not. */
export function skipUnseen(m: Message, count: Bytes): Bytes {
  if (m.state === State.BODY) {
    const take = Math.min(count, m.bodyEnd - m.endOffset)
    m.endOffset += take
    if (m.endOffset === m.bodyEnd) m.state = State.DONE
    return take
  }
  if (m.state === State.CHUNK_DATA && count <= m.chunkLeft) {
    m.chunkLeft -= count
    m.contentSoFar += count
    m.endOffset += count
    if (m.chunkLeft === 0) m.state = State.CHUNK_CR
    return count
  }
  return -1
}
