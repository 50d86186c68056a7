/** What was sent to an endpoint waits (WAITING_…) until it is known to have arrived; this is what it does then, and what it
 *  would do. `c` is where the conversation's record begins in the page, `i` where the part of the endpoint does. */
import type { Nanoseconds, PacketNumber } from '../units.ts'
import { distance, Known } from './known.ts'
import {
  CLIENT,
  depthOf,
  enter,
  has,
  ISN,
  OPEN_TIME,
  type Page,
  prove,
  SENT_TIME,
  STATE,
  SYN_ACK_TIME,
  SYN_TIME,
  WAITING_ACK_OF_FIN,
  WAITING_FIN,
  WAITING_FIN_LAST,
  WAITING_FIN_TIME,
  WAITING_RST,
  WAITING_SYN,
  WAITING_SYN_ACK,
} from './page.ts'
import { State } from './state.ts'

/** True when an acknowledgement number can only come from an endpoint that has the peer's SYN. */
export function acknowledgesSyn(page: Page, j: number, ack: number): boolean {
  const { words: w } = page
  return !has(w, j, Known.ISN) || distance(ack, w[j + ISN]) > 0
}

/** The peer's FIN is known to have reached `i`: n, sent at `time`, acknowledges it. */
export function receiveFin(
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
  const last = w[i + WAITING_FIN_LAST] !== 0 && time - t[(i + WAITING_FIN_TIME) >> 1] >= halfRoundTrip(page, c)
  takeFin(page, i, n, last, time)
  if (exact) prove(page, i, n)
  if (w[i + WAITING_ACK_OF_FIN] !== 0) {
    if (w[i + STATE] === State.CLOSING) enter(page, i, State.TIME_WAIT, w[i + WAITING_ACK_OF_FIN], false, time)
    w[i + WAITING_ACK_OF_FIN] = 0
  }
  receiveSynAck(page, j, time)
}

/** Moves `i` by the waiting FIN; `n` stands in where the FIN itself was not captured. */
function takeFin(page: Page, i: number, n: PacketNumber, last: boolean, time: Nanoseconds): void {
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

export function receiveSynAck(page: Page, k: number, time: Nanoseconds): void {
  const { words: w } = page
  if (w[k + STATE] === State.SYN_SENT && w[k + WAITING_SYN_ACK] !== 0) {
    enter(page, k, State.ESTABLISHED, w[k + WAITING_SYN_ACK], false, time)
    w[k + WAITING_SYN_ACK] = 0
  }
}

/** Its 4-tuple was used for a new connection (or an ICMP error ended the attempt): the old socket is gone. */
export function vanish(page: Page, c: number, i: number, packet: PacketNumber, time: Nanoseconds): void {
  const { words: w } = page
  if (w[i + WAITING_RST] !== 0) settle(page, c, i, time)
  dropWaiting(page, i)
  const state = w[i + STATE]
  if (depthOf(w, i) > 0 && state !== State.CLOSED && state !== State.LISTEN)
    enter(page, i, State.CLOSED, packet, false, time)
}

/** The conversation is over, or the capture: what still waits is taken as arrived where nothing contradicts it. */
export function settle(page: Page, c: number, i: number, time: Nanoseconds): void {
  const { words: w, times: t } = page
  // Sent twice and never answered, or followed by what does not acknowledge it: it did not arrive. And what it does to
  // an endpoint whose own FIN may have gone unseen cannot be told.
  const finArrived =
    w[i + WAITING_FIN] !== 0 &&
    w[i + WAITING_FIN] === w[i + WAITING_FIN_LAST] &&
    !mayHaveClosedUnseen(page, i) &&
    !isLate(page, c, t[(i + WAITING_FIN_TIME) >> 1], t[(i + SENT_TIME) >> 1])
  const rst = w[i + WAITING_RST]
  if (!has(w, i, Known.SYN_ACK_LOST)) receiveSynAck(page, i, time)
  if (finArrived && (rst === 0 || w[i + WAITING_FIN] < rst)) takeFin(page, i, w[i + WAITING_FIN], false, time)
  if (rst !== 0) {
    if (w[i + STATE] === State.SYN_RCVD) enter(page, i, State.LISTEN, rst, false, time)
    else if (depthOf(w, i) > 0 && w[i + STATE] !== State.CLOSED) enter(page, i, State.CLOSED, rst, false, time)
  } else if (w[i + WAITING_ACK_OF_FIN] !== 0) {
    if (w[i + STATE] === State.CLOSING) enter(page, i, State.TIME_WAIT, w[i + WAITING_ACK_OF_FIN], false, time)
    else if (w[i + STATE] === State.FIN_WAIT_1 && w[i + WAITING_FIN] === w[i + WAITING_FIN_LAST])
      enter(page, i, State.FIN_WAIT_2, w[i + WAITING_ACK_OF_FIN], false, time)
  }
  dropWaiting(page, i)
}

/** The state that `i` is in if everything that waits arrives: what a reader of the packet so far would say. */
export function likelyState(page: Page, i: number): number {
  const { words: w } = page
  let state: number = w[i + STATE]
  if (w[i + WAITING_RST] !== 0 && state !== State.UNKNOWN) return state === State.SYN_RCVD ? State.LISTEN : State.CLOSED
  if (state === State.UNKNOWN && w[i + WAITING_SYN] !== 0) return State.SYN_RCVD
  if (state === State.SYN_SENT && w[i + WAITING_SYN_ACK] !== 0) state = State.ESTABLISHED
  else if (state === State.SYN_SENT && w[i + WAITING_SYN] !== 0) state = State.SYN_RCVD
  if (w[i + WAITING_FIN] !== 0) {
    if (mayHaveClosedUnseen(page, i)) return State.UNKNOWN
    if (state === State.ESTABLISHED) return State.CLOSE_WAIT
    if (state === State.FIN_WAIT_2) return State.TIME_WAIT
    if (state === State.FIN_WAIT_1)
      return has(w, i, Known.LAST_COVERS) || w[i + WAITING_ACK_OF_FIN] !== 0 ? State.TIME_WAIT : State.CLOSING
  }
  return state
}

function mayHaveClosedUnseen(page: Page, i: number): boolean {
  return has(page.words, i, Known.UNSEEN) && !has(page.words, i, Known.FIN)
}

/** Whether settle() would have anything to do. */
export function hasWaiting(page: Page, i: number): boolean {
  const { words: w } = page
  const segments = w[i + WAITING_SYN] | w[i + WAITING_SYN_ACK] | w[i + WAITING_FIN] | w[i + WAITING_FIN_LAST]
  return (segments | w[i + WAITING_ACK_OF_FIN] | w[i + WAITING_RST]) !== 0
}

export function dropWaiting(page: Page, i: number): void {
  const { words: w } = page
  w[i + WAITING_SYN] = 0
  w[i + WAITING_SYN_ACK] = 0
  w[i + WAITING_FIN] = 0
  w[i + WAITING_FIN_LAST] = 0
  w[i + WAITING_ACK_OF_FIN] = 0
  w[i + WAITING_RST] = 0
}

/** Whether `now` is so long after `then` that its sender should have heard of it: one round trip. */
export function isLate(page: Page, c: number, then: Nanoseconds, now: Nanoseconds): boolean {
  const time = roundTrip(page, c)
  return now - then > (time < 0 ? 100e6 : time * 1.1)
}

/** How long the endpoint takes to answer, at the capture point: its half of the handshake; 0 = unknown. */
export function answerTime(page: Page, c: number, i: number): Nanoseconds {
  const { times: t } = page
  if (t[(c + OPEN_TIME) >> 1] === 0 || t[(c + SYN_TIME) >> 1] === 0) return 0
  return i - c === CLIENT
    ? t[(c + OPEN_TIME) >> 1] - t[(c + SYN_ACK_TIME) >> 1]
    : t[(c + SYN_ACK_TIME) >> 1] - t[(c + SYN_TIME) >> 1]
}

function halfRoundTrip(page: Page, c: number): Nanoseconds {
  return Math.max(0, roundTrip(page, c)) / 2
}

function roundTrip(page: Page, c: number): Nanoseconds {
  const { times: t } = page
  return t[(c + OPEN_TIME) >> 1] === 0 || t[(c + SYN_TIME) >> 1] === 0
    ? -1
    : t[(c + OPEN_TIME) >> 1] - t[(c + SYN_TIME) >> 1]
}
