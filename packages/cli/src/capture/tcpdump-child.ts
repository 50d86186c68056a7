import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { linkTypeName } from '@wiretale/core'
import { type Device, LiveError, type LiveRequest, type LiveStatistics } from './live-source.ts'

/** tcpdump's words are kept up to this. */
const LONGEST_WORDS = 4096

/** A tcpdump that writes packets into a pipe, as a pcap file. */
export class TcpdumpChild {
  /** Settles when it has ended. */
  readonly ended: Promise<unknown>
  private readonly child: ChildProcessByStdio<null, Readable, Readable>
  private words = ''
  /** Why it could not be started. */
  failure: string | null = null
  private onWords: () => void = () => {}

  constructor(request: LiveRequest) {
    this.child = spawn('tcpdump', argumentsFor(request), { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.words = (this.words + text).slice(-LONGEST_WORDS)
      this.onWords()
    })
    this.child.on('error', ({ message }) => {
      this.failure = message
    })
    this.ended = once(this.child, 'close').catch(() => {})
  }

  get output(): Readable {
    return this.child.stdout
  }

  /** Asks it to end; what it has not read from the kernel yet is lost. Without the right to, it loses its reader, and
   *  ends with its next packet. */
  stop(): void {
    try {
      if (this.isRunning && process.kill(this.child.pid as number, 'SIGTERM')) return
    } catch {
      this.child.stdout.destroy()
    }
  }

  /** What tcpdump has said last that is not of its daily business, without its name in front. */
  lastWords(): string {
    if (this.failure !== null) return this.failure
    const lines = this.words.split('\n').filter((line) => line !== '' && !ROUTINE.test(line))
    const last = lines.findLastIndex((line) => line.startsWith('tcpdump: '))
    const said = lines
      .slice(Math.max(last, 0))
      .join('\n')
      .replace(/^tcpdump: /, '')
    if (said !== '') return said
    const { signalCode, exitCode } = this.child
    return signalCode === null ? `tcpdump has ended with code ${exitCode}` : `tcpdump was ended by ${signalCode}`
  }

  /** The counts that tcpdump shows when asked, and at its end; null if they do not come in time. */
  async statistics(milliseconds: number): Promise<LiveStatistics | null> {
    if (this.isRunning) {
      this.words = this.words.replace(COUNTS, '')
      try {
        process.kill(this.child.pid as number, 'SIGUSR1')
      } catch {
        return null
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds)
        this.onWords = () => {
          if (this.counts() === null) return
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return this.counts()
  }

  private get isRunning(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null
  }

  private counts(): LiveStatistics | null {
    const received = RECEIVED.exec(this.words)
    const dropped = DROPPED.exec(this.words)
    if (received === null || dropped === null) return null
    return {
      received: Number(received[1]),
      dropped: Number(dropped[1]),
      droppedByInterface: Number(DROPPED_BY_INTERFACE.exec(this.words)?.[1] ?? 0),
    }
  }
}

const RECEIVED = /(\d+) packets? received by filter/
const DROPPED = /(\d+) packets? dropped by kernel/
const DROPPED_BY_INTERFACE = /(\d+) packets? dropped by interface/
const COUNTS = /^.*\d+ packets? (captured|received by filter|dropped by (kernel|interface)).*\n/gm
const ROUTINE =
  /\d+ packets? (captured|received by filter|dropped by)|listening on |verbose output suppressed|data link type /

function argumentsFor(request: LiveRequest): string[] {
  const words = ['-i', request.device, '-w', '-', '-U', '-s', `${request.snaplen}`]
  if (!request.promiscuous) words.push('-p')
  if (request.monitorMode) words.push('-I')
  if (request.immediate) words.push('--immediate-mode')
  if (request.bufferBytes > 0) words.push('-B', `${Math.ceil(request.bufferBytes / 1024)}`)
  if (request.timeStampType !== null) words.push('-j', request.timeStampType)
  if (request.nano) words.push('--time-stamp-precision=nano')
  if (request.link !== null) words.push('-y', linkTypeName(request.link))
  if (request.direction !== null) words.push('-Q', request.direction)
  return [...words, '--', request.expression]
}

/** A tcpdump that is this program under another name must not start the next one in turn. */
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C', WIRETALE_ENGINE: 'libpcap' })

/** A line of `tcpdump -D`: number, name, description and flags. */
const DEVICE = /^\d+\.(\S+)(?: \((.*)\))?(?: \[([^\]]*)\])?$/

/** What `tcpdump -D` lists. Rejects with LiveError. */
export async function askForDevices(): Promise<Device[]> {
  let text: string
  try {
    const { stdout } = await promisify(execFile)('tcpdump', ['-D'], { env: environment() })
    text = stdout
  } catch (error) {
    throw new LiveError('engine', error instanceof Error ? error.message : String(error))
  }
  return text.split('\n').flatMap((line) => {
    const found = DEVICE.exec(line)
    return found === null ? [] : [{ name: found[1], description: found[2] ?? null, flags: found[3] ?? null }]
  })
}
