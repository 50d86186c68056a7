import type { BpfProgram, InterfaceInfo } from '@wiretale/core'
import { LiveFeed } from '../capture/live-feed.ts'
import { countRecords, isLittleEndian } from '../capture/live-records.ts'
import type { LiveEnd, LiveSource } from '../capture/live-source.ts'
import { LiveOutput } from '../terminal/live-output.ts'
import { isForLane, Outputs } from './outputs.ts'
import { userForCapture } from './privileges.ts'
import type { Settings } from './settings.ts'
import { outputFailure } from './tell.ts'

/** What is to be written is so at the latest after this time: a capture that is killed loses no more. */
const FLUSH_MS = 1000

/** What becomes of a live capture's packets. Slow outputs hold the source up, whose kernel then drops and counts;
 *  nothing grows. */
export class LiveLoop {
  private readonly settings: Settings
  private readonly source: LiveSource
  private readonly output = new LiveOutput()
  private readonly outputs: Outputs
  /** Null: records go as they are into the file, or are only counted. */
  private feed: LiveFeed | null = null
  private failure: unknown = null

  constructor(settings: Settings, source: LiveSource) {
    this.settings = settings
    this.source = source
    this.outputs = new Outputs(settings, (bytes, at, end) => this.write(bytes, at, end))
  }

  /** Packets so far that the filter has let through. */
  get captured(): number {
    return this.outputs.loop.captured
  }

  /** Opens the outputs, gives root's rights up, then sets the filter; `words`: the filter's. Throws Failure. */
  async open(program: BpfProgram | null, words: string): Promise<void> {
    const { settings, source, outputs } = this
    await outputs.prepare(null)
    const { aside, loop } = outputs
    let described: InterfaceInfo | null = null
    this.feed = new LiveFeed(source, words.trim(), {
      capture: (info) => aside?.capture(info),
      interface: (info) => {
        described = info
        outputs.interfaces.list.push(info)
        aside?.interface(info)
      },
      packet: (record) => loop.packet(record),
    })
    if (described === null) return
    outputs.open(described, userForCapture(settings.user))
    loop.begin(described, settings.count)
    const isAsWritten = isLittleEndian && (source.ticksPerSecond === 1e9) === settings.nano
    if (isForLane(settings) && loop.printer === null && isAsWritten) this.feed = null
    await source.setFilter(program)
  }

  /** Captures until stop(), -c's number or a failure. Rejects with what an output has failed with. */
  async run(): Promise<LiveEnd> {
    const timer = setInterval(() => this.flushFile(), FLUSH_MS)
    try {
      const end = await this.source.run((...batch) => this.takeSettled(...batch), this.settings.count)
      await this.finish(end)
      return end
    } finally {
      clearInterval(timer)
    }
  }

  /** Safe in a signal handler. */
  stop(): void {
    this.output.stop()
    this.source.stop()
  }

  /** What -w's file is still to get is written. */
  flushFile(): void {
    if (this.failure !== null) return
    try {
      this.outputs.loop.dump?.flush()
    } catch (error) {
      this.fail(error)
    }
  }

  private takeSettled(bytes: Uint8Array, at: number, end: number): void | Promise<void> {
    const settled = this.outputs.settle()
    if (settled === null) return this.take(bytes, at, end)
    return settled.then(() => this.take(bytes, at, end))
  }

  private take(bytes: Uint8Array, at: number, end: number): void | Promise<void> {
    if (this.failure !== null) return
    try {
      if (this.feed === null) this.takeWhole(bytes, at, end)
      else this.feed.take(bytes, at, end)
      const waiting = this.outputs.loop.printer?.settle?.() ?? null
      if (waiting === null) return this.flush()
      return waiting.then(() => this.flush()).catch((error) => this.fail(error))
    } catch (error) {
      this.fail(error)
    }
  }

  private takeWhole(bytes: Uint8Array, at: number, end: number): void {
    const { loop } = this.outputs
    loop.dump?.records(bytes, at, end)
    loop.add(countRecords(bytes, at, end))
  }

  /** Whoever watches sees each batch at once. */
  private flush(): Promise<void> | undefined {
    this.outputs.flush()
    return this.output.drain()?.catch((error) => this.fail(error))
  }

  /** Ends the capture from within; what is still delivered is not looked at. */
  private fail(error: unknown): void {
    this.failure ??= error
    this.stop()
  }

  private async finish(end: LiveEnd): Promise<void> {
    const { loop } = this.outputs
    const { writeFile, format } = this.settings
    if (this.failure !== null) {
      // What went before is written; an error that says so a second time adds nothing.
      try {
        loop.dump?.close()
      } catch {}
      throw this.failure
    }
    await this.outputs.settle()
    await loop.printer?.settle?.()
    loop.printer?.flush()
    // Perhaps a line was cut short.
    if (end.reason === 'asked' && writeFile === null && format !== 'json') this.write(NEWLINE, 0, 1)
    this.outputs.close(null)
    await this.output.drain()
  }

  private write(bytes: Uint8Array, at: number, end: number): void {
    try {
      this.output.write(bytes, at, end)
    } catch (error) {
      throw outputFailure(error)
    }
  }
}

const NEWLINE = Uint8Array.of(10)
