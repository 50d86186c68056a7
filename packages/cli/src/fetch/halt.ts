import { now } from './clock.ts'
import { type Failure, FetchError, type Phase } from './failure.ts'

/** What may end a run from outside at any moment: its time limits, Ctrl-C. Knows the phase that it interrupts. */
export class Halt {
  phase: Phase = 'lookup'
  private failure: Failure | null = null
  private readonly began = now()
  private readonly watchers = new Set<(error: FetchError) => void>()
  private readonly timers = new Set<NodeJS.Timeout>()

  /** Ends the run `ms` from now; the returned function takes it back. */
  limit(limit: 'max-time' | 'connect-timeout', ms: number): () => void {
    const began = now()
    const timer = setTimeout(() => {
      this.stop({ kind: 'timeout', phase: this.phase, afterMs: now() - began, limit })
    }, ms)
    this.timers.add(timer)
    return () => {
      clearTimeout(timer)
      this.timers.delete(timer)
    }
  }

  get elapsedMs(): number {
    return now() - this.began
  }

  stop(failure: Failure): void {
    if (this.failure !== null) return
    this.failure = failure
    for (const watcher of [...this.watchers]) watcher(new FetchError(failure))
  }

  /** A promise that a halt rejects; `begin` starts the work, `undo` ends it early. Throws FetchError. */
  wait<T>(
    begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
    undo: () => void,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.failure !== null) {
        undo()
        reject(new FetchError(this.failure))
        return
      }
      const halted = (error: FetchError): void => {
        this.watchers.delete(halted)
        undo()
        reject(error)
      }
      this.watchers.add(halted)
      begin(
        (value) => {
          this.watchers.delete(halted)
          resolve(value)
        },
        (error) => {
          this.watchers.delete(halted)
          reject(error)
        },
      )
    })
  }

  /** No timer may keep the process alive. */
  close(): void {
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
  }
}
