import { LiveOutput } from './live-output.ts'

/** Text on standard output while packets come: a slow reader holds the capture up and never the signals. */
export class LiveText {
  private readonly output = new LiveOutput()
  private text = ''

  write(text: string): void {
    this.text += text
  }

  line(text: string): void {
    this.text += `${text}\n`
  }

  /** Writes what there is; null once it has been taken. Throws, or rejects with, BrokenPipe once nobody reads any more. */
  flush(): Promise<void> | null {
    if (this.text !== '') {
      const bytes = Buffer.from(this.text)
      this.text = ''
      this.output.write(bytes, 0, bytes.length)
    }
    return this.output.drain()
  }

  /** The program is to end: a reader that takes nothing has half a second left. */
  stop(): void {
    this.output.stop()
  }
}
