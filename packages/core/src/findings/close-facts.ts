import { Known, Trait } from '../conversation/known.ts'
import { CLIENT, CLOSE_TIME, FIN_PACKET, LAST_TIME, SERVER } from '../conversation/page.ts'
import { closedFirst, timeWaitHolder } from '../conversation/record.ts'
import type { Slot } from '../conversation/stream.ts'
import type { Tracker } from '../conversation/tracker.ts'
import type { CloseFacts } from './facts.ts'

/** How a conversation was closed: read out of its columns as it is asked for, while the conversation ends. One object is
 *  used for all. */
export class ClosedConversation implements CloseFacts {
  readonly packets = { client: 0, server: 0 }
  private readonly tracker: Tracker
  private slot: Slot = 0

  constructor(tracker: Tracker) {
    this.tracker = tracker
  }

  /** Turns to another conversation. */
  of(slot: Slot): void {
    const { conversations } = this.tracker
    const { words } = conversations.pageOf(slot)
    const at = conversations.recordAt(slot)
    this.slot = slot
    this.packets.client = words[at + CLIENT + FIN_PACKET]
    this.packets.server = words[at + SERVER + FIN_PACKET]
  }

  get first(): CloseFacts['first'] {
    return closedFirst(this.tracker.conversations, this.slot)
  }

  get timeWait(): CloseFacts['timeWait'] {
    return timeWaitHolder(this.tracker.conversations, this.tracker.endpoints, this.slot)
  }

  get reset(): boolean {
    return this.tracker.conversations.has(this.slot, Trait.RESET)
  }

  get time(): number {
    return this.tracker.conversations.time(this.slot, CLOSE_TIME)
  }

  get end(): number {
    return this.tracker.conversations.time(this.slot, LAST_TIME)
  }

  get isWhole(): boolean {
    const { endpoints } = this.tracker
    const client = this.slot * 2
    const server = client + 1
    const bothCaptured = endpoints.has(client, Known.SPOKE) && endpoints.has(server, Known.SPOKE)
    return bothCaptured && !endpoints.has(client, Known.UNSEEN) && !endpoints.has(server, Known.UNSEEN)
  }
}
