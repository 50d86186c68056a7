import {
  type BpfProgram,
  type CaptureDamage,
  createPredicate,
  type InterfaceInfo,
  libpcapSnaplen,
  type PacketRecord,
} from '@wiretale/core'
import { Feed } from '../sources/feed.ts'
import { BrokenPipe } from '../terminal/write.ts'
import type { Caller } from './caller.ts'
import { CaptureFilter, CodeShown } from './capture-filter.ts'
import { CaptureInput, type InputSink } from './capture-input.ts'
import { Failure, systemWords } from './failure.ts'
import { FastLane } from './fast-lane.ts'
import { banner, fileLinkType, inputKind, inputPaths } from './inputs.ts'
import type { PacketLoop } from './loop.ts'
import { isForLane, Outputs } from './outputs.ts'
import { userToBecome } from './privileges.ts'
import { FileLimit } from './rotation.ts'
import type { Settings } from './settings.ts'
import { print, tell } from './tell.ts'

const LINK_LINUX_SLL2 = 276

/** Reads the files of -r or -V: the filter, -w's file, the text. */
export class Reading implements InputSink {
  private readonly settings: Settings
  private readonly caller: Caller
  private readonly filter: CaptureFilter
  private readonly outputs: Outputs
  private readonly loop: PacketLoop
  private readonly lane: FastLane | null
  private program: BpfProgram | null = null
  private readonly signal = { stopped: false }
  private damage: CaptureDamage | null = null
  private input: CaptureInput | null = null
  private path = ''
  private link = -1

  /** `operands`: the words of the filter. */
  constructor(settings: Settings, caller: Caller, operands: readonly string[]) {
    this.settings = settings
    this.caller = caller
    this.filter = new CaptureFilter(settings, operands)
    this.outputs = new Outputs(settings)
    this.loop = this.outputs.loop
    this.lane = isForLane(settings) ? new FastLane(this.loop) : null
  }

  /** Runs to the exit code. Throws Failure. */
  async run(): Promise<number> {
    const stop = (): void => {
      this.signal.stopped = true
    }
    const flush = (): void => this.loop.dump?.flush()
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop).on('SIGUSR2', flush)
    try {
      const paths = inputPaths(this.settings)
      await this.outputs.prepare(paths[0])
      await this.filter.findHosts()
      const isWell = await this.readAll(paths)
      this.outputs.close(this.damage)
      const { captured } = this.loop
      if (this.settings.countOnly) print(`${captured} packet${captured === 1 ? '' : 's'}\n`)
      return isWell ? 0 : 1
    } catch (error) {
      if (error instanceof CodeShown) return 0
      // What was read before is written; where nobody takes the text any more, the file still is.
      if (error instanceof BrokenPipe) this.loop.dump?.close()
      else this.outputs.close(this.damage)
      if (!(error instanceof FileLimit)) throw error
      tell(`Maximum file limit reached: ${this.settings.fileCount}\n`)
      tell("pcap_stats: Statistics aren't available from savefiles\n")
      return 0
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop).off('SIGUSR2', flush)
    }
  }

  opened(info: InterfaceInfo): void {
    const link = fileLinkType(info.link)
    const source: InterfaceInfo = { ...info, link, snaplen: libpcapSnaplen(link, info.snaplen) }
    const isFirst = this.link < 0
    if (isFirst) {
      this.announce(source)
      if (link === LINK_LINUX_SLL2) tell('Warning: interface names might be incorrect\n')
    }
    if (link !== this.link) {
      if (!isFirst && this.loop.dump !== null) throw new Failure(`${this.path}: new dlt does not match original`)
      this.link = link
      this.useFilter(source)
    }
    if (isFirst) this.openOutputs(source)
    else this.announce(source)
    this.loop.begin(source, this.settings.count)
    this.beginLane()
  }

  interface(info: InterfaceInfo): void {
    this.outputs.interfaces.list.push(info)
  }

  packet(record: PacketRecord): boolean {
    return this.loop.packet(record)
  }

  /** True if all were read without an error. */
  private async readAll(paths: readonly string[]): Promise<boolean> {
    let isWell = true
    const isLive = (): boolean => this.settings.lineBuffered || this.settings.packetBuffered
    for (const path of paths) {
      this.path = path
      this.loop.next()
      this.outputs.interfaces.nextInput()
      const kind = inputKind(path)
      const flush = (): void => {
        // Whoever waits for a pipe sees what has come.
        if (kind !== 'file' || isLive()) this.outputs.flush()
      }
      const settle = (): Promise<void> | null => {
        const waiting = this.loop.printer?.settle?.() ?? null
        if (waiting !== null) return waiting.then(flush)
        flush()
        return null
      }
      const buffer = this.lane === null ? {} : { buffer: this.lane.buffer }
      const feed = new Feed({ signal: this.signal, settle, ...buffer })
      this.input = new CaptureInput(this, this.lane, this.outputs.aside)
      const { input } = this
      let damage: CaptureDamage | null = null
      try {
        damage = await feed.read(path, kind, input)
        await this.loop.printer?.settle?.()
      } catch (error) {
        throw new Failure(
          input.wasOpened ? `error reading dump file: ${systemWords(error)}` : `${path}: ${systemWords(error)}`,
        )
      }
      const complaint = input.outcome(damage)
      this.damage ??= damage ?? input.damage
      if (!input.wasOpened && !this.signal.stopped) {
        throw new Failure(complaint ?? 'unknown file format', input.hint)
      }
      this.loop.printer?.flush()
      isWell = complaint === null
      if (this.signal.stopped) {
        // Perhaps a line was cut short.
        if (this.settings.writeFile === null && this.settings.format !== 'json') print('\n')
        break
      }
      if (complaint !== null) tell(`${this.caller.program}: pcap_loop: ${complaint}\n`)
    }
    return isWell
  }

  private announce({ link, snaplen }: InterfaceInfo): void {
    tell(banner(this.path, link, snaplen))
  }

  private useFilter(source: InterfaceInfo): void {
    const isBigEndian = this.input?.isBigEndian === true
    this.program = this.filter.compile({ link: source.link, snaplen: source.snaplen, isBigEndian })
    this.loop.predicate = this.program === null ? null : createPredicate(this.program)
  }

  /** Root's rights are given up where something is written, or where -Z asks for it. */
  private openOutputs(source: InterfaceInfo): void {
    const { settings } = this
    const becomes = settings.writeFile !== null || settings.user !== null
    this.outputs.open(source, becomes ? userToBecome(settings.user) : null)
  }

  private beginLane(): void {
    const { dump, printer } = this.loop
    if (this.lane === null || printer !== null) return
    const write =
      dump === null ? null : (bytes: Uint8Array, at: number, end: number): void => dump.records(bytes, at, end)
    this.lane.begin({ program: this.program, write, nano: this.settings.nano })
  }
}
