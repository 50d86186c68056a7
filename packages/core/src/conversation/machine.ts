import type { Packet } from '../packet/packet.ts'
import type { Nanoseconds, PacketNumber } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { type Conversations, distance, type Endpoints, Known, Trait } from './columns.ts'
import { State } from './state.ts'
import type { Slot } from './stream.ts'

/** Two RFC 9293 §3.10 state machines driven by what one capture point saw.
 *
 *  Seen is not received: a SYN, FIN or RST waits at its receiver until a later segment of the receiver shows that it
 *  arrived (`waiting…` columns). A pure ACK is taken as arrived at once, but not when it stands behind a FIN of the
 *  same sender that still waits; and it is taken back when its receiver retransmits what it acknowledged.
 *  In all methods `i` is the row of the segment's sender and `j` the row of its receiver (the same row for a socket
 *  that is connected to itself). */
export class Machine {
  private readonly endpoints: Endpoints
  private readonly conversations: Conversations
  /** First bare ACK of a row that started beyond what was captured: rare. */
  private readonly beyond = new Map<
    number,
    { packet: PacketNumber; seq: number; time: Nanoseconds; crossed: boolean }
  >()
  /** Own FINs whose meaning is open (Known.FIN_AMBIGUOUS), by row: rare. */
  private readonly ambiguous = new Map<number, { packet: PacketNumber; ack: number; time: Nanoseconds }>()

  constructor(endpoints: Endpoints, conversations: Conversations) {
    this.endpoints = endpoints
    this.conversations = conversations
  }

  /** A segment without RST. Sequence columns (next, edge, fin …) of `i` already include it; `freshFin` says that its
   *  FIN was not seen before, `finInOrder` that the in-order edge has just passed i's FIN, and `exact` that the segment
   *  starts where i's last one ended and acknowledges nothing unseen: only then does it prove a state. */
  segment(slot: Slot, i: number, j: number, p: Packet, freshFin: boolean, finInOrder: boolean, exact: boolean): void {
    const e = this.endpoints
    const flags = p.flags
    if (this.conversations.has(slot, Trait.MID_STREAM) && e.depth[i] === 0) this.assumeEstablished(i, j, p.time)
    if ((flags & Flag.ACK) !== 0) this.proveReceived(slot, i, j, p, exact)
    if ((flags & Flag.SYN) !== 0) this.sendSyn(slot, i, j, p)
    else if (p.payloadBytes > 0 || (flags & Flag.FIN) !== 0) this.sendDataOrFin(slot, i, j, p, freshFin, exact)
    if ((flags & Flag.ACK) !== 0) this.acknowledge(i, j, p)
    if (finInOrder || ((flags & Flag.FIN) !== 0 && !freshFin && distance(e.edge[i], e.fin[i]) > 0))
      this.queueFin(i, j, p)
  }

  /** A bare ACK starts beyond what its sender was seen to send: if a FIN turns up just below it, that FIN had left before. */
  noteBeyond(i: number, p: Packet, isDuplicateReport: boolean): void {
    const e = this.endpoints
    const j = i ^ 1
    const coversFin = e.has(j, Known.FIN) && distance(p.ack, e.fin[j]) > 0
    // With a DSACK, or after a repeated FIN, it answers the repetition: its own FIN may have left in between.
    const crossed = coversFin && !isDuplicateReport && e.waitingFin[i] === e.waitingFinLast[i]
    if (!this.beyond.has(i)) this.beyond.set(i, { packet: p.number, seq: p.seq, time: p.time, crossed })
  }

  /** i's FIN turned up: true if a bare ACK behind it shows that it had left before the peer's FIN arrived. */
  private crossedUnseen(i: number): boolean {
    const e = this.endpoints
    const ack = this.beyond.size === 0 ? undefined : this.beyond.get(i)
    if (ack === undefined || !ack.crossed || distance(ack.seq, e.fin[i]) !== 1 || e.state[i] !== State.CLOSE_WAIT)
      return false
    e.revoke(i)
    e.enter(i, State.FIN_WAIT_1, ack.packet, false, ack.time)
    e.enter(i, State.CLOSING, ack.packet, false, ack.time)
    return true
  }

  /** What the acknowledgement number says that the sender has received. */
  private proveReceived(slot: Slot, i: number, j: number, p: Packet, exact: boolean): void {
    const e = this.endpoints
    const n = p.number
    const time = p.time
    if ((p.flags & Flag.SYN) !== 0) {
      if (e.state[i] === State.SYN_SENT) {
        // A SYN-ACK after its own SYN: the peer's bare SYN arrived (RFC 9293 §3.5, simultaneous open).
        this.conversations.flags[slot] |= Trait.SIMULTANEOUS_OPEN
        this.enterReceived(i, State.SYN_RCVD, e.waitingSyn[i], n, true, time)
        e.waitingSyn[i] = 0
        if (e.waitingSynAck[i] !== 0 && i !== j) {
          e.enter(i, State.ESTABLISHED, e.waitingSynAck[i], false, time)
          e.waitingSynAck[i] = 0
        }
      } else if (e.state[i] === State.UNKNOWN) {
        this.enterReceived(i, State.SYN_RCVD, e.waitingSyn[i], n, true, time)
        e.waitingSyn[i] = 0
      }
      return
    }
    if (e.state[i] === State.SYN_SENT && this.acknowledgesSyn(j, p.ack)) {
      if (e.waitingSyn[i] !== 0 && e.waitingSynAck[i] === 0) {
        this.enterReceived(i, State.SYN_RCVD, e.waitingSyn[i], n, true, time)
        e.waitingSyn[i] = 0
      } else {
        this.enterReceived(i, State.ESTABLISHED, e.waitingSynAck[i], n, exact, time)
        e.waitingSynAck[i] = 0
      }
    }
    if (e.has(j, Known.FIN) && distance(p.ack, e.fin[j]) > 0 && distance(p.ack, e.fin[j]) < 0x10000)
      this.receiveFin(slot, i, j, n, exact, time)
  }

  /** True when an acknowledgement number can only come from an endpoint that has the peer's SYN. */
  private acknowledgesSyn(j: number, ack: number): boolean {
    const e = this.endpoints
    return !e.has(j, Known.ISN) || distance(ack, e.isn[j]) > 0
  }

  private sendSyn(slot: Slot, i: number, j: number, p: Packet): void {
    const e = this.endpoints
    const n = p.number
    if ((p.flags & Flag.ACK) === 0) {
      if (e.state[i] === State.UNKNOWN) e.enter(i, State.SYN_SENT, n, true, p.time)
      else if (e.waitingSynAck[i] !== 0) e.flags[i] |= Known.SYN_ACK_LOST
      e.waitingSyn[j] = n
      return
    }
    // Repeated although the third ACK was captured long enough ago: it did not get through (or the accept queue was
    // full), so the server never left SYN_RCVD.
    if (
      e.state[i] === State.ESTABLISHED &&
      !e.isProven(i) &&
      e.depth[i] > 1 &&
      this.isLate(slot, e.enteredTime[i], p.time)
    )
      e.revoke(i)
    // The SYN itself was not captured, but this answers one.
    if (e.state[j] === State.UNKNOWN && e.depth[j] === 0) e.enter(j, State.SYN_SENT, n, false, p.time)
    if (e.state[j] === State.SYN_SENT) {
      if (e.waitingSynAck[j] !== 0) e.flags[j] |= Known.SYN_ACK_LOST
      e.waitingSynAck[j] = n
    }
  }

  private sendDataOrFin(slot: Slot, i: number, j: number, p: Packet, freshFin: boolean, exact: boolean): void {
    const e = this.endpoints
    const n = p.number
    if (e.depth[i] === 0 && e.state[j] === State.SYN_SENT && (p.flags & Flag.ACK) !== 0 && !e.has(j, Known.FAST_OPEN)) {
      // It answers the SYN with data: the rest of the handshake went unseen.
      e.enter(i, State.SYN_RCVD, e.waitingSyn[i] || n, false, p.time)
      e.waitingSyn[i] = 0
      e.enter(i, State.ESTABLISHED, n, false, p.time)
      e.enter(j, State.ESTABLISHED, n, false, p.time)
    }
    if (e.state[i] === State.SYN_RCVD && !e.has(j, Known.FAST_OPEN)) {
      // Only an established socket can be written to: the acknowledgement of its SYN got there unseen, and so had the
      // SYN-ACK reached the peer. (A fast-open server may answer from SYN_RCVD, RFC 7413 §4.2.)
      this.receiveSynAck(j, p.time)
      e.enter(i, State.ESTABLISHED, n, exact, p.time)
    } else if (e.state[i] === State.ESTABLISHED && exact) {
      if (!e.has(j, Known.FAST_OPEN)) e.prove(i, n)
    }
    if ((p.flags & Flag.FIN) === 0) return
    if (!freshFin) {
      this.repeatFin(slot, i, p)
      return
    }
    if (this.crossedUnseen(i)) {
      this.conversations.flags[slot] |= Trait.SIMULTANEOUS_CLOSE
      return
    }
    const state = e.state[i]
    if (state === State.CLOSE_WAIT) e.enter(i, State.LAST_ACK, n, true, p.time)
    else if (state === State.ESTABLISHED) {
      // An acknowledgement beyond what the peer was seen to send may cover an unseen FIN: FIN_WAIT_1 or LAST_ACK.
      if ((p.flags & Flag.ACK) !== 0 && this.mayCoverUnseenFin(j, p.ack)) {
        e.flags[i] |= Known.FIN_AMBIGUOUS
        e.state[i] = State.UNKNOWN
        this.ambiguous.set(i, { packet: n, ack: p.ack, time: p.time })
      } else e.enter(i, State.FIN_WAIT_1, n, true, p.time)
    }
  }

  /** Mid-stream: once each side has sent new data, neither had closed before the capture began. */
  private assumeEstablished(i: number, j: number, time: Nanoseconds): void {
    const e = this.endpoints
    if (!e.has(i, Known.DATA) || !e.has(j, Known.DATA) || e.has(i, Known.FIN) || e.has(j, Known.FIN)) return
    if (e.depth[i] === 0) e.enter(i, State.ESTABLISHED, 0, false, time)
    if (e.depth[j] === 0) e.enter(j, State.ESTABLISHED, 0, false, time)
  }

  private mayCoverUnseenFin(j: number, ack: number): boolean {
    const e = this.endpoints
    if (e.has(j, Known.FIN)) return false
    return !e.has(j, Known.SEQUENCE) || e.has(j, Known.UNSEEN) || distance(ack, e.next[j]) > 0
  }

  /** A FIN sent again was not acknowledged: what its acknowledgement was thought to have caused is taken back. */
  private repeatFin(slot: Slot, i: number, p: Packet): void {
    const e = this.endpoints
    if (e.waitingAckOfFin[i] !== 0 && e.waitingAckOfFin[i] < p.number) e.waitingAckOfFin[i] = 0
    if (e.isProven(i) || !this.isLate(slot, e.enteredTime[i], p.time)) return
    const state = e.state[i]
    const before = e.depth[i] > 1 ? e.timelineState[i * 8 + e.depth[i] - 2] : State.UNKNOWN
    if (
      state === State.FIN_WAIT_2 ||
      (state === State.TIME_WAIT && before === State.CLOSING) ||
      (state === State.CLOSED && before === State.LAST_ACK)
    )
      e.revoke(i)
  }

  /** What the segment's acknowledgement does to its receiver, if it arrives. */
  private acknowledge(i: number, j: number, p: Packet): void {
    const e = this.endpoints
    const n = p.number
    const state = e.state[j]
    if (state === State.SYN_RCVD) {
      if (this.acknowledgesSyn(j, p.ack)) e.enter(j, State.ESTABLISHED, n, false, p.time)
      return
    }
    if (
      state === State.UNKNOWN &&
      !e.has(j, Known.FIN_AMBIGUOUS) &&
      e.waitingSyn[j] !== 0 &&
      (p.flags & Flag.SYN) === 0 &&
      e.state[i] === State.ESTABLISHED
    ) {
      // The peer's side was not captured, but its SYN-ACK must have come: this side acknowledges it.
      e.enter(j, State.SYN_RCVD, e.waitingSyn[j], false, p.time)
      e.waitingSyn[j] = 0
      e.enter(j, State.ESTABLISHED, n, false, p.time)
      return
    }
    if (!e.has(j, Known.FIN) || distance(p.ack, e.fin[j]) <= 0) return
    if (state === State.FIN_WAIT_1) {
      if ((p.flags & Flag.FIN) !== 0) return // decided when the FIN is known to have arrived
      if (e.waitingFin[j] !== 0) {
        if (e.waitingAckOfFin[j] === 0) e.waitingAckOfFin[j] = n
      } else e.enter(j, State.FIN_WAIT_2, n, false, p.time)
    } else if (state === State.CLOSING) e.enter(j, State.TIME_WAIT, n, false, p.time)
    else if (state === State.LAST_ACK) e.enter(j, State.CLOSED, n, false, p.time)
  }

  private queueFin(i: number, j: number, p: Packet): void {
    const e = this.endpoints
    const state = e.state[j]
    if (
      state === State.CLOSE_WAIT ||
      state === State.LAST_ACK ||
      state === State.CLOSING ||
      state === State.TIME_WAIT ||
      state === State.CLOSED
    )
      return
    const covers = (p.flags & Flag.ACK) !== 0 && e.has(j, Known.FIN) && distance(p.ack, e.fin[j]) > 0
    if (e.waitingFin[j] === 0) {
      e.waitingFin[j] = p.number
      if (covers) e.flags[j] |= Known.FIRST_COVERS
      else e.flags[j] &= ~Known.FIRST_COVERS
    }
    e.waitingFinLast[j] = p.number
    e.waitingFinTime[j] = p.time
    if (covers) e.flags[j] |= Known.LAST_COVERS
    else e.flags[j] &= ~Known.LAST_COVERS
    // A FIN from the other side resolves what its own FIN meant: this one was sent after it, so it was the first.
    this.resolveFin(i, j)
  }

  /** The peer's FIN has been seen: it tells whether j's own, earlier FIN answered it. */
  private resolveFin(i: number, j: number): void {
    const e = this.endpoints
    const own = this.ambiguous.size === 0 ? undefined : this.ambiguous.get(j)
    if (own === undefined) return
    this.forget(j)
    e.state[j] = State.ESTABLISHED
    if (distance(own.ack, e.fin[i]) > 0) {
      e.enter(j, State.CLOSE_WAIT, own.packet, true, own.time)
      e.enter(j, State.LAST_ACK, own.packet, true, own.time)
    } else e.enter(j, State.FIN_WAIT_1, own.packet, true, own.time)
  }

  /** Drops what is kept of a row beside its columns. */
  forget(row: number): void {
    // Both are empty nearly always, and asking for the size is 10 times as fast as to look a row up.
    if (this.beyond.size !== 0) this.beyond.delete(row)
    if (this.ambiguous.size !== 0 && this.ambiguous.delete(row)) this.endpoints.flags[row] &= ~Known.FIN_AMBIGUOUS
  }

  /** The peer's FIN is known to have reached `i`: n, sent at `time`, acknowledges it. */
  private receiveFin(slot: Slot, i: number, j: number, n: PacketNumber, exact: boolean, time: Nanoseconds): void {
    const e = this.endpoints
    const state = e.state[i]
    if (
      state !== State.ESTABLISHED &&
      state !== State.FIN_WAIT_1 &&
      state !== State.FIN_WAIT_2 &&
      state !== State.SYN_RCVD
    ) {
      if (state === State.TIME_WAIT || state === State.CLOSING || state === State.CLOSE_WAIT) {
        if (exact) e.prove(i, n)
      }
      return
    }
    // Of several copies the newest that can have had time to arrive caused it.
    const last = e.waitingFinLast[i] !== 0 && time - e.waitingFinTime[i] >= this.halfRoundTrip(slot)
    this.takeFin(i, n, last, time)
    if (exact) e.prove(i, n)
    if (e.waitingAckOfFin[i] !== 0) {
      if (e.state[i] === State.CLOSING) e.enter(i, State.TIME_WAIT, e.waitingAckOfFin[i], false, time)
      e.waitingAckOfFin[i] = 0
    }
    this.receiveSynAck(j, time)
  }

  /** Moves `i` by the waiting FIN; `n` stands in where the FIN itself was not captured. */
  private takeFin(i: number, n: PacketNumber, last: boolean, time: Nanoseconds): void {
    const e = this.endpoints
    const packet = (last ? e.waitingFinLast[i] : e.waitingFin[i]) || n
    const covers = e.has(i, last ? Known.LAST_COVERS : Known.FIRST_COVERS)
    e.waitingFin[i] = 0
    e.waitingFinLast[i] = 0
    if (e.state[i] === State.SYN_RCVD) e.enter(i, State.ESTABLISHED, packet, false, time)
    if (e.state[i] === State.FIN_WAIT_1) {
      if (e.waitingAckOfFin[i] !== 0 && e.waitingAckOfFin[i] < packet) {
        e.enter(i, State.FIN_WAIT_2, e.waitingAckOfFin[i], false, time)
        e.waitingAckOfFin[i] = 0
      } else if (covers) e.enter(i, State.FIN_WAIT_2, packet, false, time)
    }
    if (e.state[i] === State.ESTABLISHED) e.enter(i, State.CLOSE_WAIT, packet, false, time)
    else if (e.state[i] === State.FIN_WAIT_1) e.enter(i, State.CLOSING, packet, false, time)
    else if (e.state[i] === State.FIN_WAIT_2) e.enter(i, State.TIME_WAIT, packet, false, time)
  }

  private receiveSynAck(k: number, time: Nanoseconds): void {
    const e = this.endpoints
    if (e.state[k] === State.SYN_SENT && e.waitingSynAck[k] !== 0) {
      e.enter(k, State.ESTABLISHED, e.waitingSynAck[k], false, time)
      e.waitingSynAck[k] = 0
    }
  }

  /** A segment with RST. It is no evidence that its sender received anything (rule 4 of the inference notes): a host
   *  without a socket sends it too. Returns whether it ends the connection. */
  reset(slot: Slot, i: number, j: number, p: Packet): boolean {
    const e = this.endpoints
    const n = p.number
    const withAck = (p.flags & Flag.ACK) !== 0
    const state = e.state[i]
    if (state === State.SYN_SENT && e.has(i, Known.ISN) && !withAck && distance(p.seq, e.isn[i]) !== 1) return false
    if (
      withAck &&
      (state === State.ESTABLISHED || state === State.FIN_WAIT_1 || state === State.FIN_WAIT_2) &&
      e.has(j, Known.FIN) &&
      e.waitingFin[i] !== 0 &&
      distance(p.ack, e.fin[j]) === 1 &&
      p.seq === e.next[i]
    ) {
      // A live socket aborts: Linux puts RCV.NXT into the ACK field, so it had the FIN.
      this.receiveFin(slot, i, j, n, true, p.time)
    }
    if (withAck && state === State.SYN_SENT && e.waitingSynAck[i] !== 0 && this.acknowledgesSyn(j, p.ack)) {
      // What answers a segment that carries ACK has none itself: a live socket aborts, and it had the SYN-ACK.
      this.receiveSynAck(i, p.time)
    }
    if (
      withAck &&
      state === State.FIN_WAIT_2 &&
      !e.isProven(i) &&
      p.time - e.enteredTime[i] < this.answerTime(slot, i)
    ) {
      // A live socket aborts (an answer to what came would have no ACK), before the acknowledgement of its FIN got there.
      e.revoke(i)
    }
    if (
      state === State.ESTABLISHED &&
      !e.isProven(i) &&
      e.depth[i] > 1 &&
      !withAck &&
      e.has(i, Known.ISN) &&
      distance(p.seq, e.isn[i]) === 1 &&
      distance(e.ack[i], e.isn[j]) <= 1
    ) {
      // Without ACK, at ISS+1, and nothing but the SYN acknowledged before: no socket was ever made of the request.
      e.revoke(i)
    }
    this.dropWaiting(i)
    const isEmbryonic = e.state[i] === State.SYN_RCVD && !this.conversations.has(slot, Trait.SIMULTANEOUS_OPEN)
    if (isEmbryonic && withAck) {
      // With ACK it comes from a socket: the third ACK had arrived, though nobody captured it.
      this.receiveSynAck(j, p.time)
      e.enter(i, State.ESTABLISHED, n, false, p.time)
    }
    if (isEmbryonic && !withAck) e.enter(i, State.LISTEN, n, true, p.time)
    else if (e.state[i] !== State.CLOSED && e.state[i] !== State.LISTEN && e.depth[i] > 0)
      e.enter(i, State.CLOSED, n, true, p.time)
    if (i === j) return true
    if (e.waitingRst[j] === 0 && this.isAcceptable(i, j, p)) {
      e.waitingRst[j] = n
      e.waitingRstTime[j] = p.time
    }
    return true
  }

  /** RFC 9293 §3.10.7: in SYN_SENT a reset must acknowledge the SYN; later it must lie in the window. */
  private isAcceptable(i: number, j: number, p: Packet): boolean {
    const e = this.endpoints
    if (e.state[j] === State.SYN_SENT && e.waitingSynAck[j] === 0)
      return (p.flags & Flag.ACK) !== 0 && distance(p.ack, e.isn[j]) > 0
    if (!e.has(i, Known.SEQUENCE)) return true
    // Beyond all that its sender was seen to send: a receiver that follows RFC 5961 §3.2 answers with a challenge ACK.
    if (distance(p.seq, e.next[i]) > 0 && !e.has(i, Known.UNSEEN)) return false
    const ahead = distance(p.seq, e.ack[j])
    return p.seq === e.next[i] || p.seq === e.edge[i] || (ahead >= 0 && ahead < 0x40000000)
  }

  /** `i` sends something that is no reset: a waiting RST that it should have had by now was lost. */
  outlive(slot: Slot, i: number, time: Nanoseconds): void {
    const e = this.endpoints
    if (e.waitingRst[i] !== 0 && this.isLate(slot, e.waitingRstTime[i], time)) e.waitingRst[i] = 0
  }

  /** `i` goes on after a RST in its name: it was forged, or answered something stale. True when it was taken back. */
  survive(slot: Slot, i: number, time: Nanoseconds): boolean {
    const e = this.endpoints
    if (e.state[i] !== State.CLOSED || !e.isProven(i) || !this.isLate(slot, e.enteredTime[i], time)) return false
    e.revoke(i)
    return true
  }

  /** Its 4-tuple was used for a new connection (or an ICMP error ended the attempt): the old socket is gone. */
  vanish(i: number, packet: PacketNumber, time: Nanoseconds): void {
    const e = this.endpoints
    if (e.waitingRst[i] !== 0) this.settle(i, time)
    this.dropWaiting(i)
    const state = e.state[i]
    if (e.depth[i] > 0 && state !== State.CLOSED && state !== State.LISTEN)
      e.enter(i, State.CLOSED, packet, false, time)
  }

  /** The conversation is over, or the capture: what still waits is taken as arrived where nothing contradicts it. */
  settle(i: number, time: Nanoseconds): void {
    const e = this.endpoints
    // Sent twice and never answered, or followed by what does not acknowledge it: it did not arrive. And what it does to
    // an endpoint whose own FIN may have gone unseen cannot be told.
    const finArrived =
      e.waitingFin[i] !== 0 &&
      e.waitingFin[i] === e.waitingFinLast[i] &&
      !this.mayHaveClosedUnseen(i) &&
      !this.isLate(i >> 1, e.waitingFinTime[i], e.lastTime[i])
    const rst = e.waitingRst[i]
    if (!e.has(i, Known.SYN_ACK_LOST)) this.receiveSynAck(i, time)
    if (finArrived && (rst === 0 || e.waitingFin[i] < rst)) this.takeFin(i, e.waitingFin[i], false, time)
    if (rst !== 0) {
      if (e.state[i] === State.SYN_RCVD) e.enter(i, State.LISTEN, rst, false, time)
      else if (e.depth[i] > 0 && e.state[i] !== State.CLOSED) e.enter(i, State.CLOSED, rst, false, time)
    } else if (e.waitingAckOfFin[i] !== 0) {
      if (e.state[i] === State.CLOSING) e.enter(i, State.TIME_WAIT, e.waitingAckOfFin[i], false, time)
      else if (e.state[i] === State.FIN_WAIT_1 && e.waitingFin[i] === e.waitingFinLast[i])
        e.enter(i, State.FIN_WAIT_2, e.waitingAckOfFin[i], false, time)
    }
    this.dropWaiting(i)
  }

  /** The state that `i` is in if everything that waits arrives: what a reader of the packet so far would say. */
  likelyState(i: number): number {
    const e = this.endpoints
    let state: number = e.state[i]
    if (e.waitingRst[i] !== 0 && state !== State.UNKNOWN) return state === State.SYN_RCVD ? State.LISTEN : State.CLOSED
    if (state === State.UNKNOWN && e.waitingSyn[i] !== 0) return State.SYN_RCVD
    if (state === State.SYN_SENT && e.waitingSynAck[i] !== 0) state = State.ESTABLISHED
    else if (state === State.SYN_SENT && e.waitingSyn[i] !== 0) state = State.SYN_RCVD
    if (e.waitingFin[i] !== 0) {
      if (this.mayHaveClosedUnseen(i)) return State.UNKNOWN
      if (state === State.ESTABLISHED) return State.CLOSE_WAIT
      if (state === State.FIN_WAIT_2) return State.TIME_WAIT
      if (state === State.FIN_WAIT_1)
        return e.has(i, Known.LAST_COVERS) || e.waitingAckOfFin[i] !== 0 ? State.TIME_WAIT : State.CLOSING
    }
    return state
  }

  private mayHaveClosedUnseen(i: number): boolean {
    return this.endpoints.has(i, Known.UNSEEN) && !this.endpoints.has(i, Known.FIN)
  }

  private dropWaiting(i: number): void {
    const e = this.endpoints
    e.waitingSyn[i] = 0
    e.waitingSynAck[i] = 0
    e.waitingFin[i] = 0
    e.waitingFinLast[i] = 0
    e.waitingAckOfFin[i] = 0
    e.waitingRst[i] = 0
  }

  /** Enters a state by `cause`, which arrived unseen (0) or is shown to have arrived by `proof`. */
  private enterReceived(
    i: number,
    state: number,
    cause: PacketNumber,
    proof: PacketNumber,
    exact: boolean,
    time: Nanoseconds,
  ): void {
    const e = this.endpoints
    if (cause === 0) e.enter(i, state, proof, exact, time)
    else {
      e.enter(i, state, cause, false, time)
      if (exact) e.prove(i, proof)
    }
  }

  /** Whether `now` is so long after `then` that its sender should have heard of it: one round trip. */
  private isLate(slot: Slot, then: Nanoseconds, now: Nanoseconds): boolean {
    const roundTrip = this.roundTrip(slot)
    return now - then > (roundTrip < 0 ? 100e6 : roundTrip * 1.1)
  }

  /** How long the endpoint takes to answer, at the capture point: its half of the handshake; 0 = unknown. */
  private answerTime(slot: Slot, i: number): Nanoseconds {
    const c = this.conversations
    if (c.openTime[slot] === 0 || c.synTime[slot] === 0) return 0
    return (i & 1) === 0 ? c.openTime[slot] - c.synAckTime[slot] : c.synAckTime[slot] - c.synTime[slot]
  }

  private halfRoundTrip(slot: Slot): Nanoseconds {
    return Math.max(0, this.roundTrip(slot)) / 2
  }

  private roundTrip(slot: Slot): Nanoseconds {
    const c = this.conversations
    return c.openTime[slot] === 0 || c.synTime[slot] === 0 ? -1 : c.openTime[slot] - c.synTime[slot]
  }
}
