import type { StateNow } from '../model/lines.ts'
import { Flag } from '../wire/tcp.ts'
import { Known, Trait } from './columns.ts'
import type { Segment } from './segment.ts'
import { stateName } from './state.ts'
import type { Side } from './stream.ts'
import type { Tracker } from './tracker.ts'

/** An endpoint's state after a segment, as far as the packets up to it tell. `observed` needs proof by a segment of the
 *  endpoint, and nothing unseen since: its own segment must start where its last one ended; the other side's must
 *  acknowledge all that it sent. Otherwise a FIN may have gone by, and the state is inferred. */
export function stateNow(tracker: Tracker, segment: Segment, side: Side): StateNow {
  const e = tracker.endpoints
  const isSelf = tracker.conversations.has(segment.slot, Trait.SELF)
  const row = segment.slot * 2 + (isSelf ? 0 : side)
  const other = isSelf ? row : row ^ 1
  const likely = tracker.machine.likelyState(row)
  const name = stateName(likely)
  if (name === null) return null
  const p = segment.packet
  const isSender = side === segment.side || isSelf
  const nothingUnseen = !e.has(row, Known.UNSEEN) && !e.has(other, Known.UNSEEN)
  const isCurrent = isSender ? segment.exact : (p.flags & Flag.ACK) !== 0 && p.ack === e.next[row]
  const observed = likely === e.state[row] && e.isProven(row) && nothingUnseen && isCurrent
  return { name, basis: observed ? 'observed' : 'inferred' }
}
