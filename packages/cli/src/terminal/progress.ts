const QUIET_MS = 500
const EVERY_MS = 100

/** A line on standard error while long work goes on: only on a terminal, only after half a second, gone at the end. */
export class Progress {
  readonly #active: boolean
  readonly #start = performance.now()
  #next = QUIET_MS
  #drawn = false

  constructor(wanted: boolean) {
    this.#active = wanted && process.stderr.isTTY === true && process.env.TERM !== 'dumb'
  }

  /** Shape of readCapture's onProgress: bytes read, of how many (null: unknown). */
  update(bytes: number, total: number | null): void {
    if (!this.#active) return
    const now = performance.now() - this.#start
    if (now < this.#next) return
    this.#next = now + EVERY_MS
    this.#drawn = true
    const megabytes = (bytes / 1e6).toFixed(1)
    const share = total === null || total === 0 ? '' : ` ${Math.floor((100 * bytes) / total)}%`
    process.stderr.write(`\r\x1b[Kwiretale:${share} ${megabytes} MB`)
  }

  clear(): void {
    if (this.#drawn) process.stderr.write('\r\x1b[K')
    this.#drawn = false
  }
}
