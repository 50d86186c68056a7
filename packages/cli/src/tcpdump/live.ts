import { constants } from 'node:os'
import { linkTypeName } from '@wiretale/core'
import { closingText, countsOf, listeningText } from '../capture/closing.ts'
import { resolveDevice } from '../capture/devices.ts'
import { LiveError, type LiveRequest, type LiveSource, type LiveStatistics } from '../capture/live-source.ts'
import { openLive } from '../capture/open.ts'
import { BrokenPipe } from '../terminal/write.ts'
import type { Caller } from './caller.ts'
import { CaptureFilter, CodeShown } from './capture-filter.ts'
import { Failure } from './failure.ts'
import { LiveLoop } from './live-loop.ts'
import { showLinkTypes, showTimeStampTypes } from './live-questions.ts'
import { MAX_SNAPLEN } from './options/files.ts'
import { FileLimit } from './rotation.ts'
import type { Settings } from './settings.ts'
import { tell } from './tell.ts'

const LINK_LINUX_SLL2 = 276
/** -v -w: how often the count is shown. */
const COUNT_MS = 1000
/** Asks for the statistics. */
const STATISTICS: NodeJS.Signals = 'SIGINFO' in constants.signals ? 'SIGINFO' : 'SIGUSR1'

function ignore(): void {}

/** Captures on an interface until a signal, -c or a failure; resolves to the exit code. `operands`: the words of the
 *  filter. Rejects with Failure or LiveError. */
export async function captureLive(settings: Settings, caller: Caller, operands: readonly string[]): Promise<number> {
  // Without a listener, the signal would open a door to Node's debugger while the interface is being opened.
  process.on(STATISTICS, ignore)
  const filter = new CaptureFilter(settings, operands)
  let source: LiveSource | undefined
  try {
    await filter.findHosts()
    const device = await resolveDevice(settings.device)
    const request = requestOf(settings, device, filter.wordsOrNone())
    if (settings.liveOnly.includes('-J')) return await showTimeStampTypes(device)
    if (settings.liveOnly.includes('-L')) return await showLinkTypes(request)
    source = await openLive(request)
    return await new LiveCapture(settings, caller, source).run(filter)
  } catch (error) {
    if (error instanceof CodeShown) return 0
    throw error
  } finally {
    await source?.close()
    process.off(STATISTICS, ignore)
  }
}

function requestOf(settings: Settings, device: string, expression: string): LiveRequest {
  const { promiscuous, monitorMode, bufferBytes, timeStampType, nano, link, direction, immediate } = settings
  const asked = { promiscuous, monitorMode, bufferBytes, timeStampType, nano, link, direction, immediate }
  return { ...asked, device, snaplen: settings.snaplen || MAX_SNAPLEN, expression }
}

/** The words around a live capture. */
class LiveCapture {
  private readonly settings: Settings
  private readonly program: string
  private readonly source: LiveSource
  private readonly loop: LiveLoop

  constructor(settings: Settings, { program }: Caller, source: LiveSource) {
    this.settings = settings
    this.program = program
    this.source = source
    this.loop = new LiveLoop(settings, source)
  }

  async run(filter: CaptureFilter): Promise<number> {
    const { settings, source, loop } = this
    this.say(...source.warnings.map((text) => `WARNING: ${text}`))
    if (settings.link !== null) this.say(`data link type ${linkTypeName(settings.link)}`)
    else if (source.link === LINK_LINUX_SLL2) this.say('data link type LINUX_SLL2')
    // tcpdump, too, knows the interface's network only with -f.
    const netmask = settings.foreignNumeric ? (source.netmask ?? 0) : 0
    const program = filter.compile({ link: source.link, snaplen: source.snaplen, netmask, isLive: true })
    const stop = (): void => loop.stop()
    // The launcher says that nohup(1) was asked to have this one ignored.
    const hangUp = process.env.WIRETALE_NOHUP === '1' ? ignore : stop
    const flush = (): void => loop.flushFile()
    const tellInLine = (): void => void this.tellStatistics(true)
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', hangUp)
    process.on('SIGUSR2', flush).on(STATISTICS, tellInLine)
    try {
      await loop.open(program, filter.words())
      this.announce()
      return await this.capture()
    } finally {
      process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', hangUp)
      process.off('SIGUSR2', flush).off(STATISTICS, tellInLine)
    }
  }

  private announce(): void {
    const { verbose, writeFile } = this.settings
    const isQuiet = verbose === 0 && writeFile === null
    if (isQuiet) this.say('verbose output suppressed, use -v[v]... for full protocol decode')
    tell(`${isQuiet ? '' : `${this.program}: `}${listeningText(this.source)}`)
  }

  private async capture(): Promise<number> {
    const { verbose, writeFile, printToo, fileCount } = this.settings
    const counts = verbose > 0 && writeFile !== null && !printToo
    const timer = counts ? setInterval(() => tell(`Got ${this.loop.captured}\r`), COUNT_MS) : undefined
    try {
      const end = await this.loop.run()
      if (end.reason === 'failed') this.say(`pcap_loop: ${end.message}`)
      await this.tellStatistics(false)
      return end.reason === 'failed' ? 1 : 0
    } catch (error) {
      if (error instanceof Failure) this.say(error.message)
      else if (error instanceof FileLimit) tell(`Maximum file limit reached: ${fileCount}\n`)
      else if (!(error instanceof BrokenPipe)) throw error
      await this.tellStatistics(false)
      return error instanceof Failure ? error.exitCode : 0
    } finally {
      clearInterval(timer)
    }
  }

  /** All in one line, or one by one. */
  private async tellStatistics(isInLine: boolean): Promise<void> {
    let counted: LiveStatistics | null
    try {
      counted = await this.source.statistics()
    } catch (error) {
      if (!(error instanceof LiveError)) throw error
      tell(`pcap_stats: ${error.message}\n`)
      return
    }
    if (isInLine) this.say(countsOf(this.loop.captured, counted).join(', '))
    else tell(closingText(this.loop.captured, counted))
  }

  private say(...texts: readonly string[]): void {
    for (const text of texts) tell(`${this.program}: ${text}\n`)
  }
}
