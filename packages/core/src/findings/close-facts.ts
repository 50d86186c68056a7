import { Known, Trait } from '../conversation/columns.ts'
import { closedFirst, timeWaitHolder } from '../conversation/record.ts'
import type { Slot } from '../conversation/stream.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { CloseFacts } from './facts.ts'

/** Reads how a conversation was closed out of its columns, when it ends. */
export function readClose(tracker: Tracker, slot: Slot): CloseFacts {
  const c = tracker.conversations
  const e = tracker.endpoints
  const client = slot * 2
  const server = client + 1
  const bothCaptured = e.packets[client] > 0 && e.packets[server] > 0
  return {
    first: closedFirst(c, slot),
    timeWait: timeWaitHolder(c, e, slot),
    reset: c.has(slot, Trait.RESET),
    packets: { client: e.finPacket[client], server: e.finPacket[server] },
    time: c.closeTime[slot],
    end: c.lastTime[slot],
    isWhole: bothCaptured && !e.has(client, Known.UNSEEN) && !e.has(server, Known.UNSEEN),
  }
}
