import {
  Analysis,
  DigestBuilder,
  type LineType,
  LiveLadder,
  type Part,
  type ReportLine,
  renderJson,
  renderText,
  type TextOptions,
  textOptions,
} from '@wiretale/core'
import { LiveFeed } from '../capture/live-feed.ts'
import type { LiveSource } from '../capture/live-source.ts'
import { UsageError } from '../flags/flag.ts'
import type { Arguments } from '../flags/parse.ts'
import { drawSeed } from '../sources/seed.ts'
import { paintAnsi, wantsColor } from '../terminal/color.ts'
import { messageLanguage } from '../terminal/locale.ts'
import { lineWidth, prefersAscii } from '../terminal/look.ts'
import { Output } from '../terminal/output.ts'
import { onSignals, openInterface, readOrder, tellEnd } from './live.ts'
import { ALL_TYPES } from './reading.ts'

/** Conversations that are followed at once; beyond that the longest idle ones are ended. About 100 MB. */
const LIVE_CONVERSATIONS = 65_536
/** How often what is over is looked for. */
const TICK_MS = 1000

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
}

/** `wiretale explain -i IF`. */
export async function explainLive(given: Arguments): Promise<number> {
  const order = readOrder(given)
  const { types, format, only, limit } = readAsked(given)
  const lang = (given.choice('lang') ?? messageLanguage()) as TextOptions['lang']
  const look =
    format === 'json'
      ? null
      : textOptions({
          lang,
          only,
          canAsk: false,
          ascii: given.switch('ascii') ?? (await prefersAscii()),
          width: given.number('width') ?? lineWidth(),
          ...(wantsColor(given.choice('color') ?? 'auto') ? { paint: paintAnsi } : {}),
        })
  const source = await openInterface(order)
  try {
    const output = new Output()
    const telling = { look, types, lang, showSecrets: given.switch('show-secrets') === true, limit }
    const story = new LiveStory(source, { ...telling, expression: order.expression }, output)
    const resize = (): void => story.resize(lineWidth())
    if (given.number('width') === null) process.stdout.on('resize', resize)
    const tick = setInterval(() => story.passTime(Date.now()), TICK_MS)
    const release = onSignals(() => source.stop())
    try {
      return await story.run()
    } finally {
      release()
      clearInterval(tick)
      process.stdout.off('resize', resize)
    }
  } finally {
    await source.close()
  }
}

/** Checks what else is asked. Throws UsageError for what only a file can give. */
function readAsked(given: Arguments): {
  types: ReadonlySet<LineType>
  format: string
  only: Part | null
  limit: number
} {
  const asked = given.choice('format')
  const isJson = given.switch('json') === true
  if (isJson && asked !== null && asked !== 'json')
    throw new UsageError(`--json and --format ${asked} contradict each other`, 'leave one of them out')
  if (asked === 'md') throw new UsageError('--format md does not go with -i', 'capture into a file, then explain that')
  const format = isJson ? 'json' : (asked ?? 'text')
  const types = given.list('types') as readonly LineType[] | null
  if (types !== null && format !== 'json') throw new UsageError('--types goes with --json', 'add --json')
  const only = given.choice('only') as Part | null
  if (only !== null && format === 'json')
    throw new UsageError('--only does not go with --json', 'use --types to choose lines')
  const number = given.number('conversation')
  if (number !== null && !given.isLetter('conversation'))
    throw new UsageError('--conversation does not go with -i', 'filter by host and port; -c N ends after N packets')
  if (number === 0) throw new UsageError('-c cannot be 0', 'with -i it takes a number of packets from 1 on')
  return { types: new Set(types ?? ALL_TYPES), format, only, limit: number ?? 0 }
}

/** A live capture's story: the ladder or the report's lines while it goes on, conclusions at its end. */
export class LiveStory {
  private readonly source: LiveSource
  private readonly telling: LiveTelling
  private readonly output: Pick<Output, 'write' | 'line' | 'flush'>
  private readonly ladder: LiveLadder | null
  private readonly digest: DigestBuilder | null
  private readonly analysis: Analysis
  private readonly feed: LiveFeed

  constructor(source: LiveSource, telling: LiveTelling, output: Pick<Output, 'write' | 'line' | 'flush'>) {
    const { look, lang, showSecrets } = telling
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
        ...(ladder === null ? {} : { annotate: (annotation) => ladder.annotate(annotation) }),
      },
      (line) => this.add(line),
    )
    this.feed = new LiveFeed(source, telling.expression, this.analysis)
  }

  /** Captures to the end. Returns the exit code. */
  async run(): Promise<number> {
    const { source, output, telling, analysis, feed } = this
    const end = await source.run((bytes, at, end) => {
      feed.take(bytes, at, end)
      output.flush()
    }, telling.limit)
    const statistics = await source.statistics()
    if (statistics !== null) analysis.dropped(0, statistics.dropped + statistics.droppedByInterface)
    analysis.finish(null)
    this.conclude()
    output.flush()
    return tellEnd(source, end, feed.packets)
  }

  /** It is `unixMs` now: what is over by then is told. */
  passTime(unixMs: number): void {
    this.analysis.passTime(unixMs)
    this.output.flush()
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
    if (this.feed.packets > 0 && look.only === null) this.output.line('')
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
