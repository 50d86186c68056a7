/** Puts fragmented IPv4 (RFC 791 §3.2, RFC 815) and IPv6 (RFC 8200 §4.5) datagrams together again.
 *
 *  Memory is bounded whatever arrives: so many datagrams wait at most, so many bytes in all, so many pieces each,
 *  and none longer than 30 s of capture time; the oldest goes first. */
import { internetChecksum } from '../bytes/checksum.ts'
import type { Nanoseconds, Offset } from '../units.ts'
import * as ipv4 from '../wire/ipv4.ts'
import * as ipv6 from '../wire/ipv6.ts'

/** One fragment as dissect() found it. Offsets are into `bytes`. */
export class Fragment {
  bytes: Uint8Array = new Uint8Array(0)
  version: 4 | 6 = 4
  /** The part of the header that is repeated in each fragment: for IPv6 everything before the fragment header. */
  headerAt: Offset = 0
  headerEnd: Offset = 0
  /** IPv6: the next header field that names the fragment header. */
  namedAt: Offset = -1
  protocol = 0
  id = 0
  /** Where the data lies in the datagram's, in bytes. */
  offset = 0
  more = false
  dataAt: Offset = 0
  /** End of the data by the IP header, and of its captured part. */
  dataEnd: Offset = 0
  capturedEnd: Offset = 0
  time: Nanoseconds = 0
}

/** What add() made of a fragment. */
export const Assembly = {
  /** The datagram is not complete (or has been given up). */
  WAITING: 0,
  /** It is complete: see `assembled`, `wireEnd`, `capturedEnd`, `overlapped`. */
  COMPLETE: 1,
  /** The fragment contradicts itself or those before it: the datagram has been given up. */
  MALFORMED: 2,
} as const
export type Assembly = (typeof Assembly)[keyof typeof Assembly]

/** Data bytes [start, end) of a datagram, of which `bytes` holds the captured part. */
interface Piece {
  readonly start: number
  readonly end: number
  readonly bytes: Uint8Array
}

interface Datagram {
  readonly started: Nanoseconds
  /** Sorted by start, not overlapping. */
  readonly pieces: Piece[]
  /** Data bytes in the pieces. */
  covered: number
  /** Length of the data, known once the last fragment came, else -1. */
  total: number
  /** Largest end seen. */
  reached: number
  header: Uint8Array | null
  namedAt: number
  protocol: number
  overlapped: boolean
  /** What it counts for in the byte budget. */
  held: number
  /** Given up: what still comes of it is dropped until it times out. */
  dead: boolean
}

/** RFC 791 recommends 15 s, RFC 8200 §4.5 60 s; Linux takes 30 s for IPv4. */
const TIMEOUT: Nanoseconds = 30e9
const MAX_DATAGRAMS = 256
const MAX_BYTES = 4 << 20
const MAX_PIECES = 1024
/** What a datagram and a piece cost beside their bytes, roughly. */
const DATAGRAM_COST = 256
const PIECE_COST = 160
const MAX_IP_PAYLOAD = 65535

export class Fragments {
  /** The last completed datagram: IP header without a trace of fragmentation, then the data. Overwritten by the next. */
  assembled: Uint8Array = new Uint8Array(0)
  /** End of that datagram, and of what was captured of it without a gap. */
  wireEnd: Offset = 0
  capturedEnd: Offset = 0
  /** Two fragments claimed the same bytes; the first was kept. */
  overlapped = false

  /** In the order of first fragments: the oldest is first. */
  private readonly waiting = new Map<string, Datagram>()
  private held = 0

  /** Datagrams that wait, for tests of the bounds. */
  get pending(): number {
    return this.waiting.size
  }

  /** Bytes that waiting datagrams hold, with what their bookkeeping costs. */
  get heldBytes(): number {
    return this.held
  }

  /** Takes a fragment in; its bytes are copied. */
  add(fragment: Fragment): Assembly {
    const bytes = fragment.dataEnd - fragment.dataAt
    const end = fragment.offset + bytes
    this.dropExpired(fragment.time)
    const key = keyOf(fragment)
    let datagram = this.waiting.get(key)
    if (datagram !== undefined && Math.abs(fragment.time - datagram.started) > TIMEOUT) {
      this.forget(key, datagram)
      datagram = undefined
    }
    if (datagram === undefined) {
      datagram = newDatagram(fragment.time)
      this.waiting.set(key, datagram)
      this.hold(datagram, DATAGRAM_COST)
    }
    if (datagram.dead) return Assembly.WAITING

    // Every fragment but the last carries a multiple of eight bytes (RFC 791 §3.1, RFC 8200 §4.5); none carries nothing.
    if (bytes === 0 || end > MAX_IP_PAYLOAD || (fragment.more && bytes % 8 !== 0)) return this.giveUp(datagram)
    if (!fragment.more) {
      if (datagram.total >= 0 ? datagram.total !== end : datagram.reached > end) return this.giveUp(datagram)
      datagram.total = end
    } else if (datagram.total >= 0 && end > datagram.total) return this.giveUp(datagram)
    if (end > datagram.reached) datagram.reached = end

    if (fragment.offset === 0 && datagram.header === null) {
      datagram.header = fragment.bytes.slice(fragment.headerAt, fragment.headerEnd)
      datagram.namedAt = fragment.namedAt - fragment.headerAt
      datagram.protocol = fragment.protocol
      this.hold(datagram, datagram.header.length)
    }
    const overlapped = this.insert(datagram, fragment, end)
    // Receivers must drop such an IPv6 datagram as a whole (RFC 8200 §4.5, RFC 5722).
    if ((overlapped && fragment.version === 6) || datagram.pieces.length > MAX_PIECES) return this.giveUp(datagram)
    if (overlapped) datagram.overlapped = true

    if (datagram.covered === datagram.total && datagram.header !== null) {
      const fits = this.assemble(datagram, datagram.header, fragment.version)
      if (!fits) return this.giveUp(datagram)
      this.forget(key, datagram)
      return Assembly.COMPLETE
    }
    this.makeRoom()
    return Assembly.WAITING
  }

  /** Adds the fragment's bytes that no piece holds yet. Returns true if it overlapped one without being its copy. */
  private insert(datagram: Datagram, fragment: Fragment, end: number): boolean {
    const pieces = datagram.pieces
    let start = fragment.offset
    // Fragments mostly come in order: look from the back.
    let i = pieces.length
    while (i > 0 && pieces[i - 1].end > start) i--
    if (i < pieces.length && pieces[i].start === start && pieces[i].end === end) return false
    let overlapped = false
    while (start < end) {
      const next = i < pieces.length ? pieces[i] : null
      const until = next === null || next.start >= end ? end : next.start
      if (until > start) {
        pieces.splice(i, 0, this.cut(datagram, fragment, start, until))
        i++
      }
      if (next === null || next.start >= end) break
      overlapped = true
      start = next.end
      i++
    }
    return overlapped
  }

  private cut(datagram: Datagram, fragment: Fragment, start: number, end: number): Piece {
    const base = fragment.dataAt - fragment.offset
    const bytes = fragment.bytes.slice(base + start, Math.max(base + start, Math.min(base + end, fragment.capturedEnd)))
    datagram.covered += end - start
    this.hold(datagram, PIECE_COST + bytes.length)
    return { start, end, bytes }
  }

  /** Writes the datagram to `assembled`; false if it is larger than IP allows. */
  private assemble(datagram: Datagram, header: Uint8Array, version: 4 | 6): boolean {
    const length = header.length + datagram.total
    if ((version === 4 ? length : length - ipv6.FIXED_BYTES) > MAX_IP_PAYLOAD) return false
    if (this.assembled.length === 0) this.assembled = new Uint8Array(ipv6.FIXED_BYTES + MAX_IP_PAYLOAD)
    const out = this.assembled
    out.set(header, 0)
    if (version === 4) patchIpv4(out, header.length, length)
    else patchIpv6(out, datagram.namedAt, datagram.protocol, length - ipv6.FIXED_BYTES)
    let captured = -1
    for (const piece of datagram.pieces) {
      out.set(piece.bytes, header.length + piece.start)
      if (captured < 0 && piece.bytes.length < piece.end - piece.start) captured = piece.start + piece.bytes.length
    }
    this.wireEnd = length
    this.capturedEnd = header.length + (captured < 0 ? datagram.total : captured)
    this.overlapped = datagram.overlapped
    return true
  }

  private giveUp(datagram: Datagram): Assembly {
    datagram.dead = true
    datagram.pieces.length = 0
    datagram.header = null
    this.held -= datagram.held - DATAGRAM_COST
    datagram.held = DATAGRAM_COST
    this.makeRoom()
    return Assembly.MALFORMED
  }

  private hold(datagram: Datagram, bytes: number): void {
    datagram.held += bytes
    this.held += bytes
  }

  private forget(key: string, datagram: Datagram): void {
    this.held -= datagram.held
    this.waiting.delete(key)
  }

  private dropExpired(now: Nanoseconds): void {
    for (const [key, datagram] of this.waiting) {
      if (now - datagram.started <= TIMEOUT) return
      this.forget(key, datagram)
    }
  }

  private makeRoom(): void {
    if (this.waiting.size <= MAX_DATAGRAMS && this.held <= MAX_BYTES) return
    for (const [key, datagram] of this.waiting) {
      this.forget(key, datagram)
      if (this.waiting.size <= MAX_DATAGRAMS && this.held <= MAX_BYTES) return
    }
  }
}

function newDatagram(started: Nanoseconds): Datagram {
  return {
    started,
    pieces: [],
    covered: 0,
    total: -1,
    reached: 0,
    header: null,
    namedAt: -1,
    protocol: 0,
    overlapped: false,
    held: 0,
    dead: false,
  }
}

/** Addresses, identification and, in IPv4, the protocol (RFC 791 §2.3, RFC 8200 §4.5). */
function keyOf(fragment: Fragment): string {
  const { bytes, version, headerAt } = fragment
  const from = version === 4 ? ipv4.sourceAt(headerAt) : ipv6.sourceAt(headerAt)
  const to = from + (version === 4 ? 8 : 32)
  let key = `${version}/${version === 4 ? fragment.protocol : 0}/${fragment.id}/`
  for (let i = from; i < to; i++) key += String.fromCharCode(bytes[i])
  return key
}

/** An unfragmented header: the whole length, no fragment offset, a checksum that fits (if the old one did is lost). */
function patchIpv4(out: Uint8Array, headerBytes: number, length: number): void {
  out[ipv4.Field.TOTAL_LENGTH] = length >> 8
  out[ipv4.Field.TOTAL_LENGTH + 1] = length & 0xff
  out[ipv4.Field.FLAGS_OFFSET] = 0
  out[ipv4.Field.FLAGS_OFFSET + 1] = 0
  out[ipv4.Field.CHECKSUM] = 0
  out[ipv4.Field.CHECKSUM + 1] = 0
  const checksum = internetChecksum(out, 0, headerBytes)
  out[ipv4.Field.CHECKSUM] = checksum >> 8
  out[ipv4.Field.CHECKSUM + 1] = checksum & 0xff
}

function patchIpv6(out: Uint8Array, namedAt: Offset, protocol: number, length: number): void {
  out[ipv6.Field.PAYLOAD_LENGTH] = length >> 8
  out[ipv6.Field.PAYLOAD_LENGTH + 1] = length & 0xff
  out[namedAt] = protocol
}
