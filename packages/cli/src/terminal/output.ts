import { writeSync } from 'node:fs'

const BLOCK = 64 * 1024
const wait = new Int32Array(new SharedArrayBuffer(4))

/** The reader of a pipe has gone; nothing more is wanted. */
export class BrokenPipe extends Error {}

/** Standard output in large blocks. A pipe may be full for a moment (EAGAIN): waits and goes on. */
export class Output {
  #text = ''

  write(text: string): void {
    this.#text += text
    if (this.#text.length >= BLOCK) this.flush()
  }

  line(text: string): void {
    this.write(`${text}\n`)
  }

  /** Throws BrokenPipe once nobody reads any more. */
  flush(): void {
    if (this.#text === '') return
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    let at = 0
    while (at < bytes.length) {
      try {
        at += writeSync(1, bytes, at, bytes.length - at)
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : null
        if (code === 'EPIPE') throw new BrokenPipe()
        if (code !== 'EAGAIN') throw error
        Atomics.wait(wait, 0, 0, 5)
      }
    }
  }
}
