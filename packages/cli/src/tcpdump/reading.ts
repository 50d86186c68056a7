import {
  type BpfProgram,
  type CaptureDamage,
  createPredicate,
  type FilterNames,
  type InterfaceInfo,
  libpcapSnaplen,
  type PacketRecord,
} from '@wiretale/core'
import { Feed } from '../sources/feed.ts'
import { BrokenPipe } from '../terminal/write.ts'
import type { Caller } from './caller.ts'
import { CaptureInput, type InputSink } from './capture-input.ts'
import { Interfaces } from './dump-file.ts'
import type { Explanation } from './explanation.ts'
import { findExpression } from './expression.ts'
import { Failure, systemWords } from './failure.ts'
import { FastLane } from './fast-lane.ts'
import { compile, nothingKnown, showCode } from './filter.ts'
import { banner, fileLinkType, inputKind, inputPaths } from './inputs.ts'
import { PacketLoop } from './loop.ts'
import { becomeUser, userToBecome } from './privileges.ts'
import { Dump, FileLimit } from './rotation.ts'
import type { Settings } from './settings.ts'
import { print, tell } from './tell.ts'
import type { TextPrinter } from './text-printer.ts'

const LINK_LINUX_SLL2 = 276

/** -d has shown the filter: nothing is read. */
class CodeShown extends Error {}

/** Reads the files of -r or -V: the filter, -w's file, the text. */
export class Reading implements InputSink {
  private readonly settings: Settings
  private readonly caller: Caller
  private expression: string | null = null
  private readonly operands: readonly string[]
  private readonly loop: PacketLoop
  private readonly lane: FastLane | null
  private program: BpfProgram | null = null
  private names: FilterNames = nothingKnown
  private readonly signal = { stopped: false }
  /** --annotate, --summary, --format=json. */
  private explanation: Explanation | null = null
  private readonly interfaces = new Interfaces()
  /** Null: packets are not to be printed. */
  private openText: (() => TextPrinter) | null = null
  private damage: CaptureDamage | null = null
  private input: CaptureInput | null = null
  private path = ''
  private link = -1

  /** `operands`: the words of the filter. */
  constructor(settings: Settings, caller: Caller, operands: readonly string[]) {
    this.settings = settings
    this.caller = caller
    this.operands = operands
    this.loop = new PacketLoop({ interleaved: settings.writeFile === '-' && settings.printToo })
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
      await this.openExplanation(paths[0])
      await this.loadText()
      await this.findHosts()
      const isWell = await this.readAll(paths)
      this.close()
      const { captured } = this.loop
      if (this.settings.countOnly) print(`${captured} packet${captured === 1 ? '' : 's'}\n`)
      return isWell ? 0 : 1
    } catch (error) {
      if (error instanceof CodeShown) return 0
      // What was read before is written; where nobody takes the text any more, the file still is.
      if (error instanceof BrokenPipe) this.loop.dump?.close()
      else this.close()
      if (!(error instanceof FileLimit)) throw error
      tell(`Maximum file limit reached: ${this.settings.fileCount}\n`)
      tell("pcap_stats: Statistics aren't available from savefiles\n")
      return 0
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop).off('SIGUSR2', flush)
    }
  }

  /** Hosts that the filter names are looked up before the input is opened, since compiling does not wait. */
  private async findHosts(): Promise<void> {
    try {
      this.expression = findExpression(this.settings, this.operands)
      if (this.expression.trim() === '') return
      const { findFilterNames } = await import('../names/filter-names.ts')
      this.names = await findFilterNames(this.expression)
    } catch (error) {
      // It comes again, in tcpdump's order: when the input has been announced.
      if (!(error instanceof Failure)) throw error
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
    this.interfaces.list.push(info)
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
      this.interfaces.nextInput()
      const kind = inputKind(path)
      const flush = (): void => {
        // Whoever waits for a pipe sees what has come.
        if (kind !== 'file' || isLive()) this.flush()
      }
      const settle = (): Promise<void> | null => {
        const waiting = this.loop.printer?.settle?.() ?? null
        if (waiting !== null) return waiting.then(flush)
        flush()
        return null
      }
      const buffer = this.lane === null ? {} : { buffer: this.lane.buffer }
      const feed = new Feed({ signal: this.signal, settle, ...buffer })
      this.input = new CaptureInput(this, this.lane, this.explanation?.analysis ?? null)
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
    const { settings } = this
    this.expression ??= findExpression(settings, this.operands)
    const isBigEndian = this.input?.isBigEndian === true
    const program = compile(this.expression, { ...source, isBigEndian }, settings, this.names)
    if (settings.dumpCode > 0) {
      print(showCode(program, settings))
      throw new CodeShown()
    }
    this.program = program
    this.loop.predicate = program === null ? null : createPredicate(program)
  }

  private openOutputs(source: InterfaceInfo): void {
    const { settings, loop } = this
    const writes = settings.writeFile !== null
    const user = writes || settings.user !== null ? userToBecome(settings.user) : null
    // Without rotation the one file is opened with the privileges that the user started with.
    const rotates = settings.rotateBytes > 0 || Boolean(settings.rotateSeconds)
    if (user !== null && rotates) becomeUser(user)
    if (writes) {
      const format = { pcapng: settings.pcapng, nano: settings.nano, source, interfaces: this.interfaces }
      loop.dump = new Dump(settings, format, rotates ? null : user, (text) => tell(`${text}\n`))
      if (settings.packetBuffered) loop.dump.flush()
    }
    if (user !== null && !rotates) becomeUser(user)
    const { openText } = this
    loop.printer = this.explanation === null ? (openText?.() ?? null) : this.explanation.open(openText)
  }

  private async openExplanation(file: string): Promise<void> {
    const { annotate, summary, format } = this.settings
    if (!annotate && !summary && format !== 'json') return
    const { openExplanation } = await import('./explanation.ts')
    this.explanation = await openExplanation(this.settings, file)
  }

  /** Only where it is needed: the resolver and its like take some milliseconds of every start. */
  private async loadText(): Promise<void> {
    const { writeFile, printToo, countOnly } = this.settings
    if (writeFile === null ? countOnly : !printToo) return
    const { TextPrinter } = await import('./text-printer.ts')
    this.openText = () => new TextPrinter(this.settings)
  }

  private beginLane(): void {
    const { dump, printer } = this.loop
    if (this.lane === null || printer !== null) return
    const write =
      dump === null ? null : (bytes: Uint8Array, at: number, end: number): void => dump.records(bytes, at, end)
    this.lane.begin({ program: this.program, write, nano: this.settings.nano })
  }

  private flush(): void {
    this.loop.printer?.flush()
    if (this.settings.packetBuffered) this.loop.dump?.flush()
  }

  private close(): void {
    this.loop.printer?.flush()
    this.explanation?.finish(this.damage)
    this.loop.dump?.close()
  }
}

/** Packets are only counted, or go into one pcap file: unless they are explained nobody looks at them one by one. */
function isForLane(settings: Settings): boolean {
  const { writeFile, countOnly, printToo, pcapng, rotateBytes, rotateSeconds } = settings
  if (writeFile === null) return countOnly
  return !printToo && !pcapng && rotateBytes === 0 && !rotateSeconds
}
