import {
  Analysis,
  DigestBuilder,
  type LineType,
  LiveLadder,
  type ReportLine,
  renderJson,
  renderText,
  type TextOptions,
} from '@wiretale/core'
import { LiveFeed } from '../capture/live-feed.ts'
import type { LiveSource, TakeBatch } from '../capture/live-source.ts'
import type { ProcessNames } from '../process/process-names.ts'
import { drawSeed } from '../sources/seed.ts'
import type { LiveText } from '../terminal/live-text.ts'
import { tellEnd } from './live.ts'
import { ALL_TYPES } from './reading.ts'

/** Conversations that are followed at once; beyond that the longest idle ones are ended. About 250 MB at worst. */
const LIVE_CONVERSATIONS = 16_384
/** How a live capture is told. */
export interface LiveTelling {
  /** Null: JSON Lines. */
  readonly look: TextOptions | null
  readonly types: ReadonlySet<LineType>
  readonly lang: TextOptions['lang']
  readonly showSecrets: boolean
  /** 0: until it is ended. */
  readonly limit: number
  readonly expression: string
  /** --process */
  readonly processes: ProcessNames | null
}

/** LiveText, or what a test reads. */
export type StoryOutput = Pick<LiveText, 'write' | 'line' | 'flush'>

/** A live capture's story: the ladder or the report's lines while it goes on, conclusions at its end. */
export class LiveStory {
  private readonly source: LiveSource
  private readonly telling: LiveTelling
  private readonly output: StoryOutput
  private readonly ladder: LiveLadder | null
  private readonly digest: DigestBuilder | null
  private readonly analysis: Analysis
  private readonly feed: LiveFeed

  constructor(source: LiveSource, telling: LiveTelling, output: StoryOutput) {
    const { look, lang, showSecrets, processes } = telling
    this.source = source
    this.telling = telling
    this.output = output
    const ladder = look === null ? null : new LiveLadder(look, (line) => output.line(line), timeOfDay)
    this.ladder = ladder
    this.digest =
      look === null || (look.only !== null && look.only !== 'conclusion')
        ? null
        : new DigestBuilder({ conversation: null })
    this.analysis = new Analysis(
      {
        file: null,
        types: look === null ? telling.types : new Set(ALL_TYPES),
        lang,
        showSecrets,
        seed: drawSeed(),
        live: { most: LIVE_CONVERSATIONS },
        ...(processes === null ? {} : { findProcess: processes.find.bind(processes) }),
        ...(ladder === null ? {} : { annotate: (annotation) => ladder.annotate(annotation) }),
      },
      (line) => this.add(line),
    )
    this.feed = new LiveFeed(source, telling.expression, this.analysis)
  }

  /** Packets so far. */
  get packets(): number {
    return this.feed.packets
  }

  /** Captures to the end. Returns the exit code. */
  async run(): Promise<number> {
    const { source, output, telling, analysis, feed } = this
    const { processes, limit } = telling
    const take: TakeBatch = (bytes, at, end) => {
      feed.take(bytes, at, end)
      return output.flush() ?? undefined
    }
    // Programs are known before their packets are told.
    const settled: TakeBatch = async (...batch) => {
      await processes?.settle()
      await take(...batch)
    }
    const end = await source.run(processes === null ? take : settled, limit)
    await processes?.settle()
    const statistics = await source.statistics()
    if (statistics !== null) analysis.dropped(0, statistics.dropped + statistics.droppedByInterface)
    analysis.finish(null)
    this.conclude()
    await output.flush()
    return tellEnd(source, end, this.packets)
  }

  /** It is `unixMs` now: what is over by then is told. */
  passTime(unixMs: number): void {
    this.analysis.passTime(unixMs)
    // Where the reader is slow, the rest goes with the next packets; where it is gone, nothing is to be told any more.
    try {
      this.output.flush()?.catch(() => this.source.stop())
    } catch {
      this.source.stop()
    }
  }

  resize(width: number): void {
    this.ladder?.resize(width)
  }

  private add(line: ReportLine): void {
    if (this.ladder === null) this.output.write(renderJson(line))
    this.ladder?.add(line)
    this.digest?.add(line)
  }

  private conclude(): void {
    const { look } = this.telling
    if (look === null || this.digest === null) return
    if (this.packets > 0 && look.only === null) this.output.line('')
    for (const line of renderText(this.digest.finish(), { ...look, only: 'conclusion' })) this.output.line(line)
  }
}

/** `10:15:39.112`, in the local time zone. */
function timeOfDay(time: string): string {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
