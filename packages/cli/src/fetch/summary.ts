import { padStart, type TimeSplit } from '@wiretale/core'
import type { FetchedExchange, FetchResult } from './client.ts'
import { type LogLook, languages, say, widest } from './log.ts'
import type { PhaseName } from './messages/types.ts'
import { addSplits, PHASES, splitExchange } from './split.ts'

/** What stands under the log of one run: where the time went, and the sizes. */
export function* summarize(result: FetchResult, look: LogLook, output: string | null): Generator<string> {
  const { exchanges } = result
  if (exchanges.length === 0) return
  yield ''
  for (const exchange of exchanges) {
    for (const m of languages(look.lang)) yield `  ${splitLine(splitExchange(exchange), m.phase)}`
  }
  const last = exchanges[exchanges.length - 1]
  for (const text of say(look.lang, (m) => m.sizes(sizesOf(last)))) yield `  ${text}`
  const longest = longestPhase(addSplits(exchanges.map(splitExchange)))
  if (longest !== null) for (const text of say(look.lang, (m) => m.longest(longest))) yield `  ${text}`
  if (output !== null && output !== '-' && result.failure === null) {
    const saved = { path: output, bytes: last.decodedBytes }
    for (const text of say(look.lang, (m) => m.saved(saved))) yield `  ${text}`
  }
}

function sizesOf(exchange: FetchedExchange) {
  const { requestHeadBytes, requestBodyBytes, headBytes, bodyBytes, contentBytes, decodedBytes } = exchange
  return {
    request: [requestHeadBytes, requestBodyBytes] as [number, number],
    response: [headBytes, bodyBytes] as [number, number],
    content: contentBytes,
    decoded: decodedBytes,
  }
}

/** `lookup 0.31 | connect 0.45 | send 0.61 | WAIT 13.27 | receive 0.06   15.31 ms` */
function splitLine(split: TimeSplit, names: Readonly<Record<PhaseName, string>>): string {
  const parts = PHASES.flatMap((phase) => {
    const ms = split[phase]
    return ms === null ? [] : [`${names[phase]} ${ms.toFixed(2)}`]
  })
  return `${parts.join(' | ')}   ${(split.total ?? 0).toFixed(2)} ms`
}

/** The phase that took more than half of a time that is worth a word. */
function longestPhase(split: TimeSplit): { phase: PhaseName; ms: number; total: number } | null {
  const { total } = split
  if (total === null || total < 1) return null
  for (const phase of PHASES) {
    const ms = split[phase]
    if (ms !== null && ms > total / 2) return { phase, ms, total }
  }
  return null
}

/** Durations of one phase over many runs. */
export class Durations {
  private readonly values: number[] = []
  private isSorted = true

  add(ms: number): void {
    this.values.push(ms)
    this.isSorted = false
  }

  get count(): number {
    return this.values.length
  }

  /** The least value that at least `share` of all do not exceed ("nearest rank"); NaN without any. */
  percentile(share: number): number {
    if (!this.isSorted) this.values.sort((a, b) => a - b)
    this.isSorted = true
    const rank = Math.max(1, Math.ceil(share * this.values.length))
    return this.values[rank - 1] ?? Number.NaN
  }
}

export type PhaseDurations = ReadonlyMap<PhaseName, Durations>

const ALL: readonly PhaseName[] = [...PHASES, 'total']

export function newDurations(): PhaseDurations {
  return new Map(ALL.map((phase) => [phase, new Durations()]))
}

export function addRun(to: PhaseDurations, split: TimeSplit): void {
  for (const [phase, durations] of to) {
    const ms = split[phase]
    if (ms !== null) durations.add(ms)
  }
}

export const SHARES = [
  ['min', 0],
  ['p50', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['max', 1],
] as const

/** A row a phase, a column a percentile. */
export function* percentileTable(durations: PhaseDurations, look: LogLook): Generator<string> {
  const [m] = languages(look.lang)
  const rows = [...durations].filter(([, { count }]) => count > 0)
  if (rows.length === 0) return
  const names = Math.max(8, widest(rows.map(([phase]) => m.phase[phase])))
  yield look.paint('heading', `${' '.repeat(names + 2)}${SHARES.map(([name]) => padStart(name, 10)).join('')}`)
  for (const [phase, values] of rows) {
    const cells = SHARES.map(([, share]) => padStart(values.percentile(share).toFixed(2), 10)).join('')
    yield `  ${padStart(m.phase[phase], names)}${cells}`
  }
}

/** Two columns of medians, and their difference. */
export function* comparisonTable(a: PhaseDurations, b: PhaseDurations, look: LogLook): Generator<string> {
  const [m] = languages(look.lang)
  const rows = ALL.filter((phase) => (a.get(phase)?.count ?? 0) + (b.get(phase)?.count ?? 0) > 0)
  const names = Math.max(8, widest(rows.map((phase) => m.phase[phase])))
  yield look.paint(
    'heading',
    `${' '.repeat(names + 2)}${['A', 'B', 'B - A'].map((name) => padStart(name, 10)).join('')}`,
  )
  for (const phase of rows) {
    const left = a.get(phase)?.percentile(0.5) ?? Number.NaN
    const right = b.get(phase)?.percentile(0.5) ?? Number.NaN
    const cells = [left, right, right - left].map((ms) => padStart(Number.isNaN(ms) ? '-' : ms.toFixed(2), 10))
    yield `  ${padStart(m.phase[phase], names)}${cells.join('')}`
  }
}
