import { Known, Trait } from '../conversation/known.ts'
import { Label } from '../conversation/labels.ts'
import { DUPLICATE_ACKS, SCALE } from '../conversation/page.ts'
import type { Segment } from '../conversation/segment.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { SideName } from '../model/lines.ts'
import { Flag } from '../wire/tcp.ts'
import type { Tell } from './tell.ts'
import type { Thread } from './thread.ts'

/** What is unusual about a segment. True when that says all there is to say about it. */
export function tellLabels(tracker: Tracker, segment: Segment, thread: Thread, from: SideName, tell: Tell): boolean {
  const { labels } = segment
  const probe = thread.probe
  thread.probe = null
  if (labels === 0) return false
  const to: SideName = from === 'client' ? 'server' : 'client'
  if ((labels & Label.PREVIOUS_NOT_CAPTURED) !== 0) tell('tcp.previous-not-captured', { from })
  if ((labels & Label.ACKED_UNSEEN) !== 0) tell('tcp.acked-unseen', { from, bytes: segment.unseenAck })
  if ((labels & Label.ZERO_WINDOW) !== 0) tell('tcp.zero-window', { from })
  if ((labels & Label.WINDOW_FULL) !== 0) tell('tcp.window-full', { from, to })
  if ((labels & Label.KEEP_ALIVE) !== 0) {
    thread.probe = 'keep-alive'
    tell('tcp.keep-alive', { from })
  } else if ((labels & Label.ZERO_WINDOW_PROBE) !== 0) {
    thread.probe = 'zero-window'
    tell('tcp.zero-window-probe', { from, to })
  } else if ((labels & Label.KEEP_ALIVE_ACK) !== 0) {
    if (probe !== 'zero-window') tell('tcp.keep-alive-ack', { from })
    else if (segment.packet.window > 0) tellWindow(tracker, segment, from, tell)
  } else if ((labels & Label.WINDOW_UPDATE) !== 0) tellWindow(tracker, segment, from, tell)
  else return tellOrder(tracker, segment, from, tell)
  return true
}

/** Labels about what was sent again, late, or not at all. */
function tellOrder(tracker: Tracker, segment: Segment, from: SideName, tell: Tell): boolean {
  const { labels, packet: p, slot } = segment
  const bytes = p.payloadBytes
  if ((labels & Label.DUPLICATE_ACK) !== 0) {
    const j = tracker.conversations.has(slot, Trait.SELF) ? slot * 2 : (slot * 2 + segment.side) ^ 1
    tell('tcp.duplicate-ack', { from, ack: segment.relativeAck, count: tracker.endpoints.word(j, DUPLICATE_ACKS) })
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
  } else return (labels & Label.ACKED_UNSEEN) !== 0 && bytes === 0
  return true
}

/** More room: scaled where both SYNs were captured (RFC 7323 §2.2). */
function tellWindow(tracker: Tracker, segment: Segment, from: SideName, tell: Tell): void {
  const e = tracker.endpoints
  const row = segment.slot * 2 + segment.side
  const { window } = segment.packet
  const isKnown = e.has(row, Known.SYN) && e.has(row ^ 1, Known.SYN)
  const isScaled = e.has(row, Known.SCALE) && e.has(row ^ 1, Known.SCALE)
  tell('tcp.window-update', { from, window, bytes: isKnown ? window * 2 ** (isScaled ? e.word(row, SCALE) : 0) : null })
}
