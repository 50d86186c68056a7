import { writeSync } from 'node:fs'
import { BrokenPipe } from './write.ts'

// The alternate screen, and the cursor (xterm, ctlseqs: private modes 1049 and 25).
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'
const END_OF_LINE = '\x1b[K'
const REST_OF_SCREEN = '\x1b[J'

const CTRL_C = '\x03'
const CTRL_Z = '\x1a'

/** A whole terminal that is drawn again and again, and its keyboard. However the program ends, leave() puts everything
 *  back: it is called when the process exits, too. */
export class Screen {
  private readonly onKey: (key: string) => void
  private readonly onResize: () => void
  private isEntered = false
  private readonly leaveAtExit = (): void => this.leave()
  private readonly take = (bytes: Buffer): void => {
    // An arrow key or the like comes as one sequence: no key of ours.
    const text = bytes.toString('latin1')
    if (text.startsWith('\x1b')) return
    for (const key of text) this.press(key)
  }
  private readonly enterAgain = (): void => {
    this.enter()
    this.onResize()
  }

  /** `onKey`: for every key but Ctrl-Z; Ctrl-C is `q`. `onResize`: it has another size, or has been hidden. */
  constructor(onKey: (key: string) => void, onResize: () => void) {
    this.onKey = onKey
    this.onResize = onResize
  }

  get columns(): number {
    return process.stdout.columns || 80
  }

  get rows(): number {
    return process.stdout.rows || 24
  }

  enter(): void {
    if (this.isEntered) return
    this.isEntered = true
    process.on('exit', this.leaveAtExit)
    process.stdout.on('resize', this.onResize)
    put(ENTER)
    const { stdin } = process
    if (stdin.isTTY !== true) return
    stdin.setRawMode(true)
    stdin.on('data', this.take)
    stdin.resume()
  }

  leave(): void {
    if (!this.isEntered) return
    this.isEntered = false
    process.off('exit', this.leaveAtExit)
    process.stdout.off('resize', this.onResize)
    const { stdin } = process
    if (stdin.isTTY === true) {
      stdin.off('data', this.take)
      stdin.setRawMode(false)
      stdin.pause()
    }
    try {
      put(LEAVE)
    } catch {
      // The terminal has gone: there is nothing to put back.
    }
  }

  /** Shows these lines in place of what was there. Throws BrokenPipe once the terminal has gone. */
  draw(lines: readonly string[]): void {
    if (!this.isEntered) return
    const text = lines.slice(0, this.rows).join(`${END_OF_LINE}\r\n`)
    put(HOME + text + END_OF_LINE + REST_OF_SCREEN)
  }

  private press(key: string): void {
    if (key !== CTRL_Z) {
      this.onKey(key === CTRL_C ? 'q' : key)
      return
    }
    this.leave()
    process.once('SIGCONT', this.enterAgain)
    process.kill(process.pid, 'SIGSTOP')
  }
}

/** What a slow terminal does not take at once is left out: the next drawing shows it all. */
function put(text: string): void {
  try {
    writeSync(1, text)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EIO' || code === 'EPIPE') throw new BrokenPipe()
    if (code !== 'EAGAIN') throw error
  }
}
