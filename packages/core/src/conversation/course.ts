/** What is noted of a conversation's beginning and end when a segment moves it. In all functions `c` is where its record
 *  begins in the page, `i` and `j` where the parts of the segment's sender and receiver do. */
import type { Packet } from '../packet/packet.ts'
import { Flag } from '../wire/tcp.ts'
import { readOptions, TcpOptions } from '../wire/tcp-options.ts'
import { distance, Known, Trait } from './known.ts'
import {
  ACK,
  CLOSE_TIME,
  FIN,
  FIN_PACKET,
  FLAGS,
  has,
  ISN,
  MSS,
  NEXT,
  OPEN_TIME,
  type Page,
  SCALE,
  SYN_ACK_TIME,
  SYN_TIME,
} from './page.ts'
import { noteDelay } from './sequence.ts'
import { Side } from './stream.ts'

const options = new TcpOptions()

/** What the options of a segment with SYN say of its sender. */
export function noteSynOptions(page: Page, i: number, p: Packet): void {
  const { words: w } = page
  readOptions(p.bytes, p.transportAt, Math.min(p.payloadAt, p.end), options)
  if (options.mss >= 0) w[i + MSS] = options.mss
  if (options.windowScale >= 0) {
    if (page.history) w[i + SCALE] = Math.min(options.windowScale, 14)
    w[i + FLAGS] |= Known.SCALE
  } else w[i + FLAGS] &= ~Known.SCALE
  if (options.sackPermitted) w[i + FLAGS] |= Known.SACK
  if (options.hasTimestamps) w[i + FLAGS] |= Known.TIMESTAMPS
}

/** Times of the handshake, for round trip and vantage. */
export function noteOpening(page: Page, c: number, side: Side, i: number, j: number, p: Packet): void {
  const { words: w, times: t } = page
  const syn = p.flags & (Flag.SYN | Flag.ACK)
  if (syn === Flag.SYN) {
    if (side === Side.CLIENT && t[(c + SYN_ACK_TIME) >> 1] === 0) t[(c + SYN_TIME) >> 1] = p.time + 1
  } else if (syn === (Flag.SYN | Flag.ACK)) {
    if (side === Side.SERVER && t[(c + SYN_TIME) >> 1] !== 0) t[(c + SYN_ACK_TIME) >> 1] = p.time + 1
  } else if (
    side === Side.CLIENT &&
    t[(c + SYN_ACK_TIME) >> 1] !== 0 &&
    has(w, j, Known.ISN) &&
    distance(p.ack, w[j + ISN]) > 0 &&
    has(w, i, Known.SYN)
  ) {
    t[(c + OPEN_TIME) >> 1] = p.time + 1
    w[c + FLAGS] |= Trait.HANDSHAKE
    noteDelay(page, j, t[(c + SYN_ACK_TIME) >> 1] - t[(c + SYN_TIME) >> 1])
    noteDelay(page, i, t[(c + OPEN_TIME) >> 1] - t[(c + SYN_ACK_TIME) >> 1])
  }
}

/** Who sent the first FIN: decided once, and whether the other's FIN left before it had arrived. */
export function noteClosing(page: Page, c: number, side: Side, i: number, j: number, p: Packet): void {
  const { words: w, times: t } = page
  w[i + FIN_PACKET] = p.number
  const beyond = distance(p.ack, w[j + NEXT])
  if (!has(w, c, Trait.CLOSING)) {
    w[c + FLAGS] |= Trait.CLOSING
    t[(c + CLOSE_TIME) >> 1] = p.time
    let bySide: Side = side
    if (has(w, i, Known.FIN_AMBIGUOUS) || (beyond > 0 && i !== j)) {
      // It acknowledges what was not captured. One number beyond all that its side acknowledged before is the
      // peer's FIN; more may be data, a FIN, or both.
      if (beyond === 1 || distance(p.ack, w[i + ACK]) === 1) bySide = (side ^ 1) as Side
      else w[c + FLAGS] |= Trait.CLOSER_UNKNOWN
    } else if (has(w, c, Trait.MID_STREAM) && !has(w, j, Known.DATA) && i !== j) {
      // The peer may have closed before the capture began: it was not seen to send anything since.
      w[c + FLAGS] |= Trait.CLOSER_UNKNOWN
    }
    if (bySide === Side.SERVER) w[c + FLAGS] |= Trait.CLOSED_BY_SERVER
  } else if (i !== j && has(w, j, Known.FIN) && (p.flags & Flag.ACK) !== 0) {
    if (distance(p.ack, w[j + FIN]) <= 0) w[c + FLAGS] |= Trait.SIMULTANEOUS_CLOSE
    // What the first one had acknowledged until now leaves this FIN out: it left later.
    if (distance(w[j + ACK], w[i + FIN]) <= 0) w[c + FLAGS] &= ~Trait.CLOSER_UNKNOWN
  }
}

/** Payload from the other side, beyond all that the first FIN's sender had acknowledged: no FIN came before it. Or that
 *  direction is not captured, but after its own FIN this side acknowledges exactly one number more: that is the peer's
 *  FIN, which came second. */
export function resolveCloser(page: Page, c: number, side: Side, i: number, j: number, p: Packet): void {
  const { words: w } = page
  const bySide = has(w, c, Trait.CLOSED_BY_SERVER) ? Side.SERVER : Side.CLIENT
  const isSecondFin = side === bySide && !has(w, j, Known.FIN) && distance(p.ack, w[i + ACK]) === 1
  const isStillSending = side !== bySide && p.payloadBytes > 0 && distance(p.seq, w[j + ACK]) >= 0
  if (isSecondFin || isStillSending) w[c + FLAGS] &= ~Trait.CLOSER_UNKNOWN
}
