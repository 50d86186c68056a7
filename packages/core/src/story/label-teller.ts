import { Trait } from '../conversation/columns.ts'
import { Label } from '../conversation/labels.ts'
import type { Segment } from '../conversation/segment.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { SideName } from '../model/lines.ts'
import { Flag } from '../wire/tcp.ts'
import type { Tell } from './tell.ts'

/** What is unusual about a segment. True when that says all there is to say about it. */
export function tellLabels(tracker: Tracker, segment: Segment, from: SideName, tell: Tell): boolean {
  const { labels, packet: p, slot } = segment
  if (labels === 0) return false
  const to: SideName = from === 'client' ? 'server' : 'client'
  const bytes = p.payloadBytes
  if ((labels & Label.PREVIOUS_NOT_CAPTURED) !== 0) tell('tcp.previous-not-captured', { from })
  if ((labels & Label.ACKED_UNSEEN) !== 0) tell('tcp.acked-unseen', { from, bytes: Math.max(1, segment.freshAck) })
  if ((labels & Label.ZERO_WINDOW) !== 0) tell('tcp.zero-window', { from })
  if ((labels & Label.WINDOW_FULL) !== 0) tell('tcp.window-full', { from, to })
  if ((labels & Label.KEEP_ALIVE) !== 0) tell('tcp.keep-alive', { from })
  else if ((labels & Label.ZERO_WINDOW_PROBE) !== 0) tell('tcp.zero-window-probe', { from, to })
  else if ((labels & Label.KEEP_ALIVE_ACK) !== 0) tell('tcp.keep-alive-ack', { from })
  else if ((labels & Label.WINDOW_UPDATE) !== 0) tell('tcp.window-update', { from, window: p.window })
  else if ((labels & Label.DUPLICATE_ACK) !== 0) {
    const j = tracker.conversations.has(slot, Trait.SELF) ? slot * 2 : (slot * 2 + segment.side) ^ 1
    tell('tcp.duplicate-ack', { from, ack: segment.relativeAck, count: tracker.endpoints.duplicateAcks[j] })
  } else if ((labels & Label.LOST_BEFORE_CAPTURE) !== 0) tell('tcp.lost-before-capture', { from, bytes })
  else if ((labels & Label.OUT_OF_ORDER) !== 0) tell('tcp.out-of-order', { from, bytes })
  else if ((labels & Label.RETRANSMISSION) !== 0) {
    const kind =
      (labels & Label.FAST_RETRANSMISSION) !== 0
        ? 'fast'
        : (labels & Label.SPURIOUS_RETRANSMISSION) !== 0
          ? 'spurious'
          : 'timeout'
    tell('tcp.retransmission', { from, bytes, kind, what: bytes === 0 && (p.flags & Flag.FIN) !== 0 ? 'fin' : 'data' })
  } else return false
  return true
}
