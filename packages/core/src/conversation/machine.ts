import type { Packet } from '../packet/packet.ts'
import type { Nanoseconds, PacketNumber } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { acknowledgesSyn, isLate, receiveFin, receiveSynAck } from './arrival.ts'
import { distance, Known, Trait } from './known.ts'
import {
  depthOf,
  EDGE,
  ENTERED_TIME,
  enter,
  FIN,
  FLAGS,
  has,
  isProven,
  NEXT,
  type Page,
  peerOf,
  prove,
  revoke,
  STATE,
  stateBefore,
  WAITING_ACK_OF_FIN,
  WAITING_FIN,
  WAITING_FIN_LAST,
  WAITING_FIN_TIME,
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

  /** Whether noteBeyond() has noted something of any endpoint. */
  get hasBeyond(): boolean {
    return this.beyond.size !== 0
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
    if (w[i + STATE] === State.SYN_SENT && acknowledgesSyn(page, j, p.ack)) {
      if (w[i + WAITING_SYN] !== 0 && w[i + WAITING_SYN_ACK] === 0) {
        this.enterReceived(page, i, State.SYN_RCVD, w[i + WAITING_SYN], n, true, time)
        w[i + WAITING_SYN] = 0
      } else {
        this.enterReceived(page, i, State.ESTABLISHED, w[i + WAITING_SYN_ACK], n, exact, time)
        w[i + WAITING_SYN_ACK] = 0
      }
    }
    if (has(w, j, Known.FIN) && distance(p.ack, w[j + FIN]) > 0 && distance(p.ack, w[j + FIN]) < 0x10000)
      receiveFin(page, c, i, j, n, exact, time)
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
      isLate(page, c, t[(i + ENTERED_TIME) >> 1], p.time)
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
      receiveSynAck(page, j, p.time)
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
    if (isProven(w, i) || !isLate(page, c, t[(i + ENTERED_TIME) >> 1], p.time)) return
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
      if (acknowledgesSyn(page, j, p.ack)) enter(page, j, State.ESTABLISHED, n, false, p.time)
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
}
