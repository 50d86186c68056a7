import { type Moment, now } from './clock.ts'
import type { ClientEvent, Happening } from './event.ts'

/** Byte counters of a TCP socket. */
export interface SocketBytes {
  readonly index: number
  readonly sent: number
  readonly received: number
}

/** The events of a run in the order in which they were noted. Keeping one costs microseconds: nothing is worded here. */
export class Journal {
  private readonly pending: ClientEvent[] = []
  /** Nobody reads: repeated runs after the first. */
  isSilent = false
  /** Moment of the last event, told or not. */
  lastAt: Moment = 0

  /** `at`: when it happened, where that was not this very moment. */
  note(happening: Happening, socket: SocketBytes | null = null, at: Moment = now()): void {
    this.lastAt = at
    if (this.isSilent) return
    this.pending.push({
      ...happening,
      at,
      connection: socket?.index ?? null,
      sent: socket?.sent ?? 0,
      received: socket?.received ?? 0,
    })
  }

  /** Takes out what has been noted since the last time. */
  take(): ClientEvent[] {
    return this.pending.splice(0)
  }
}
