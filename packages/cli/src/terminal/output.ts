import { writeFully } from './write.ts'

const BLOCK = 64 * 1024

/** Standard output in large blocks. */
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
    writeFully(1, bytes)
  }
}
