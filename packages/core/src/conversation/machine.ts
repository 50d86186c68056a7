import type { Packet } from '../packet/packet.ts'
import type { Nanoseconds, PacketNumber } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { distance, Known, Trait } from './known.ts'
import {
  ACK,
  CLIENT,
  depthOf,
  EDGE,
  ENTERED_TIME,
  enter,
  FIN,
  FLAGS,
  has,
  ISN,
  isProven,
  NEXT,
  OPEN_TIME,
  type Page,
  peerOf,
  prove,
  revoke,
  SENT_TIME,
  STATE,
  SYN_ACK_TIME,
  SYN_TIME,
  stateBefore,
  WAITING_ACK_OF_FIN,
  WAITING_FIN,
  WAITING_FIN_LAST,
  WAITING_FIN_TIME,
  WAITING_RST,
  WAITING_RST_TIME,
  WAITING_SYN,
  WAITING_SYN_ACK,
} from './page.ts'
import { State } from './state.ts'

/** Two RFC 9293 §3.10 state machines driven by what one capture point saw.
 *
 *  Seen is not received: a SYN, FIN or RST waits at its receiver until a later segment of the receiver shows that it
 *  arrived (WAITING_…). A pure ACK is taken as arrived at once, but not when it stands behind a FIN of the
 *  same sender that still waits; and it is taken back when its receiver retransmits what it acknowledged.
 *  In all methods `c` is where the conversation's record begins in its page, `i` where the part of the segment's sender does
 *  and `j` that of its receiver (the same for a socket that is connected to itself). */
export class Machine {
  /** First bare ACK of an endpoint that started beyond what was captured: rare. */
  private readonly beyond = new Map<
    number,
    { packet: PacketNumber; seq: number; time: Nanoseconds; crossed: boolean }
  >()
  /** Own FINs whose meaning is open (Known.FIN_AMBIGUOUS): rare. */
  private readonly ambiguous = new Map<number, { packet: PacketNumber; ack: number; time: Nanoseconds }>()

  /** A segment without RST. The sequence numbers (NEXT, EDGE, FIN …) of `i` already include it; `freshFin` says that its
   *  FIN was not seen before, `finInOrder` that the in-order edge has just passed i's FIN, and `exact` that the segment
   *  starts where i's last one ended and acknowledges nothing unseen: only then does it prove a state. */
  segment(
    page: Page,
    c: number,
    i: number,
    j: number,
    p: Packet,
    freshFin: boolean,
    finInOrder: boolean,
    exact: boolean,
  ): void {
    const { words: w } = page
    const flags = p.flags
    if (has(w, c, Trait.MID_STREAM) && depthOf(w, i) === 0) this.assumeEstablished(page, i, j, p.time)
    if ((flags & Flag.ACK) !== 0) this.proveReceived(page, c, i, j, p, exact)
    if ((flags & Flag.SYN) !== 0) this.sendSyn(page, c, i, j, p)
    else if (p.payloadBytes > 0 || (flags & Flag.FIN) !== 0) this.sendDataOrFin(page, c, i, j, p, freshFin, exact)
    if ((flags & Flag.ACK) !== 0) this.acknowledge(page, i, j, p)
    if (finInOrder || ((flags & Flag.FIN) !== 0 && !freshFin && distance(w[i + EDGE], w[i + FIN]) > 0))
      this.queueFin(page, i, j, p)
  }

  /** A bare ACK starts beyond what its sender was seen to send: if a FIN turns up just below it, that FIN had left before. */
  noteBeyond(page: Page, c: number, i: number, p: Packet, isDuplicateReport: boolean): void {
    const { words: w } = page
    const j = peerOf(c, i)
    const coversFin = has(w, j, Known.FIN) && distance(p.ack, w[j + FIN]) > 0
    // With a DSACK, or after a repeated FIN, it answers the repetition: its own FIN may have left in between.
    const crossed = coversFin && !isDuplicateReport && w[i + WAITING_FIN] === w[i + WAITING_FIN_LAST]
    if (!this.beyond.has(page.base + i))
      this.beyond.set(page.base + i, { packet: p.number, seq: p.seq, time: p.time, crossed })
  }

  /** Whether noteBeyond() has noted something of the endpoint. */
  isBeyond(page: Page, i: number): boolean {
    return this.beyond.size !== 0 && this.beyond.has(page.base + i)
  }

  /** i's FIN turned up: true if a bare ACK behind it shows that it had left before the peer's FIN arrived. */
  private crossedUnseen(page: Page, i: number): boolean {
    const { words: w } = page
    const ack = this.beyond.size === 0 ? undefined : this.beyond.get(page.base + i)
    if (ack === undefined || !ack.crossed || distance(ack.seq, w[i + FIN]) !== 1 || w[i + STATE] !== State.CLOSE_WAIT)
      return false
    revoke(w, i)
    enter(page, i, State.FIN_WAIT_1, ack.packet, false, ack.time)
    enter(page, i, State.CLOSING, ack.packet, false, ack.time)
    return true
  }

  /** What the acknowledgement number says that the sender has received. */
  private proveReceived(page: Page, c: number, i: number, j: number, p: Packet, exact: boolean): void {
    const { words: w } = page
    const n = p.number
    const time = p.time
    if ((p.flags & Flag.SYN) !== 0) {
      if (w[i + STATE] === State.SYN_SENT) {
        // A SYN-ACK after its own SYN: the peer's bare SYN arrived (RFC 9293 §3.5, simultaneous open).
        w[c + FLAGS] |= Trait.SIMULTANEOUS_OPEN
        this.enterReceived(page, i, State.SYN_RCVD, w[i + WAITING_SYN], n, true, time)
        w[i + WAITING_SYN] = 0
        if (w[i + WAITING_SYN_ACK] !== 0 && i !== j) {
          enter(page, i, State.ESTABLISHED, w[i + WAITING_SYN_ACK], false, time)
          w[i + WAITING_SYN_ACK] = 0
        }
      } else if (w[i + STATE] === State.UNKNOWN) {
        this.enterReceived(page, i, State.SYN_RCVD, w[i + WAITING_SYN], n, true, time)
        w[i + WAITING_SYN] = 0
      }
      return
    }
    if (w[i + STATE] === State.SYN_SENT && this.acknowledgesSyn(page, j, p.ack)) {
      if (w[i + WAITING_SYN] !== 0 && w[i + WAITING_SYN_ACK] === 0) {
        this.enterReceived(page, i, State.SYN_RCVD, w[i + WAITING_SYN], n, true, time)
        w[i + WAITING_SYN] = 0
      } else {
        this.enterReceived(page, i, State.ESTABLISHED, w[i + WAITING_SYN_ACK], n, exact, time)
        w[i + WAITING_SYN_ACK] = 0
      }
    }
    if (has(w, j, Known.FIN) && distance(p.ack, w[j + FIN]) > 0 && distance(p.ack, w[j + FIN]) < 0x10000)
      this.receiveFin(page, c, i, j, n, exact, time)
  }

  /** True when an acknowledgement number can only come from an endpoint that has the peer's SYN. */
  private acknowledgesSyn(page: Page, j: number, ack: number): boolean {
    const { words: w } = page
    return !has(w, j, Known.ISN) || distance(ack, w[j + ISN]) > 0
  }

  private sendSyn(page: Page, c: number, i: number, j: number, p: Packet): void {
    const { words: w, times: t } = page
    const n = p.number
    if ((p.flags & Flag.ACK) === 0) {
      if (w[i + STATE] === State.UNKNOWN) enter(page, i, State.SYN_SENT, n, true, p.time)
      else if (w[i + WAITING_SYN_ACK] !== 0) w[i + FLAGS] |= Known.SYN_ACK_LOST
      w[j + WAITING_SYN] = n
      return
    }
    // Repeated although the third ACK was captured long enough ago: it did not get through (or the accept queue was
    // full), so the server never left SYN_RCVD.
    if (
      w[i + STATE] === State.ESTABLISHED &&
      !isProven(w, i) &&
      depthOf(w, i) > 1 &&
      this.isLate(page, c, t[(i + ENTERED_TIME) >> 1], p.time)
    )
      revoke(w, i)
    // The SYN itself was not captured, but this answers one.
    if (w[j + STATE] === State.UNKNOWN && depthOf(w, j) === 0) enter(page, j, State.SYN_SENT, n, false, p.time)
    if (w[j + STATE] === State.SYN_SENT) {
      if (w[j + WAITING_SYN_ACK] !== 0) w[j + FLAGS] |= Known.SYN_ACK_LOST
      w[j + WAITING_SYN_ACK] = n
    }
  }

  private sendDataOrFin(
    page: Page,
    c: number,
    i: number,
    j: number,
    p: Packet,
    freshFin: boolean,
    exact: boolean,
  ): void {
    const { words: w } = page
    const n = p.number
    if (
      depthOf(w, i) === 0 &&
      w[j + STATE] === State.SYN_SENT &&
      (p.flags & Flag.ACK) !== 0 &&
      !has(w, j, Known.FAST_OPEN)
    ) {
      // It answers the SYN with data: the rest of the handshake went unseen.
      enter(page, i, State.SYN_RCVD, w[i + WAITING_SYN] || n, false, p.time)
      w[i + WAITING_SYN] = 0
      enter(page, i, State.ESTABLISHED, n, false, p.time)
      enter(page, j, State.ESTABLISHED, n, false, p.time)
    }
    if (w[i + STATE] === State.SYN_RCVD && !has(w, j, Known.FAST_OPEN)) {
      // Only an established socket can be written to: the acknowledgement of its SYN got there unseen, and so had the
      // SYN-ACK reached the peer. (A fast-open server may answer from SYN_RCVD, RFC 7413 §4.2.)
      this.receiveSynAck(page, j, p.time)
      enter(page, i, State.ESTABLISHED, n, exact, p.time)
    } else if (w[i + STATE] === State.ESTABLISHED && exact) {
      if (!has(w, j, Known.FAST_OPEN)) prove(page, i, n)
    }
    if ((p.flags & Flag.FIN) === 0) return
    if (!freshFin) {
      this.repeatFin(page, c, i, p)
      return
    }
    if (this.crossedUnseen(page, i)) {
      w[c + FLAGS] |= Trait.SIMULTANEOUS_CLOSE
      return
    }
    const state = w[i + STATE]
    if (state === State.CLOSE_WAIT) enter(page, i, State.LAST_ACK, n, true, p.time)
    else if (state === State.ESTABLISHED) {
      // An acknowledgement beyond what the peer was seen to send may cover an unseen FIN: FIN_WAIT_1 or LAST_ACK.
      if ((p.flags & Flag.ACK) !== 0 && this.mayCoverUnseenFin(page, j, p.ack)) {
        w[i + FLAGS] |= Known.FIN_AMBIGUOUS
        w[i + STATE] = State.UNKNOWN
        this.ambiguous.set(page.base + i, { packet: n, ack: p.ack, time: p.time })
      } else enter(page, i, State.FIN_WAIT_1, n, true, p.time)
    }
  }

  /** Mid-stream: once each side has sent new data, neither had closed before the capture began. */
  private assumeEstablished(page: Page, i: number, j: number, time: Nanoseconds): void {
    const { words: w } = page
    if (!has(w, i, Known.DATA) || !has(w, j, Known.DATA) || has(w, i, Known.FIN) || has(w, j, Known.FIN)) return
    if (depthOf(w, i) === 0) enter(page, i, State.ESTABLISHED, 0, false, time)
    if (depthOf(w, j) === 0) enter(page, j, State.ESTABLISHED, 0, false, time)
  }

  private mayCoverUnseenFin(page: Page, j: number, ack: number): boolean {
    const { words: w } = page
    if (has(w, j, Known.FIN)) return false
    return !has(w, j, Known.SEQUENCE) || has(w, j, Known.UNSEEN) || distance(ack, w[j + NEXT]) > 0
  }

  /** A FIN sent again was not acknowledged: what its acknowledgement was thought to have caused is taken back. */
  private repeatFin(page: Page, c: number, i: number, p: Packet): void {
    const { words: w, times: t } = page
    if (w[i + WAITING_ACK_OF_FIN] !== 0 && w[i + WAITING_ACK_OF_FIN] < p.number) w[i + WAITING_ACK_OF_FIN] = 0
    if (isProven(w, i) || !this.isLate(page, c, t[(i + ENTERED_TIME) >> 1], p.time)) return
    const state = w[i + STATE]
    const before = stateBefore(w, i, 1)
    if (
      state === State.FIN_WAIT_2 ||
      (state === State.TIME_WAIT && before === State.CLOSING) ||
      (state === State.CLOSED && before === State.LAST_ACK)
    )
      revoke(w, i)
  }

  /** What the segment's acknowledgement does to its receiver, if it arrives. */
  private acknowledge(page: Page, i: number, j: number, p: Packet): void {
    const { words: w } = page
    const n = p.number
    const state = w[j + STATE]
    if (state === State.SYN_RCVD) {
      if (this.acknowledgesSyn(page, j, p.ack)) enter(page, j, State.ESTABLISHED, n, false, p.time)
      return
    }
    if (
      state === State.UNKNOWN &&
      !has(w, j, Known.FIN_AMBIGUOUS) &&
      w[j + WAITING_SYN] !== 0 &&
      (p.flags & Flag.SYN) === 0 &&
      w[i + STATE] === State.ESTABLISHED
    ) {
      // The peer's side was not captured, but its SYN-ACK must have come: this side acknowledges it.
      enter(page, j, State.SYN_RCVD, w[j + WAITING_SYN], false, p.time)
      w[j + WAITING_SYN] = 0
      enter(page, j, State.ESTABLISHED, n, false, p.time)
      return
    }
    if (!has(w, j, Known.FIN) || distance(p.ack, w[j + FIN]) <= 0) return
    if (state === State.FIN_WAIT_1) {
      if ((p.flags & Flag.FIN) !== 0) return // decided when the FIN is known to have arrived
      if (w[j + WAITING_FIN] !== 0) {
        if (w[j + WAITING_ACK_OF_FIN] === 0) w[j + WAITING_ACK_OF_FIN] = n
      } else enter(page, j, State.FIN_WAIT_2, n, false, p.time)
    } else if (state === State.CLOSING) enter(page, j, State.TIME_WAIT, n, false, p.time)
    else if (state === State.LAST_ACK) enter(page, j, State.CLOSED, n, false, p.time)
  }

  private queueFin(page: Page, i: number, j: number, p: Packet): void {
    const { words: w, times: t } = page
    const state = w[j + STATE]
    if (
      state === State.CLOSE_WAIT ||
      state === State.LAST_ACK ||
      state === State.CLOSING ||
      state === State.TIME_WAIT ||
      state === State.CLOSED
    )
      return
    const covers = (p.flags & Flag.ACK) !== 0 && has(w, j, Known.FIN) && distance(p.ack, w[j + FIN]) > 0
    if (w[j + WAITING_FIN] === 0) {
      w[j + WAITING_FIN] = p.number
      if (covers) w[j + FLAGS] |= Known.FIRST_COVERS
      else w[j + FLAGS] &= ~Known.FIRST_COVERS
    }
    w[j + WAITING_FIN_LAST] = p.number
    t[(j + WAITING_FIN_TIME) >> 1] = p.time
    if (covers) w[j + FLAGS] |= Known.LAST_COVERS
    else w[j + FLAGS] &= ~Known.LAST_COVERS
    // A FIN from the other side resolves what its own FIN meant: this one was sent after it, so it was the first.
    this.resolveFin(page, i, j)
  }

  /** The peer's FIN has been seen: it tells whether j's own, earlier FIN answered it. */
  private resolveFin(page: Page, i: number, j: number): void {
    const { words: w } = page
    const own = this.ambiguous.size === 0 ? undefined : this.ambiguous.get(page.base + j)
    if (own === undefined) return
    this.forget(page, j)
    w[j + STATE] = State.ESTABLISHED
    if (distance(own.ack, w[i + FIN]) > 0) {
      enter(page, j, State.CLOSE_WAIT, own.packet, true, own.time)
      enter(page, j, State.LAST_ACK, own.packet, true, own.time)
    } else enter(page, j, State.FIN_WAIT_1, own.packet, true, own.time)
  }

  /** Drops what is kept of an endpoint beside its record. */
  forget(page: Page, i: number): void {
    // Both are empty nearly always, and asking for the size is 10 times as fast as to look an endpoint up.
    if (this.beyond.size !== 0) this.beyond.delete(page.base + i)
    if (this.ambiguous.size !== 0 && this.ambiguous.delete(page.base + i)) page.words[i + FLAGS] &= ~Known.FIN_AMBIGUOUS
  }

  /** The peer's FIN is known to have reached `i`: n, sent at `time`, acknowledges it. */
  private receiveFin(
    page: Page,
    c: number,
    i: number,
    j: number,
    n: PacketNumber,
    exact: boolean,
    time: Nanoseconds,
  ): void {
    const { words: w, times: t } = page
    const state = w[i + STATE]
    if (
      state !== State.ESTABLISHED &&
      state !== State.FIN_WAIT_1 &&
      state !== State.FIN_WAIT_2 &&
      state !== State.SYN_RCVD
    ) {
      if (state === State.TIME_WAIT || state === State.CLOSING || state === State.CLOSE_WAIT) {
        if (exact) prove(page, i, n)
      }
      return
    }
    // Of several copies the newest that can have had time to arrive caused it.
    const last = w[i + WAITING_FIN_LAST] !== 0 && time - t[(i + WAITING_FIN_TIME) >> 1] >= this.halfRoundTrip(page, c)
    this.takeFin(page, i, n, last, time)
    if (exact) prove(page, i, n)
    if (w[i + WAITING_ACK_OF_FIN] !== 0) {
      if (w[i + STATE] === State.CLOSING) enter(page, i, State.TIME_WAIT, w[i + WAITING_ACK_OF_FIN], false, time)
      w[i + WAITING_ACK_OF_FIN] = 0
    }
    this.receiveSynAck(page, j, time)
  }

  /** Moves `i` by the waiting FIN; `n` stands in where the FIN itself was not captured. */
  private takeFin(page: Page, i: number, n: PacketNumber, last: boolean, time: Nanoseconds): void {
    const { words: w } = page
    const packet = (last ? w[i + WAITING_FIN_LAST] : w[i + WAITING_FIN]) || n
    const covers = has(w, i, last ? Known.LAST_COVERS : Known.FIRST_COVERS)
    w[i + WAITING_FIN] = 0
    w[i + WAITING_FIN_LAST] = 0
    if (w[i + STATE] === State.SYN_RCVD) enter(page, i, State.ESTABLISHED, packet, false, time)
    if (w[i + STATE] === State.FIN_WAIT_1) {
      if (w[i + WAITING_ACK_OF_FIN] !== 0 && w[i + WAITING_ACK_OF_FIN] < packet) {
        enter(page, i, State.FIN_WAIT_2, w[i + WAITING_ACK_OF_FIN], false, time)
        w[i + WAITING_ACK_OF_FIN] = 0
      } else if (covers) enter(page, i, State.FIN_WAIT_2, packet, false, time)
    }
    if (w[i + STATE] === State.ESTABLISHED) enter(page, i, State.CLOSE_WAIT, packet, false, time)
    else if (w[i + STATE] === State.FIN_WAIT_1) enter(page, i, State.CLOSING, packet, false, time)
    else if (w[i + STATE] === State.FIN_WAIT_2) enter(page, i, State.TIME_WAIT, packet, false, time)
  }

  private receiveSynAck(page: Page, k: number, time: Nanoseconds): void {
    const { words: w } = page
    if (w[k + STATE] === State.SYN_SENT && w[k + WAITING_SYN_ACK] !== 0) {
      enter(page, k, State.ESTABLISHED, w[k + WAITING_SYN_ACK], false, time)
      w[k + WAITING_SYN_ACK] = 0
    }
  }

  /** A segment with RST. It is no evidence that its sender received anything (rule 4 of the inference notes): a host
   *  without a socket sends it too. Returns whether it ends the connection. */
  reset(page: Page, c: number, i: number, j: number, p: Packet): boolean {
    const { words: w, times: t } = page
    const n = p.number
    const withAck = (p.flags & Flag.ACK) !== 0
    const state = w[i + STATE]
    if (state === State.SYN_SENT && has(w, i, Known.ISN) && !withAck && distance(p.seq, w[i + ISN]) !== 1) return false
    if (
      withAck &&
      (state === State.ESTABLISHED || state === State.FIN_WAIT_1 || state === State.FIN_WAIT_2) &&
      has(w, j, Known.FIN) &&
      w[i + WAITING_FIN] !== 0 &&
      distance(p.ack, w[j + FIN]) === 1 &&
      p.seq === w[i + NEXT]
    ) {
      // A live socket aborts: Linux puts RCV.NXT into the ACK field, so it had the FIN.
      this.receiveFin(page, c, i, j, n, true, p.time)
    }
    if (withAck && state === State.SYN_SENT && w[i + WAITING_SYN_ACK] !== 0 && this.acknowledgesSyn(page, j, p.ack)) {
      // What answers a segment that carries ACK has none itself: a live socket aborts, and it had the SYN-ACK.
      this.receiveSynAck(page, i, p.time)
    }
    if (
      withAck &&
      state === State.FIN_WAIT_2 &&
      !isProven(w, i) &&
      p.time - t[(i + ENTERED_TIME) >> 1] < this.answerTime(page, c, i)
    ) {
      // A live socket aborts (an answer to what came would have no ACK), before the acknowledgement of its FIN got there.
      revoke(w, i)
    }
    if (
      state === State.ESTABLISHED &&
      !isProven(w, i) &&
      depthOf(w, i) > 1 &&
      !withAck &&
      has(w, i, Known.ISN) &&
      distance(p.seq, w[i + ISN]) === 1 &&
      distance(w[i + ACK], w[j + ISN]) <= 1
    ) {
      // Without ACK, at ISS+1, and nothing but the SYN acknowledged before: no socket was ever made of the request.
      revoke(w, i)
    }
    this.dropWaiting(page, i)
    const isEmbryonic = w[i + STATE] === State.SYN_RCVD && !has(w, c, Trait.SIMULTANEOUS_OPEN)
    if (isEmbryonic && withAck) {
      // With ACK it comes from a socket: the third ACK had arrived, though nobody captured it.
      this.receiveSynAck(page, j, p.time)
      enter(page, i, State.ESTABLISHED, n, false, p.time)
    }
    if (isEmbryonic && !withAck) enter(page, i, State.LISTEN, n, true, p.time)
    else if (w[i + STATE] !== State.CLOSED && w[i + STATE] !== State.LISTEN && depthOf(w, i) > 0)
      enter(page, i, State.CLOSED, n, true, p.time)
    if (i === j) return true
    if (w[j + WAITING_RST] === 0 && this.isAcceptable(page, i, j, p)) {
      w[j + WAITING_RST] = n
      t[(j + WAITING_RST_TIME) >> 1] = p.time
    }
    return true
  }

  /** RFC 9293 §3.10.7: in SYN_SENT a reset must acknowledge the SYN; later it must lie in the window. */
  private isAcceptable(page: Page, i: number, j: number, p: Packet): boolean {
    const { words: w } = page
    if (w[j + STATE] === State.SYN_SENT && w[j + WAITING_SYN_ACK] === 0)
      return (p.flags & Flag.ACK) !== 0 && distance(p.ack, w[j + ISN]) > 0
    if (!has(w, i, Known.SEQUENCE)) return true
    // Beyond all that its sender was seen to send: a receiver that follows RFC 5961 §3.2 answers with a challenge ACK.
    if (distance(p.seq, w[i + NEXT]) > 0 && !has(w, i, Known.UNSEEN)) return false
    const ahead = distance(p.seq, w[j + ACK])
    return p.seq === w[i + NEXT] || p.seq === w[i + EDGE] || (ahead >= 0 && ahead < 0x40000000)
  }

  /** `i` sends something that is no reset: a waiting RST that it should have had by now was lost. */
  outlive(page: Page, c: number, i: number, time: Nanoseconds): void {
    const { words: w, times: t } = page
    if (w[i + WAITING_RST] !== 0 && this.isLate(page, c, t[(i + WAITING_RST_TIME) >> 1], time)) w[i + WAITING_RST] = 0
  }

  /** `i` goes on after a RST in its name: it was forged, or answered something stale. True when it was taken back. */
  survive(page: Page, c: number, i: number, time: Nanoseconds): boolean {
    const { words: w, times: t } = page
    if (w[i + STATE] !== State.CLOSED || !isProven(w, i) || !this.isLate(page, c, t[(i + ENTERED_TIME) >> 1], time))
      return false
    revoke(w, i)
    return true
  }

  /** Its 4-tuple was used for a new connection (or an ICMP error ended the attempt): the old socket is gone. */
  vanish(page: Page, c: number, i: number, packet: PacketNumber, time: Nanoseconds): void {
    const { words: w } = page
    if (w[i + WAITING_RST] !== 0) this.settle(page, c, i, time)
    this.dropWaiting(page, i)
    const state = w[i + STATE]
    if (depthOf(w, i) > 0 && state !== State.CLOSED && state !== State.LISTEN)
      enter(page, i, State.CLOSED, packet, false, time)
  }

  /** The conversation is over, or the capture: what still waits is taken as arrived where nothing contradicts it. */
  settle(page: Page, c: number, i: number, time: Nanoseconds): void {
    const { words: w, times: t } = page
    // Sent twice and never answered, or followed by what does not acknowledge it: it did not arrive. And what it does to
    // an endpoint whose own FIN may have gone unseen cannot be told.
    const finArrived =
      w[i + WAITING_FIN] !== 0 &&
      w[i + WAITING_FIN] === w[i + WAITING_FIN_LAST] &&
      !this.mayHaveClosedUnseen(page, i) &&
      !this.isLate(page, c, t[(i + WAITING_FIN_TIME) >> 1], t[(i + SENT_TIME) >> 1])
    const rst = w[i + WAITING_RST]
    if (!has(w, i, Known.SYN_ACK_LOST)) this.receiveSynAck(page, i, time)
    if (finArrived && (rst === 0 || w[i + WAITING_FIN] < rst)) this.takeFin(page, i, w[i + WAITING_FIN], false, time)
    if (rst !== 0) {
      if (w[i + STATE] === State.SYN_RCVD) enter(page, i, State.LISTEN, rst, false, time)
      else if (depthOf(w, i) > 0 && w[i + STATE] !== State.CLOSED) enter(page, i, State.CLOSED, rst, false, time)
    } else if (w[i + WAITING_ACK_OF_FIN] !== 0) {
      if (w[i + STATE] === State.CLOSING) enter(page, i, State.TIME_WAIT, w[i + WAITING_ACK_OF_FIN], false, time)
      else if (w[i + STATE] === State.FIN_WAIT_1 && w[i + WAITING_FIN] === w[i + WAITING_FIN_LAST])
        enter(page, i, State.FIN_WAIT_2, w[i + WAITING_ACK_OF_FIN], false, time)
    }
    this.dropWaiting(page, i)
  }

  /** The state that `i` is in if everything that waits arrives: what a reader of the packet so far would say. */
  likelyState(page: Page, i: number): number {
    const { words: w } = page
    let state: number = w[i + STATE]
    if (w[i + WAITING_RST] !== 0 && state !== State.UNKNOWN)
      return state === State.SYN_RCVD ? State.LISTEN : State.CLOSED
    if (state === State.UNKNOWN && w[i + WAITING_SYN] !== 0) return State.SYN_RCVD
    if (state === State.SYN_SENT && w[i + WAITING_SYN_ACK] !== 0) state = State.ESTABLISHED
    else if (state === State.SYN_SENT && w[i + WAITING_SYN] !== 0) state = State.SYN_RCVD
    if (w[i + WAITING_FIN] !== 0) {
      if (this.mayHaveClosedUnseen(page, i)) return State.UNKNOWN
      if (state === State.ESTABLISHED) return State.CLOSE_WAIT
      if (state === State.FIN_WAIT_2) return State.TIME_WAIT
      if (state === State.FIN_WAIT_1)
        return has(w, i, Known.LAST_COVERS) || w[i + WAITING_ACK_OF_FIN] !== 0 ? State.TIME_WAIT : State.CLOSING
    }
    return state
  }

  private mayHaveClosedUnseen(page: Page, i: number): boolean {
    return has(page.words, i, Known.UNSEEN) && !has(page.words, i, Known.FIN)
  }

  private dropWaiting(page: Page, i: number): void {
    const { words: w } = page
    w[i + WAITING_SYN] = 0
    w[i + WAITING_SYN_ACK] = 0
    w[i + WAITING_FIN] = 0
    w[i + WAITING_FIN_LAST] = 0
    w[i + WAITING_ACK_OF_FIN] = 0
    w[i + WAITING_RST] = 0
  }

  /** Enters a state by `cause`, which arrived unseen (0) or is shown to have arrived by `proof`. */
  private enterReceived(
    page: Page,
    i: number,
    state: number,
    cause: PacketNumber,
    proof: PacketNumber,
    exact: boolean,
    time: Nanoseconds,
  ): void {
    if (cause === 0) enter(page, i, state, proof, exact, time)
    else {
      enter(page, i, state, cause, false, time)
      if (exact) prove(page, i, proof)
    }
  }

  /** Whether `now` is so long after `then` that its sender should have heard of it: one round trip. */
  private isLate(page: Page, c: number, then: Nanoseconds, now: Nanoseconds): boolean {
    const roundTrip = this.roundTrip(page, c)
    return now - then > (roundTrip < 0 ? 100e6 : roundTrip * 1.1)
  }

  /** How long the endpoint takes to answer, at the capture point: its half of the handshake; 0 = unknown. */
  private answerTime(page: Page, c: number, i: number): Nanoseconds {
    const { times: t } = page
    if (t[(c + OPEN_TIME) >> 1] === 0 || t[(c + SYN_TIME) >> 1] === 0) return 0
    return i - c === CLIENT
      ? t[(c + OPEN_TIME) >> 1] - t[(c + SYN_ACK_TIME) >> 1]
      : t[(c + SYN_ACK_TIME) >> 1] - t[(c + SYN_TIME) >> 1]
  }

  private halfRoundTrip(page: Page, c: number): Nanoseconds {
    return Math.max(0, this.roundTrip(page, c)) / 2
  }

  private roundTrip(page: Page, c: number): Nanoseconds {
    const { times: t } = page
    return t[(c + OPEN_TIME) >> 1] === 0 || t[(c + SYN_TIME) >> 1] === 0
      ? -1
      : t[(c + OPEN_TIME) >> 1] - t[(c + SYN_TIME) >> 1]
  }
}
