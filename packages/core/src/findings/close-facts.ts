import { Known, Trait } from '../conversation/known.ts'
import { CLOSE_TIME, FIN_PACKET, LAST_TIME } from '../conversation/page.ts'
import { closedFirst, timeWaitHolder } from '../conversation/record.ts'
import type { Slot } from '../conversation/stream.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { CloseFacts } from './facts.ts'

/** How a conversation was closed, read out of its columns when it ends; one object is used for all. */
export class ClosedConversation implements CloseFacts {
  first: CloseFacts['first'] = null
  timeWait: CloseFacts['timeWait'] = null
  reset = false
  packets = { client: 0, server: 0 }
  time = 0
  end = 0
  isWhole = false

  read(tracker: Tracker, slot: Slot): void {
    const c = tracker.conversations
    const e = tracker.endpoints
    const client = slot * 2
    const server = client + 1
    this.first = closedFirst(c, slot)
    this.timeWait = timeWaitHolder(c, e, slot)
    this.reset = c.has(slot, Trait.RESET)
    this.packets.client = e.word(client, FIN_PACKET)
    this.packets.server = e.word(server, FIN_PACKET)
    this.time = c.time(slot, CLOSE_TIME)
    this.end = c.time(slot, LAST_TIME)
    const bothCaptured = e.has(client, Known.SPOKE) && e.has(server, Known.SPOKE)
    this.isWhole = bothCaptured && !e.has(client, Known.UNSEEN) && !e.has(server, Known.UNSEEN)
  }
}
