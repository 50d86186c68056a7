import { Known, Trait } from '../conversation/columns.ts'
import type { Segment } from '../conversation/segment.ts'
import { State } from '../conversation/state.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { SideName } from '../model/lines.ts'
import type { Tell } from './tell.ts'

/** What a bare ACK says. */
export function tellAcknowledgement(tracker: Tracker, segment: Segment, from: SideName, tell: Tell): void {
  const e = tracker.endpoints
  const { packet: p, slot } = segment
  const i = slot * 2 + segment.side
  const j = tracker.conversations.has(slot, Trait.SELF) ? i : i ^ 1
  if (segment.freshAck === 0) {
    tell('tcp.ack.nothing-new', { from })
    return
  }
  const coversFin = e.has(j, Known.FIN) && p.ack === (e.fin[j] + 1) >>> 0
  if (coversFin) {
    if (e.has(i, Known.FIN)) tell('tcp.close.last-ack', { from, timeWait: holder(tracker, slot) })
    else tell('tcp.close.ack', { from, fin: e.finPacket[j] })
    return
  }
  const open = (e.next[j] - p.ack) | 0
  if (open > 0) tell('tcp.ack.some', { from, bytes: segment.freshAck, open })
  else tell('tcp.ack.all', { from, total: segment.relativeAck - 1 })
}

function holder(tracker: Tracker, slot: number): SideName | 'both' | null {
  const client = tracker.machine.likelyState(slot * 2) === State.TIME_WAIT
  const server = tracker.machine.likelyState(slot * 2 + 1) === State.TIME_WAIT
  if (client && server) return 'both'
  if (client) return 'client'
  return server ? 'server' : null
}
