import { writeFully } from './write.ts'

const BLOCK = 64 * 1024

/** Text in large blocks, on standard output unless told otherwise. */
export class Output {
  #text = ''
  readonly #write: (bytes: Uint8Array, at: number, end: number) => void

  constructor(write = (bytes: Uint8Array, at: number, end: number): void => writeFully(1, bytes, at, end)) {
    this.#write = write
  }

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
    this.#write(bytes, 0, bytes.length)
  }
}
