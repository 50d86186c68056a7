import { type Moment, now } from './clock.ts'
import type { ClientEvent, Happening } from './event.ts'

/** Byte counters of a TCP socket. */
export interface SocketBytes {
  readonly index: number
  readonly sent: number
  readonly received: number
}

interface Entry {
  happening: Happening | (() => Happening)
  readonly at: Moment
  readonly connection: number | null
  readonly sent: number
  readonly received: number
}

/** The events of a run in the order in which they were noted. Keeping one costs microseconds: nothing is worded here. */
export class Journal {
  private entries: Entry[] = []
  /** Nobody reads: repeated runs after the first. */
  isSilent = false
  /** Moment of the last event, told or not. */
  lastAt: Moment = 0

  /** `at`: when it happened, where that was not this very moment. A function is asked later, by settle(), what happened:
   *  where finding out takes time that would be missing now. */
  note(happening: Happening | (() => Happening), socket: SocketBytes | null = null, at: Moment = now()): void {
    this.lastAt = at
    if (this.isSilent) return
    const { index: connection, sent, received } = socket ?? NO_SOCKET
    this.entries.push({ happening, at, connection, sent, received })
  }

  /** Asks those that were noted as functions, while what they ask is still there. */
  settle(): void {
    for (const entry of this.entries) if (typeof entry.happening === 'function') entry.happening = entry.happening()
  }

  /** Takes out what has been noted since the last time. */
  take(): ClientEvent[] {
    this.settle()
    const { entries } = this
    this.entries = []
    return entries.map(({ happening, at, connection, sent, received }) => {
      if (typeof happening === 'function') throw new Error('not settled')
      return { ...happening, at, connection, sent, received }
    })
  }
}

const NO_SOCKET = { index: null, sent: 0, received: 0 }
