import { type LineType, type Part, type TextOptions, textOptions } from '@wiretale/core'
import type { LiveSource } from '../capture/live-source.ts'
import { UsageError } from '../flags/flag.ts'
import type { Arguments } from '../flags/parse.ts'
import { nameProcesses } from '../process/open.ts'
import { paintAnsi, wantsColor } from '../terminal/color.ts'
import { LiveText } from '../terminal/live-text.ts'
import { messageLanguage } from '../terminal/locale.ts'
import { lineWidth, prefersAscii } from '../terminal/look.ts'
import { onSignals, openInterface, readOrder, tellCounts } from './live.ts'
import { LiveStory } from './live-story.ts'
import { ALL_TYPES } from './reading.ts'

/** How often what is over is looked for. */
const TICK_MS = 1000

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
  const output = new LiveText()
  // While there are the rights for it.
  const processes = given.switch('process') === true ? await nameProcesses('wiretale') : null
  let source: LiveSource | null = null
  try {
    const opened = await openInterface(order)
    source = opened
    const telling = { look, types, lang, showSecrets: given.switch('show-secrets') === true, limit }
    const story = new LiveStory(opened, { ...telling, expression: order.expression, processes }, output)
    const resize = (): void => story.resize(lineWidth())
    if (given.number('width') === null) process.stdout.on('resize', resize)
    const tick = setInterval(() => story.passTime(Date.now()), TICK_MS)
    const stop = (): void => {
      output.stop()
      opened.stop()
    }
    const release = onSignals(stop, () => void tellCounts(opened, story.packets))
    try {
      return await story.run()
    } finally {
      release()
      clearInterval(tick)
      process.stdout.off('resize', resize)
    }
  } finally {
    await source?.close()
    processes?.close()
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
