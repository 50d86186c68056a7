/** Shortcuts for the segments of which nearly every connection consists, where no report on single packets is wanted. Each
 *  leaves in the record what Tracker.take() would, and takes a segment only where that is certain: in a known phase, in
 *  sequence, acknowledging what was captured. Whatever else comes ends the phase and goes the long way. */
import type { Packet } from '../packet/packet.ts'
import { Flag } from '../wire/tcp.ts'
import { noteSynOptions } from './course.ts'
import { distance, Known, PHASE_SHIFT, Phase, Trait } from './known.ts'
import type { Machine } from './machine.ts'
import {
  ACK,
  ACKED,
  CLIENT,
  CLOSE_TIME,
  EDGE,
  enter,
  FIN,
  FIN_PACKET,
  FLAGS,
  has,
  ISN,
  isProven,
  LAST_PACKET,
  LAST_TIME,
  NEXT,
  OPEN_TIME,
  OTHER,
  type Page,
  peerOf,
  prove,
  SENT_TIME,
  SERVER,
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
import type { Reassembly } from './reassembly.ts'
import { State } from './state.ts'
import { Side, type Slot } from './stream.ts'

/** The flags that move a state machine. */
const DECISIVE = Flag.SYN | Flag.ACK | Flag.RST | Flag.FIN

/** The phase of the conversation whose record begins at `c`. */
export function phaseOf(words: Uint32Array, c: number): number {
  return (words[c + FLAGS] & Trait.PHASE) >>> PHASE_SHIFT
}

function setPhase(words: Uint32Array, c: number, phase: number): void {
  words[c + FLAGS] = (words[c + FLAGS] & ~Trait.PHASE) | (phase << PHASE_SHIFT)
}

/** Notes the phase after a segment that went the long way. `i` and `j` are both endpoints. */
export function judgePhase(page: Page, c: number, i: number, j: number): void {
  const { words: w } = page
  const own = w[i + FLAGS]
  const other = w[j + FLAGS]
  const isUsual =
    w[i + STATE] === State.ESTABLISHED &&
    w[j + STATE] === State.ESTABLISHED &&
    ((own | other) & (Known.FIN | Known.UNSEEN | Known.FAST_OPEN)) === 0 &&
    (own & other & Known.ACKED) !== 0 &&
    (w[i + WAITING_RST] | w[j + WAITING_RST]) === 0 &&
    // A SYN with FIN leaves one behind.
    (w[i + WAITING_FIN] | w[j + WAITING_FIN] | w[i + WAITING_ACK_OF_FIN] | w[j + WAITING_ACK_OF_FIN]) === 0 &&
    w[c + OTHER] === 0 &&
    (w[c + FLAGS] & (Trait.SELF | Trait.LINGERING | Trait.RESET)) === 0 &&
    page.times[(c + OPEN_TIME) >> 1] !== 0
  const hasAllSpoken = isUsual && (own & other & Known.DATA) !== 0
  const isSure = hasAllSpoken && isProven(w, i) && isProven(w, j)
  setPhase(w, c, isUsual ? (isSure ? Phase.ESTABLISHED : Phase.UNPROVEN) : Phase.OTHER)
}

/** The first segment of a conversation. */
export function takeSyn(page: Page, c: number, p: Packet): boolean {
  const { words: w, times: t } = page
  if ((p.flags & DECISIVE) !== Flag.SYN || p.payloadBytes !== 0 || page.history) return false
  if ((w[c + FLAGS] & Trait.SELF) !== 0 || w[c + OTHER] !== 0) return false
  const i = c + CLIENT
  noteSynOptions(page, i, p)
  w[i + ISN] = p.seq
  w[i + NEXT] = p.seq + 1
  w[i + EDGE] = p.seq + 1
  w[i + FLAGS] |= Known.ISN | Known.SEQUENCE | Known.SYN
  enter(page, i, State.SYN_SENT, p.number, true, p.time)
  w[c + SERVER + WAITING_SYN] = p.number
  t[(c + SYN_TIME) >> 1] = p.time + 1
  noteSent(page, c, i, p)
  setPhase(w, c, Phase.SYN)
  return true
}

/** A segment of a conversation that is in `phase`. In BOTH_FINS it was the last one: both ends are done. */
export function takeUsual(
  page: Page,
  c: number,
  phase: number,
  slot: Slot,
  side: Side,
  p: Packet,
  reassembly: Reassembly,
  machine: Machine,
): boolean {
  const { words: w } = page
  const i = c + (side === Side.CLIENT ? CLIENT : SERVER)
  const j = peerOf(c, i)
  const kind = p.flags & DECISIVE
  if (phase === Phase.ESTABLISHED || phase === Phase.UNPROVEN) {
    if (kind === Flag.ACK) return takeData(page, c, phase, i, j, slot, side, p, reassembly)
    return kind === (Flag.ACK | Flag.FIN) && takeFirstFin(page, c, i, j, slot, side, p, reassembly)
  }
  if (phase === Phase.SYN) return kind === (Flag.SYN | Flag.ACK) && side === Side.SERVER && takeSynAck(page, c, i, j, p)
  // All that follows is in sequence and acknowledges everything.
  if (p.seq !== w[i + NEXT] || p.ack !== w[j + NEXT]) return false
  if (phase === Phase.SYN_ACK) return kind === Flag.ACK && side === Side.CLIENT && takeThirdAck(page, c, i, j, p)
  if (distance(p.ack, w[j + ACKED]) < 0) return false
  const closer = has(w, c, Trait.CLOSED_BY_SERVER) ? Side.SERVER : Side.CLIENT
  if (phase === Phase.BOTH_FINS) return kind === Flag.ACK && side === closer && takeLastAck(page, c, i, j, p)
  if (side === closer) return false
  if (kind === Flag.ACK) return phase === Phase.FIN && takeAckOfFin(page, c, i, j, p)
  return kind === (Flag.ACK | Flag.FIN) && takeSecondFin(page, c, phase, i, j, slot, side, p, reassembly, machine)
}

function takeSynAck(page: Page, c: number, i: number, j: number, p: Packet): boolean {
  const { words: w, times: t } = page
  if (p.ack !== w[j + NEXT] || p.payloadBytes !== 0) return false
  noteSynOptions(page, i, p)
  w[i + ISN] = p.seq
  w[i + NEXT] = p.seq + 1
  w[i + EDGE] = p.seq + 1
  w[i + FLAGS] |= Known.ISN | Known.SEQUENCE | Known.SYN
  acknowledged(w, j, p.ack)
  enter(page, i, State.SYN_RCVD, p.number, true, p.time)
  w[i + WAITING_SYN] = 0
  w[j + WAITING_SYN_ACK] = p.number
  t[(c + SYN_ACK_TIME) >> 1] = p.time + 1
  w[i + ACK] = p.ack
  noteSent(page, c, i, p)
  setPhase(w, c, Phase.SYN_ACK)
  return true
}

function takeThirdAck(page: Page, c: number, i: number, j: number, p: Packet): boolean {
  const { words: w, times: t } = page
  if (p.payloadBytes !== 0) return false
  acknowledged(w, j, p.ack)
  enter(page, i, State.ESTABLISHED, p.number, true, p.time)
  w[i + WAITING_SYN_ACK] = 0
  enter(page, j, State.ESTABLISHED, p.number, false, p.time)
  t[(c + OPEN_TIME) >> 1] = p.time + 1
  w[c + FLAGS] |= Trait.HANDSHAKE
  w[i + ACK] = p.ack
  noteSent(page, c, i, p)
  setPhase(w, c, Phase.UNPROVEN)
  return true
}

/** Payload or an acknowledgement: most segments of all. */
function takeData(
  page: Page,
  c: number,
  phase: number,
  i: number,
  j: number,
  slot: Slot,
  side: Side,
  p: Packet,
  reassembly: Reassembly,
): boolean {
  const { words: w } = page
  const { seq, ack, payloadBytes: bytes } = p
  if (seq !== w[i + NEXT] || distance(w[j + EDGE], ack) < 0 || distance(ack, w[j + ACKED]) < 0) return false
  if (bytes > 0) {
    if (w[i + EDGE] !== seq) return false
    reassembly.takeNext(page, i, slot, side, p, bytes)
    w[i + NEXT] = w[i + EDGE]
    if (phase === Phase.UNPROVEN) {
      w[i + FLAGS] |= Known.DATA
      prove(page, i, p.number)
      judgePhase(page, c, i, j)
    }
  }
  w[j + ACKED] = ack
  w[i + ACK] = ack
  w[c + LAST_PACKET] = p.number
  page.times[(c + LAST_TIME) >> 1] = p.time
  return true
}

function takeFirstFin(
  page: Page,
  c: number,
  i: number,
  j: number,
  slot: Slot,
  side: Side,
  p: Packet,
  reassembly: Reassembly,
): boolean {
  const { words: w, times: t } = page
  const { seq, ack } = p
  if (seq !== w[i + NEXT] || distance(w[j + EDGE], ack) < 0 || distance(ack, w[j + ACKED]) < 0) return false
  if (w[i + EDGE] !== seq || (w[c + FLAGS] & (Trait.CLOSING | Trait.MID_STREAM)) !== 0) return false
  sendFin(page, i, slot, side, p, reassembly)
  prove(page, i, p.number)
  enter(page, i, State.FIN_WAIT_1, p.number, true, p.time)
  awaitFin(page, j, p, 0)
  w[c + FLAGS] |= Trait.CLOSING | (side === Side.SERVER ? Trait.CLOSED_BY_SERVER : 0)
  t[(c + CLOSE_TIME) >> 1] = p.time
  w[j + ACKED] = ack
  w[i + ACK] = ack
  noteSent(page, c, i, p)
  setPhase(w, c, Phase.FIN)
  reassembly.end(page, i, slot, side, 'fin', p.number, p.time)
  return true
}

/** The first FIN is acknowledged alone. */
function takeAckOfFin(page: Page, c: number, i: number, j: number, p: Packet): boolean {
  const { words: w } = page
  if (p.payloadBytes !== 0) return false
  receiveFin(page, i, State.CLOSE_WAIT, p)
  enter(page, j, State.FIN_WAIT_2, p.number, false, p.time)
  w[j + ACKED] = p.ack
  w[i + ACK] = p.ack
  noteSent(page, c, i, p)
  setPhase(w, c, Phase.FIN_ACKED)
  return true
}

/** It acknowledges the first FIN. */
function takeSecondFin(
  page: Page,
  c: number,
  phase: number,
  i: number,
  j: number,
  slot: Slot,
  side: Side,
  p: Packet,
  reassembly: Reassembly,
  machine: Machine,
): boolean {
  const { words: w } = page
  if (w[i + EDGE] !== p.seq || machine.isBeyond(page, i)) return false
  sendFin(page, i, slot, side, p, reassembly)
  if (phase === Phase.FIN) receiveFin(page, i, State.CLOSE_WAIT, p)
  enter(page, i, State.LAST_ACK, p.number, true, p.time)
  awaitFin(page, j, p, Known.FIRST_COVERS | Known.LAST_COVERS)
  w[j + ACKED] = p.ack
  w[i + ACK] = p.ack
  noteSent(page, c, i, p)
  setPhase(w, c, Phase.BOTH_FINS)
  reassembly.end(page, i, slot, side, 'fin', p.number, p.time)
  return true
}

/** The second FIN is acknowledged: both ends are done. */
function takeLastAck(page: Page, c: number, i: number, j: number, p: Packet): boolean {
  const { words: w } = page
  if (p.payloadBytes !== 0) return false
  if (w[i + STATE] === State.FIN_WAIT_1) enter(page, i, State.FIN_WAIT_2, w[i + WAITING_FIN], false, p.time)
  receiveFin(page, i, State.TIME_WAIT, p)
  enter(page, j, State.CLOSED, p.number, false, p.time)
  w[j + ACKED] = p.ack
  w[i + ACK] = p.ack
  noteSent(page, c, i, p)
  setPhase(w, c, Phase.OTHER)
  return true
}

/** The endpoint sends its FIN, behind payload that it may have. */
function sendFin(page: Page, i: number, slot: Slot, side: Side, p: Packet, reassembly: Reassembly): void {
  const { words: w } = page
  if (p.payloadBytes > 0) {
    reassembly.takeNext(page, i, slot, side, p, p.payloadBytes)
    w[i + FLAGS] |= Known.DATA
  }
  const fin = w[i + EDGE]
  w[i + FIN] = fin
  w[i + NEXT] = fin + 1
  w[i + EDGE] = fin + 1
  w[i + FLAGS] |= Known.FIN
  w[i + FIN_PACKET] = p.number
}

/** The peer's FIN is under way to the endpoint. */
function awaitFin(page: Page, i: number, p: Packet, covers: number): void {
  const { words: w } = page
  w[i + WAITING_FIN] = p.number
  w[i + WAITING_FIN_LAST] = p.number
  page.times[(i + WAITING_FIN_TIME) >> 1] = p.time
  w[i + FLAGS] = (w[i + FLAGS] & ~(Known.FIRST_COVERS | Known.LAST_COVERS)) | covers
}

/** The endpoint shows that it has the peer's FIN. */
function receiveFin(page: Page, i: number, state: number, p: Packet): void {
  const { words: w } = page
  w[i + WAITING_FIN] = 0
  w[i + WAITING_FIN_LAST] = 0
  enter(page, i, state, p.number, true, p.time)
}

function acknowledged(words: Uint32Array, j: number, ack: number): void {
  words[j + ACKED] = ack
  words[j + FLAGS] |= Known.ACKED
}

function noteSent(page: Page, c: number, i: number, p: Packet): void {
  const { words: w, times: t } = page
  w[i + FLAGS] |= Known.SPOKE
  w[c + LAST_PACKET] = p.number
  t[(c + LAST_TIME) >> 1] = p.time
  t[(i + SENT_TIME) >> 1] = p.time
}
