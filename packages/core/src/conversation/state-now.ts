import type { StateNow } from '../model/lines.ts'
import { Flag } from '../wire/tcp.ts'
import { Known, Trait } from './known.ts'
import { NEXT, STATE } from './page.ts'
import type { Segment } from './segment.ts'
import { State, stateName } from './state.ts'
import type { Side } from './stream.ts'
import type { Tracker } from './tracker.ts'

/** An endpoint's state after a segment, as far as the packets up to it tell (docs/report.md). Of the segment's sender it
 *  is the state that it sent it in; of the other side, the state it is in if everything sent to it arrives. */
export function stateNow(tracker: Tracker, segment: Segment, side: Side): StateNow {
  const e = tracker.endpoints
  const isSelf = tracker.conversations.has(segment.slot, Trait.SELF)
  const row = segment.slot * 2 + (isSelf ? 0 : side)
  const isSender = side === segment.side || isSelf
  let state: number = tracker.likelyState(row)
  let observed = false
  if (isSender && isSynAck(segment)) {
    // Only SYN_RCVD sends it, even if an acknowledgement that it crosses is on its way.
    state = State.SYN_RCVD
    observed = true
  } else if (isSender && segment.exact && e.isProven(row)) {
    // What still waits for the sender had not reached it when it sent this.
    state = e.word(row, STATE)
    observed = showsState(segment, state)
  } else if (state === e.word(row, STATE) && e.isProven(row)) {
    observed = !isSender && stays(tracker, segment, row, state)
  }
  const name = stateName(state)
  return name === null ? null : { name, basis: observed ? 'observed' : 'inferred' }
}

function isSynAck(segment: Segment): boolean {
  return (segment.packet.flags & (Flag.SYN | Flag.ACK | Flag.RST)) === (Flag.SYN | Flag.ACK)
}

/** Whether an endpoint's own segment tells the state from those around it. FIN_WAIT_1 and CLOSING end, and LAST_ACK does,
 *  by an acknowledgement that nobody may have captured: only the FIN itself shows them. */
function showsState(segment: Segment, state: number): boolean {
  if ((segment.packet.flags & Flag.RST) !== 0) return state === State.CLOSED
  if (state === State.SYN_RCVD) return false
  const hasFin = (segment.packet.flags & Flag.FIN) !== 0
  if (state === State.FIN_WAIT_1 || state === State.LAST_ACK) return hasFin
  return state !== State.FIN_WAIT_2 && state !== State.CLOSING
}

/** Whether a proven state still holds when the other side speaks: the other side has had all that the endpoint was seen to
 *  send for longer than this segment (one that answers it may cross an unseen FIN), and nothing more. */
function stays(tracker: Tracker, segment: Segment, row: number, state: number): boolean {
  const e = tracker.endpoints
  if (state === State.TIME_WAIT || state === State.CLOSED) return true
  if (state !== State.ESTABLISHED || e.has(row, Known.UNSEEN)) return false
  const p = segment.packet
  return segment.exact && (p.flags & Flag.ACK) !== 0 && p.ack === e.word(row, NEXT) && segment.freshAck === 0
}
