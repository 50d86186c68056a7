import type { Worker } from 'node:worker_threads'
import type { LiveEnd, TakeBatch } from './live-source.ts'
import { type CaptureWord, SLABS, Slot } from './slabs.ts'

/** What is said of a capture thread that has gone without a word. */
export const THREAD_ENDED = 'the capture thread was ended'

/** Empties slabs in the order in which the capture thread fills them, until that thread has ended. */
export class Pump {
  /** How the capture has ended; the thread is gone by then. Rejects with what `take` has thrown. */
  readonly done: Promise<LiveEnd>
  private readonly shared: Int32Array
  private readonly slabs: readonly Uint8Array[]
  private readonly take: TakeBatch
  private readonly abort: () => void
  private settle: (end: LiveEnd) => void = () => {}
  private refuse: (error: unknown) => void = () => {}
  /** The slab that is filled next. */
  private next = 0
  private isBusy = false
  private hasExited = false
  private end: LiveEnd | null = null
  private thrown: { readonly error: unknown } | null = null

  /** `abort` has the thread end at once. */
  constructor(worker: Worker, shared: Int32Array, slabs: readonly Uint8Array[], take: TakeBatch, abort: () => void) {
    this.shared = shared
    this.slabs = slabs
    this.take = take
    this.abort = abort
    this.done = new Promise((resolve, reject) => {
      this.settle = resolve
      this.refuse = reject
    })
    worker.on('message', (word: CaptureWord) => {
      Atomics.store(shared, Slot.TOLD, 0)
      if (word !== null) this.end = word
      this.empty()
    })
    worker.on('error', (error) => {
      this.end ??= { reason: 'failed', message: `the capture thread has failed: ${error.message}` }
    })
    worker.on('exit', () => {
      this.hasExited = true
      this.end ??= { reason: 'failed', message: THREAD_ENDED }
      this.empty()
    })
  }

  /** Hands over filled slabs; after a round of them other events have their turn, signals above all. */
  private empty(): void {
    if (this.isBusy) return
    for (let handed = 0; handed < SLABS; handed++) {
      const filled = this.thrown === null ? Atomics.load(this.shared, Slot.FILLED + this.next) : 0
      if (filled === 0) {
        this.finish()
        return
      }
      const waiting = this.hand(filled)
      if (waiting !== null) {
        this.isBusy = true
        waiting.catch((error) => this.fail(error)).then(() => this.resume())
        return
      }
    }
    this.isBusy = true
    setImmediate(() => {
      this.isBusy = false
      this.empty()
    })
  }

  /** Null once the slab has been given back; a promise while `take` is at it. */
  private hand(filled: number): Promise<void> | null {
    try {
      const waiting = this.take(this.slabs[this.next], 0, filled)
      if (waiting !== undefined) return waiting
      this.giveBack()
    } catch (error) {
      this.fail(error)
    }
    return null
  }

  private resume(): void {
    this.isBusy = false
    this.giveBack()
    this.empty()
  }

  private giveBack(): void {
    Atomics.store(this.shared, Slot.FILLED + this.next, 0)
    Atomics.notify(this.shared, Slot.FILLED + this.next)
    this.next = (this.next + 1) % SLABS
  }

  private fail(error: unknown): void {
    this.thrown ??= { error }
    this.abort()
  }

  private finish(): void {
    if (!this.hasExited) return
    if (this.thrown !== null) this.refuse(this.thrown.error)
    else if (this.end !== null) this.settle(this.end)
  }
}
