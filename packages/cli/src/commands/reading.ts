import { statSync } from 'node:fs'
import {
  type AnalyseOptions,
  Analysis,
  type CaptureDamage,
  type Digest,
  DigestBuilder,
  type LineType,
  type ReportLine,
  Survey,
} from '@wiretale/core'
import { AlignedBuffer } from '../sources/aligned-buffer.ts'
import { drawSeed } from '../sources/seed.ts'
import { readCapture } from '../sources/source.ts'
import { displayName } from '../sources/source-error.ts'
import { Progress } from '../terminal/progress.ts'
import type { PacketFilter } from './filtering.ts'

/** What to read, and how its lines are worded. */
export interface Input {
  readonly paths: readonly string[]
  readonly lang: AnalyseOptions['lang']
  readonly showSecrets: boolean
  readonly quiet: boolean
  /** Null: every packet. */
  readonly filter: PacketFilter | null
}

export const ALL_TYPES: readonly LineType[] = ['capture', 'packet', 'conversation', 'exchange', 'finding', 'summary']

/** A capture of more packets is read twice where that is possible. */
const ONCE = 5_000

type Options = Pick<AnalyseOptions, 'types' | 'conversations' | 'survey'>

/** One reading of the input. */
interface Reading {
  readonly damage: CaptureDamage | null
  /** It ended because `enough` said so. */
  readonly isEnough: boolean
}

/** Reads and analyses. `enough`, asked after each buffer, ends it early; `part` of `parts` readings, for the progress. */
export async function analyse(
  input: Input,
  options: Options,
  emit: (line: ReportLine) => void,
  enough: () => boolean = () => false,
  [part, parts]: readonly [number, number] = [0, 1],
): Promise<Reading> {
  const { paths, lang, showSecrets, quiet, filter } = input
  const file = paths[0] === '-' ? null : paths[0]
  // Where only numbers are wanted, most packets need not be handed over.
  const buffer = filter === null && wantsNumbers(options) ? new AlignedBuffer({ hasRoom: true }) : undefined
  const room = buffer?.room ?? undefined
  const analysis = new Analysis(
    { file, lang, showSecrets, seed: drawSeed(), ...(room === undefined ? {} : { room }), ...options },
    emit,
  )
  const progress = new Progress(!quiet)
  // Ctrl-C ends the reading, and what was read is explained; a second one ends the program.
  const signal = { stopped: false }
  const stop = (): void => {
    signal.stopped = true
  }
  let isEnough = false
  const onProgress = (bytes: number, total: number | null): void => {
    progress.update(bytes + part * (total ?? 0), total === null ? null : parts * total)
    if (!isEnough && enough()) {
      isEnough = true
      signal.stopped = true
    }
  }
  process.once('SIGINT', stop)
  try {
    const filtered = filter?.before(analysis) ?? null
    const { damage } = await readCapture(paths, filtered ?? analysis, {
      onProgress,
      signal,
      scan: analysis.scan,
      ...(buffer === undefined ? {} : { buffer }),
    })
    filtered?.finish()
    analysis.finish(damage)
    return { damage, isEnough }
  } finally {
    progress.clear()
    process.removeListener('SIGINT', stop)
  }
}

function wantsNumbers({ types, survey }: Options): boolean {
  return types.size === 1 && types.has('summary') && survey === undefined
}

/** What a page of text shows, and what is wrong with the input. */
interface Read {
  readonly digest: Digest
  readonly damage: CaptureDamage | null
}

/** Reads what a page of text can show. A small capture, one asked-for conversation, and input that cannot be read again
 *  (standard input, a FIFO) take one reading, in which of very many conversations at once only little can be kept.
 *  Of a large file the first reading judges the conversations by their numbers, a second one brings the chosen few. */
export async function readDigest(input: Input, conversation: number | null): Promise<Read> {
  return (await readOnce(input, conversation)) ?? (await readTwice(input))
}

/** Null if the capture is large and can be read again. */
async function readOnce(input: Input, conversation: number | null): Promise<Read | null> {
  const builder = new DigestBuilder({ conversation })
  const mayStop = conversation === null && canReadAgain(input.paths)
  let packets = 0
  const add = (line: ReportLine): void => {
    if (line.type === 'packet') packets++
    if (!mayStop || packets <= ONCE) builder.add(line)
  }
  const options: Options = { types: new Set(ALL_TYPES) }
  if (conversation !== null) options.conversations = new Set([conversation])
  const { damage, isEnough } = await analyse(input, options, add, () => mayStop && packets > ONCE)
  return isEnough ? null : { digest: builder.finish(), damage }
}

async function readTwice(input: Input): Promise<Read> {
  const survey = new Survey()
  const add = (line: ReportLine): void => survey.add(line)
  const { damage } = await analyse(input, { types: new Set(['summary']), survey }, add, undefined, [0, 2])
  const options: Options = { types: new Set(ALL_TYPES), conversations: survey.choose() }
  await analyse(input, options, add, () => survey.isComplete, [1, 2])
  return { digest: survey.finish(), damage }
}

function canReadAgain(paths: readonly string[]): boolean {
  return paths.every((path) => path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFile() === true)
}

/** One line about what is wrong with the input. */
export function describeDamage(damage: CaptureDamage, paths: readonly string[]): string {
  const name = paths.length === 1 ? `${displayName(paths[0])}: ` : ''
  return `${name}${damage.message} (byte ${damage.offset}); all that precedes it was read`
}
