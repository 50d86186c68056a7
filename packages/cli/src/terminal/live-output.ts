import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { BrokenPipe } from './write.ts'

/** After stop() what the reader has not taken within this time is given up. */
const GRACE_MS = 500
const FIRST_PAUSE_MS = 1
const LONGEST_PAUSE_MS = 20

/** Standard output that never blocks the program, so that it goes on serving signals while a reader is slow or has
 *  stopped reading. What is not taken at once waits here: whoever writes awaits drain() before it writes much more. */
export class LiveOutput {
  private readonly fd: number
  private held: Uint8Array[] = []
  private giveUpAt = Number.POSITIVE_INFINITY
  private hasGivenUp = false

  constructor() {
    this.fd = unblocked()
  }

  /** Writes bytes[at, end), which are the caller's again when it returns. Throws BrokenPipe once nobody reads any more,
   *  else the system's error. */
  write(bytes: Uint8Array, at: number, end: number): void {
    if (this.hasGivenUp) return
    const from = this.held.length === 0 ? this.put(bytes, at, end) : at
    if (from < end) this.held.push(bytes.slice(from, end))
  }

  /** Null if all has been written. Rejects as write() throws. */
  drain(): Promise<void> | null {
    return this.held.length === 0 ? null : this.putHeld()
  }

  /** The program is to end: the reader has half a second left. */
  stop(): void {
    this.giveUpAt = Math.min(this.giveUpAt, performance.now() + GRACE_MS)
  }

  private async putHeld(): Promise<void> {
    let pause = FIRST_PAUSE_MS
    while (this.held.length > 0) {
      const [bytes] = this.held
      const from = this.put(bytes, 0, bytes.length)
      if (from === bytes.length) {
        this.held.shift()
        pause = FIRST_PAUSE_MS
        continue
      }
      if (from > 0) this.held[0] = bytes.subarray(from)
      if (performance.now() >= this.giveUpAt) {
        this.hasGivenUp = true
        this.held = []
        return
      }
      await new Promise((resume) => setTimeout(resume, pause))
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS)
    }
  }

  /** Returns the offset of the first byte that was not taken. */
  private put(bytes: Uint8Array, at: number, end: number): number {
    let from = at
    try {
      while (from < end) from += writeSync(this.fd, bytes, from, end - from)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null
      if (code === 'EPIPE') throw new BrokenPipe()
      if (code !== 'EAGAIN') throw error
    }
    return from
  }
}

/** Descriptor of standard output that returns at once when nothing can be taken. Opened anew where that is possible:
 *  whoever shares the old one is not to be disturbed. */
function unblocked(): number {
  const stat = fstatSync(1)
  if (stat.isFile()) return 1
  try {
    if (stat.isSocket()) {
      // Only to switch it over; what is written goes past it.
      const { Socket } = process.getBuiltinModule('node:net')
      new Socket({ fd: 1, readable: false, writable: true }).unref()
      return 1
    }
    return openSync('/dev/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    return 1
  }
}
