import { distance, Known, Trait } from '../conversation/known.ts'
import { Label } from '../conversation/labels.ts'
import { NEXT } from '../conversation/page.ts'
import type { Segment } from '../conversation/segment.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { SideName } from '../model/lines.ts'
import { Flag } from '../wire/tcp.ts'
import type { Tell } from './tell.ts'
import type { Thread } from './thread.ts'

/** What a segment with SYN says (RFC 9293 §3.5). */
export function tellSyn(tracker: Tracker, segment: Segment, thread: Thread, from: SideName, tell: Tell): void {
  if ((segment.packet.flags & Flag.ACK) !== 0) tellSynAck(tracker, segment, thread, from, tell)
  else tellBareSyn(segment, thread, from, tell)
}

function tellBareSyn(segment: Segment, thread: Thread, from: SideName, tell: Tell): void {
  const { packet: p, side } = segment
  const first = thread.syn[side]
  const other = thread.syn[side ^ 1]
  if (first !== 0 && (segment.labels & Label.RETRANSMISSION) !== 0) {
    const answer = thread.synAck[side ^ 1] || null
    tell('tcp.open.syn-again', { from, first, afterMs: (p.time - thread.synTime[side]) / 1e6, answer })
  } else if (other !== 0) tell('tcp.open.syn-crossing', { from, other })
  else {
    if (segment.opens && segment.isReuse) tell('tcp.open.port-reused', { from })
    else if (p.payloadBytes === 0) tell('tcp.open.syn', { from })
    if (p.payloadBytes > 0) tell('tcp.open.syn-data', { from, bytes: p.payloadBytes })
  }
  thread.syn[side] = p.number
  thread.synTime[side] = p.time
}

function tellSynAck(tracker: Tracker, segment: Segment, thread: Thread, from: SideName, tell: Tell): void {
  const { packet: p, side, slot } = segment
  const first = thread.synAck[side]
  const own = thread.syn[side]
  const other = thread.syn[side ^ 1]
  if (first !== 0 && (segment.labels & Label.RETRANSMISSION) !== 0)
    tell('tcp.open.syn-ack-again', { from, first, afterMs: (p.time - thread.synAckTime[side]) / 1e6 })
  else if (tracker.conversations.has(slot, Trait.SELF)) tell('tcp.open.self', { from })
  else if (own !== 0 && other !== 0) tell('tcp.open.syn-ack-crossing', { from, own, other })
  else {
    const e = tracker.endpoints
    const j = (slot * 2 + side) ^ 1
    const isFastOpen = e.has(j, Known.FAST_OPEN) && segment.relativeAck > 1 && distance(p.ack, e.word(j, NEXT)) <= 0
    tell('tcp.open.syn-ack', { from, bytes: isFastOpen ? segment.relativeAck - 1 : 0 })
  }
  thread.synAck[side] = p.number
  thread.synAckTime[side] = p.time
}
