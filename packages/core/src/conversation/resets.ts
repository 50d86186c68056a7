import type { Packet } from '../packet/packet.ts'
import type { Nanoseconds } from '../units.ts'
import { Flag } from '../wire/tcp.ts'
import { acknowledgesSyn, answerTime, dropWaiting, isLate, receiveFin, receiveSynAck } from './arrival.ts'
import { distance, Known, Trait } from './known.ts'
import {
  ACK,
  depthOf,
  EDGE,
  ENTERED_TIME,
  enter,
  FIN,
  has,
  ISN,
  isProven,
  NEXT,
  type Page,
  revoke,
  STATE,
  WAITING_FIN,
  WAITING_RST,
  WAITING_SYN_ACK,
} from './page.ts'
import { State } from './state.ts'

/** What a RST does to the two state machines. As in Machine, `c` is where the conversation's record begins in the page, `i`
 *  where the part of the segment's sender does and `j` that of its receiver. */
export class Resets {
  /** When what waits as WAITING_RST was sent. */
  private readonly times = new Map<number, Nanoseconds>()

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
      receiveFin(page, c, i, j, n, true, p.time)
    }
    if (withAck && state === State.SYN_SENT && w[i + WAITING_SYN_ACK] !== 0 && acknowledgesSyn(page, j, p.ack)) {
      // What answers a segment that carries ACK has none itself: a live socket aborts, and it had the SYN-ACK.
      receiveSynAck(page, i, p.time)
    }
    if (
      withAck &&
      state === State.FIN_WAIT_2 &&
      !isProven(w, i) &&
      p.time - t[(i + ENTERED_TIME) >> 1] < answerTime(page, c, i)
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
    dropWaiting(page, i)
    const isEmbryonic = w[i + STATE] === State.SYN_RCVD && !has(w, c, Trait.SIMULTANEOUS_OPEN)
    if (isEmbryonic && withAck) {
      // With ACK it comes from a socket: the third ACK had arrived, though nobody captured it.
      receiveSynAck(page, j, p.time)
      enter(page, i, State.ESTABLISHED, n, false, p.time)
    }
    if (isEmbryonic && !withAck) enter(page, i, State.LISTEN, n, true, p.time)
    else if (w[i + STATE] !== State.CLOSED && w[i + STATE] !== State.LISTEN && depthOf(w, i) > 0)
      enter(page, i, State.CLOSED, n, true, p.time)
    if (i === j) return true
    if (w[j + WAITING_RST] === 0 && this.isAcceptable(page, i, j, p)) {
      w[j + WAITING_RST] = n
      this.times.set(page.base + j, p.time)
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
    const { words: w } = page
    if (w[i + WAITING_RST] === 0) return
    if (isLate(page, c, this.times.get(page.base + i) as Nanoseconds, time)) w[i + WAITING_RST] = 0
  }

  /** `i` goes on after a RST in its name: it was forged, or answered something stale. True when it was taken back. */
  survive(page: Page, c: number, i: number, time: Nanoseconds): boolean {
    const { words: w, times: t } = page
    if (w[i + STATE] !== State.CLOSED || !isProven(w, i) || !isLate(page, c, t[(i + ENTERED_TIME) >> 1], time))
      return false
    revoke(w, i)
    return true
  }

  /** Drops what is kept of an endpoint beside its record. */
  forget(page: Page, i: number): void {
    if (this.times.size !== 0) this.times.delete(page.base + i)
  }
}
