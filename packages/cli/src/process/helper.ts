import type { Readable } from 'node:stream'
import { OwnAddresses } from './addresses.ts'
import { Inquiries } from './inquiries.ts'
import { eachJsonLine } from './json-lines.ts'
import { effectiveCapabilities, ProgramTable, uptimeMs } from './programs.ts'
import type { Answer, End, Limit, Request, SocketFact } from './protocol.ts'
import { eventsToRecord, SocketEvents } from './socket-events.ts'
import { STATE_FILTER } from './trace-events.ts'
import { TraceInstance } from './trace-instance.ts'

/** The kernel's events are read so often; at most this part of the time is spent on it. */
const POLL_MS = 5
const IDLE_POLL_MS = 25
const SHARE = 0.05
/** Silence after which reading is idle. */
const IDLE_AFTER_MS = 1_000
const CLOCK_SLACK_MS = 50
/** CAP_DAC_READ_SEARCH lists other users' files, CAP_SYS_PTRACE shows what they are (linux/capability.h). */
const NEEDED = (1 << 2) | (1 << 19)

/** The process that keeps the rights to see who holds which socket. It reads requests on standard input, writes answers
 *  on standard output, and ends with the command that started it: its standard input ends then, however that died. */
export async function runHelper(): Promise<number> {
  // A terminal's Ctrl-C is for the command, which may still ask.
  for (const signal of ['SIGINT', 'SIGHUP', 'SIGPIPE'] as const) process.on(signal, () => {})
  const helper = new Helper()
  try {
    await new Promise<void>((resolve) => {
      process.on('SIGTERM', () => resolve())
      process.stdout.on('error', () => resolve())
      helper.start(process.stdin, resolve)
    })
  } finally {
    helper.close()
  }
  // Whatever is being looked for is not wanted any more.
  process.exit(0)
}

class Helper {
  private readonly addresses = new OwnAddresses()
  private readonly inquiries: Inquiries
  private trace: TraceInstance | null = null
  private events: SocketEvents | null = null
  private lastEvent = 0
  private isClosed = false

  constructor() {
    this.inquiries = new Inquiries(
      this.addresses,
      (end, ms) => this.existed(end, ms),
      (fact) => this.tell(fact),
    )
  }

  start(input: Readable, onEnd: () => void): void {
    const limits: Limit[] = []
    if (!this.openTrace()) limits.push('traces')
    const rights = effectiveCapabilities()
    // All that is needed lies in the lowest 32 bits.
    const needed = rights & NEEDED
    if (needed !== NEEDED) limits.push('others')
    if (rights !== needed) limits.push('rights')
    answer({ ready: { traces: this.events !== null, limits } })
    input.on('end', onEnd).on('error', onEnd).on('close', onEnd)
    eachJsonLine(input, (line) => this.take(line as Request))
    if (this.events !== null) this.poll()
  }

  /** Nothing may be left behind in the kernel. */
  close(): void {
    this.isClosed = true
    this.trace?.close()
  }

  private take(request: Request): void {
    this.drain()
    if ('ask' in request) this.inquiries.ask(request.ask.client, request.ask.seenMs)
    else answer({ settled: request.settle })
  }

  private openTrace(): boolean {
    try {
      this.trace = TraceInstance.open(eventsToRecord(STATE_FILTER))
      // Events are recorded from now on, so no program is missed.
      this.events = new SocketEvents(this.trace, new ProgramTable(), this.addresses, (fact) => this.tell(fact))
    } catch {
      this.trace?.close()
      this.trace = null
    }
    return this.trace !== null
  }

  private poll(): void {
    const began = performance.now()
    this.drain()
    const took = performance.now() - began
    const pause = began - this.lastEvent > IDLE_AFTER_MS ? IDLE_POLL_MS : POLL_MS
    setTimeout(() => this.poll(), Math.max(pause, took / SHARE))
  }

  private drain(): void {
    const uptime = uptimeMs()
    if (this.events === null || this.isClosed || uptime === null) return
    if (this.events.drain(uptime)) answer({ lost: true })
  }

  private existed(end: End, ms: number): boolean {
    const socket = this.events?.find(end) ?? null
    if (socket === null) return false
    const { openedMs, endedMs } = socket
    return (openedMs ?? 0) <= ms + CLOCK_SLACK_MS && (endedMs === null || endedMs >= ms - CLOCK_SLACK_MS)
  }

  private tell(fact: SocketFact): void {
    this.lastEvent = performance.now()
    answer({ socket: fact })
  }
}

/** A full pipe holds the helper up until the command reads: nothing gathers, the kernel overwrites its oldest events. */
function answer(line: Answer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
