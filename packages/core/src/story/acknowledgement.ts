import { distance, Known, Trait } from '../conversation/known.ts'
import { ACKED, FIN, FIN_PACKET, NEXT, PACKETS } from '../conversation/page.ts'
import type { Segment } from '../conversation/segment.ts'
import { State } from '../conversation/state.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { SideName } from '../model/lines.ts'
import type { Tell } from './tell.ts'
import type { Thread } from './thread.ts'

/** What a bare ACK says. `newSyn`: the SYN of a newer conversation on the same ports, else 0. */
export function tellAcknowledgement(
  tracker: Tracker,
  segment: Segment,
  thread: Thread,
  from: SideName,
  newSyn: number,
  tell: Tell,
): void {
  const e = tracker.endpoints
  const { packet: p, slot } = segment
  const i = slot * 2 + segment.side
  const j = tracker.conversations.has(slot, Trait.SELF) ? i : i ^ 1
  const coversFin = e.has(j, Known.FIN) && p.ack === (e.word(j, FIN) + 1) >>> 0
  if (segment.freshAck === 0) {
    // A socket that is still there answers a SYN so (RFC 5961 §4.2).
    if (newSyn !== 0) tell('tcp.ack.challenge', { from, syn: newSyn })
    else if (coversFin) tell('tcp.close.ack-again', { from, fin: e.word(j, FIN_PACKET) })
    else tell('tcp.ack.nothing-new', { from })
  } else if (coversFin) tellFinAcknowledged(tracker, segment, i, j, from, tell)
  else if (e.word(j, PACKETS) === 0) {
    const isThird = e.has(i, Known.SYN) && segment.relativeSeq === 1 && thread.data === 0
    tell(isThird ? 'tcp.open.ack-unseen' : 'tcp.ack.unseen', { from })
  } else tellBytes(tracker, segment, thread, j, from, tell)
}

function tellFinAcknowledged(
  tracker: Tracker,
  segment: Segment,
  i: number,
  j: number,
  from: SideName,
  tell: Tell,
): void {
  const e = tracker.endpoints
  const fin = e.word(j, FIN_PACKET)
  if (!e.has(i, Known.FIN)) tell('tcp.close.ack', { from, fin })
  else if (e.has(i, Known.ACKED) && distance(e.word(i, ACKED), e.word(i, FIN)) > 0)
    tell('tcp.close.last-ack', { from, timeWait: holder(tracker, segment.slot) })
  else tell('tcp.close.ack-crossing', { from, fin, own: e.word(i, FIN_PACKET) })
}

function tellBytes(tracker: Tracker, segment: Segment, thread: Thread, j: number, from: SideName, tell: Tell): void {
  const e = tracker.endpoints
  const total = segment.relativeAck - 1
  const syn = thread.synAck[segment.side ^ 1] || thread.syn[segment.side ^ 1]
  // Without its SYN, a stream is counted from the first byte that was captured.
  const isWhole = e.has(j, Known.ISN)
  const fin = e.has(j, Known.FIN) && distance(e.word(j, FIN), segment.packet.ack) >= 0 ? e.word(j, FIN_PACKET) : null
  const open = distance(e.word(j, NEXT), segment.packet.ack) - (fin === null ? 0 : 1)
  if (total <= 0) {
    if (syn !== 0) tell('tcp.open.ack', { from, syn })
    else tell('tcp.ack.nothing-new', { from })
  } else if (open > 0 || fin !== null) tell('tcp.ack.some', { from, total, open: Math.max(0, open), fin })
  else tell('tcp.ack.all', { from, total, isWhole })
}

function holder(tracker: Tracker, slot: number): SideName | 'both' | null {
  const client = tracker.likelyState(slot * 2) === State.TIME_WAIT
  const server = tracker.likelyState(slot * 2 + 1) === State.TIME_WAIT
  if (client && server) return 'both'
  if (client) return 'client'
  return server ? 'server' : null
}
