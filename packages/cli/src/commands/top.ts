import {
  renderJson,
  renderTop,
  renderTopKeys,
  type TextOptions,
  Top,
  type TopOrder,
  textOptions,
  topKeys,
} from '@wiretale/core'
import { LiveFeed } from '../capture/live-feed.ts'
import type { LiveEnd, LiveSource } from '../capture/live-source.ts'
import type { Arguments } from '../flags/parse.ts'
import { drawSeed } from '../sources/seed.ts'
import { paintAnsi, wantsColor } from '../terminal/color.ts'
import { LiveText } from '../terminal/live-text.ts'
import { messageLanguage } from '../terminal/locale.ts'
import { lineWidth, prefersAscii } from '../terminal/look.ts'
import { Screen } from '../terminal/screen.ts'
import { onSignals, openInterface, readOrder, tellCounts, tellEnd } from './live.ts'

/** Conversations that are followed at once; beyond that the longest idle ones are ended. About 300 MB at worst. */
const LIVE_CONVERSATIONS = 32_768
/** Of a table that no screen bounds. */
const LINES = 100
const JSON_ROWS = 1000

/** How the table is shown. */
interface Asked {
  readonly order: TopOrder
  readonly intervalMs: number
  /** 0: until it is ended. */
  readonly rounds: number
  /** Null: JSON Lines. */
  readonly look: TextOptions | null
  readonly what: string
}

/** `wiretale top -i IF`. */
export async function runTop(given: Arguments): Promise<number> {
  const order = readOrder(given)
  const isJson = given.switch('json') === true
  const look = isJson
    ? null
    : textOptions({
        lang: (given.choice('lang') ?? messageLanguage()) as TextOptions['lang'],
        ascii: given.switch('ascii') ?? (await prefersAscii()),
        width: given.number('width') ?? lineWidth(),
        ...(wantsColor(given.choice('color') ?? 'auto') ? { paint: paintAnsi } : {}),
      })
  const isScreen = look !== null && process.stdout.isTTY === true && process.env.TERM !== 'dumb'
  const output = isScreen ? null : new LiveText()
  // What is told while it opens would disturb the screen's first picture.
  const source = await openInterface({ ...order, quiet: order.quiet || isScreen })
  try {
    const table = new LiveTable(source, {
      order: (given.choice('sort') ?? 'rate') as TopOrder,
      intervalMs: 1000 * (given.number('interval') ?? 1),
      rounds: given.number('rounds') ?? 0,
      look,
      what: order.expression === '' ? source.device : `${source.device}  ${order.expression}`,
    })
    const stop = (): void => {
      output?.stop()
      source.stop()
    }
    // On a screen the counts would stand amid the table.
    const release = onSignals(stop, () => void (isScreen || tellCounts(source, table.packets)))
    try {
      const hasWidth = given.number('width') !== null
      const end = output === null ? await table.onScreen(!hasWidth) : await table.onPaper(output)
      return await tellEnd(source, end, table.packets)
    } finally {
      release()
    }
  } finally {
    await source.close()
  }
}

/** Captures, and shows the table each round. */
class LiveTable {
  private readonly source: LiveSource
  private readonly asked: Asked
  private readonly top: Top
  private readonly feed: LiveFeed
  private order: TopOrder
  private rounds = 0

  constructor(source: LiveSource, asked: Asked) {
    this.source = source
    this.asked = asked
    this.order = asked.order
    this.top = new Top({ unixMs: Date.now(), most: LIVE_CONVERSATIONS, seed: drawSeed() })
    this.feed = new LiveFeed(source, '', this.top)
  }

  get packets(): number {
    return this.feed.packets
  }

  /** One table under the other, or JSON Lines. */
  async onPaper(output: LiveText): Promise<LiveEnd> {
    return this.run(() => {
      output.write(this.page())
      return output.flush()
    })
  }

  /** The whole terminal. `follows`: the table is as wide as the terminal. */
  async onScreen(follows: boolean): Promise<LiveEnd> {
    const look = this.asked.look
    if (look === null) throw new Error('JSON is not for a screen')
    let failure: unknown = null
    const draw = (): void => {
      try {
        const most = screen.rows - 1
        const fitted = { ...look, width: follows ? screen.columns : look.width }
        const lines = this.lines(fitted, most)
        const room = Math.max(0, most - lines.length)
        screen.draw([...lines, ...Array<string>(room).fill(''), renderTopKeys(this.order, fitted)])
      } catch (error) {
        failure = error
        this.source.stop()
      }
    }
    const screen = new Screen((key) => {
      if (key === 'q') this.source.stop()
      else if (this.sort(key)) draw()
    }, draw)
    screen.enter()
    try {
      draw()
      const end = await this.run(() => {
        draw()
        return null
      })
      if (failure !== null) throw failure
      return end
    } finally {
      screen.leave()
    }
  }

  /** `show` is called each round. */
  private async run(show: () => Promise<void> | null): Promise<LiveEnd> {
    const { source, asked } = this
    let failure: unknown = null
    const fail = (error: unknown): void => {
      failure ??= error
      source.stop()
    }
    const timer = setInterval(() => {
      try {
        this.top.measure(Date.now())
        show()?.catch(fail)
      } catch (error) {
        fail(error)
      }
      if (++this.rounds === asked.rounds) source.stop()
    }, asked.intervalMs)
    try {
      const end = await source.run((bytes, at, end) => this.feed.take(bytes, at, end), 0)
      if (failure !== null) throw failure
      return end
    } finally {
      clearInterval(timer)
    }
  }

  /** Whether the key chooses an order. */
  private sort(key: string): boolean {
    const order = (Object.keys(topKeys) as TopOrder[]).find((each) => topKeys[each] === key)
    if (order === undefined) return false
    this.order = order
    return true
  }

  private page(): string {
    const { look } = this.asked
    if (look === null) return renderJson(this.top.table(Date.now(), this.order, JSON_ROWS))
    return `${this.lines(look, LINES).join('\n')}\n\n`
  }

  private lines(look: TextOptions, most: number): string[] {
    const now = Date.now()
    const clock = new Date(now).toTimeString().slice(0, 8)
    return renderTop(this.top.table(now, this.order, most), { ...look, what: this.asked.what, clock }, most)
  }
}
