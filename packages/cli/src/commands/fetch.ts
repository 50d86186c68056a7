import { paintNothing } from '@wiretale/core'
import { Client, type FetchResult } from '../fetch/client.ts'
import { type Moment, now } from '../fetch/clock.ts'
import { FetchError } from '../fetch/failure.ts'
import { Halt } from '../fetch/halt.ts'
import { Journal } from '../fetch/journal.ts'
import { eventLine, resultLine, totalsLine } from '../fetch/json.ts'
import { escapeFailure, formatMs, type Lang, type LogLook, LogWriter, say } from '../fetch/log.ts'
import { Judge, readObjectives } from '../fetch/objective.ts'
import type { FetchOptions } from '../fetch/options.ts'
import { readOptions, readUrl } from '../fetch/read-options.ts'
import { rehearse } from '../fetch/rehearsal.ts'
import { addSplits, splitExchange } from '../fetch/split.ts'
import { addRun, comparisonTable, newDurations, percentileTable, summarize } from '../fetch/summary.ts'
import { UsageError } from '../flags/flag.ts'
import type { Arguments } from '../flags/parse.ts'
import { paintAnsi, wantsColor } from '../terminal/color.ts'
import { messageLanguage } from '../terminal/locale.ts'
import { lineWidth } from '../terminal/look.ts'
import { Output } from '../terminal/output.ts'
import { Progress } from '../terminal/progress.ts'
import { writeFully } from '../terminal/write.ts'

/** Events are worded this often while a run goes on, and not between two of them that are close: that would delay the
 *  second one. */
const TELL_MS = 100
const COMPARED = 10
/** Runs of --repeat that get a line of their own. */
const TOLD_RUNS = 10
/** Of the runs that fail, so many say why. */
const TOLD_FAILURES = 5
const MOST_RUNS = 1_000_000

/** `wiretale fetch URL`. Exit codes: 0 a response; 1 none, or --fail and a status from 400 on; 4 --slo missed. */
export async function runFetch(given: Arguments): Promise<number> {
  const [operand, ...more] = given.operands
  if (operand === undefined) throw new UsageError('fetch needs a URL', 'as http://host/path')
  if (more.length > 0)
    throw new UsageError(`fetch takes one URL, not also '${more[0].slice(0, 40)}'`, '--compare takes a second one')
  for (const [name, shown] of [
    ['interface', '-i'],
    ['write', '-w'],
    ['with-keys', '--with-keys'],
  ]) {
    if (given.text(name) !== null || given.switch(name) === true) {
      throw new UsageError(`fetch ${shown} is not built yet`, 'tcpdump mode saves packets: wiretale -i any -w FILE')
    }
  }
  const repeat = given.number('repeat')
  if ((repeat ?? 1) > MOST_RUNS) throw new UsageError(`--repeat takes at most ${MOST_RUNS}`, 'ask less often')
  const slo = given.text('slo')
  const second = given.text('compare')
  const urls = [readUrl(operand), ...(second === null ? [] : [readUrl(second)])]
  const judge = new Judge(slo === null ? new Map() : readObjectives(slo))
  let options: FetchOptions
  try {
    options = readOptions(given)
  } catch (error) {
    if (!(error instanceof FetchError)) throw error
    const [text] = say(language(given), (m) => m.failure(error.failure))
    process.stderr.write(`wiretale: ${text}\n`)
    return 1
  }
  const runs = repeat ?? (second === null ? 1 : COMPARED)
  if (runs * urls.length > 1 && options.body?.kind === 'stream' && options.body.length === null) {
    throw new UsageError(
      'what is read once cannot be sent again',
      'leave out --repeat and --compare, or save it to a file',
    )
  }
  return new Session(given, options, urls, runs, judge).run()
}

function language(given: Arguments): Lang {
  return (given.choice('lang') ?? messageLanguage()) as Lang
}

/** All runs of one command, and what is printed of them. */
class Session {
  private readonly given: Arguments
  private readonly options: FetchOptions
  private readonly urls: readonly URL[]
  private readonly runs: number
  private readonly judge: Judge
  private readonly json: boolean
  private readonly look: LogLook
  private readonly output: Output
  private readonly journal = new Journal()
  private readonly durations: ReturnType<typeof newDurations>[]
  private halt = new Halt()
  private toldFailures = 0
  private start: Moment = 0
  private log: LogWriter
  private failed = 0
  private isBad = false

  constructor(given: Arguments, options: FetchOptions, urls: readonly URL[], runs: number, judge: Judge) {
    this.given = given
    this.options = options
    this.urls = urls
    this.runs = runs
    this.judge = judge
    this.json = given.switch('json') === true
    this.durations = urls.map(newDurations)
    // The body has standard output to itself.
    this.output = options.output === '-' ? new Output((bytes, at, end) => writeFully(2, bytes, at, end)) : new Output()
    this.look = {
      lang: language(given),
      width: given.number('width') ?? lineWidth(),
      paint: wantsColor(given.choice('color') ?? 'auto') ? paintAnsi : paintNothing,
      showSecrets: given.switch('show-secrets') === true,
    }
    this.log = new LogWriter(this.look, 0)
  }

  async run(): Promise<number> {
    const client = new Client(this.options, this.journal, process.env)
    const progress = new Progress(this.given.switch('quiet') !== true && this.options.output !== '-')
    const interrupt = (): void => this.halt.stop({ kind: 'interrupted', phase: this.halt.phase })
    process.once('SIGINT', interrupt)
    await rehearse(this.options, client.mayUseHttp2(this.urls))
    await client.prepare(this.urls)
    if (!this.json) this.output.line(this.log.heading())
    const ticking = setInterval(() => {
      const { body } = client
      progress.clear()
      this.tell()
      if (body !== null) progress.update(body.takenBytes, body.total)
    }, TELL_MS)
    try {
      this.start = now()
      this.log = new LogWriter(this.look, this.start)
      const first = await this.runAll(client)
      await client.close()
      this.tell()
      if (first !== null) this.conclude(first)
    } finally {
      clearInterval(ticking)
      progress.clear()
      process.removeListener('SIGINT', interrupt)
    }
    return this.total(client)
  }

  /** The result of the only run, which is summed up when its connection is closed. */
  private async runAll(client: Client): Promise<FetchResult | null> {
    const isOnly = this.runs * this.urls.length === 1
    let first: FetchResult | null = null
    for (let n = 1; n <= this.runs; n++) {
      for (let which = 0; which < this.urls.length; which++) {
        const result = await this.once(client, this.urls[which])
        this.add(n, which, result)
        if (isOnly) first = result
        else if (n === 1 && !this.json) {
          this.summarize(result)
          this.output.line('')
        }
        if (result.failure?.kind === 'interrupted' || result.failure?.kind === 'output') return first
      }
      // What follows is told by its numbers.
      this.journal.isSilent = true
    }
    this.journal.isSilent = false
    return first
  }

  private conclude(result: FetchResult): void {
    if (this.json) this.output.write(resultLine(1, result, this.look.lang))
    else this.summarize(result)
  }

  /** One run, with limits of time of its own. */
  private async once(client: Client, url: URL): Promise<FetchResult> {
    const halt = new Halt()
    this.halt = halt
    if (this.options.maxTimeMs !== null) halt.limit('max-time', this.options.maxTimeMs)
    try {
      return await client.fetch(new URL(url), halt)
    } finally {
      halt.close()
    }
  }

  private summarize(result: FetchResult): void {
    for (const line of summarize(result, this.look, this.options.output)) this.output.line(line)
  }

  private add(n: number, which: number, result: FetchResult): void {
    const { exchanges, failure } = result
    if (failure === null) {
      const split = addSplits(exchanges.map(splitExchange))
      addRun(this.durations[which], split)
      this.judge.add(split)
    } else this.failed++
    const status = exchanges.at(-1)?.status ?? null
    if (this.given.switch('fail') === true && status !== null && status >= 400) this.isBad = true
    if (this.runs * this.urls.length === 1) return
    if (this.json) {
      this.tell()
      this.output.write(resultLine(n, result, this.look.lang))
    } else if (n === 1) this.tell()
    else if (failure !== null && this.toldFailures++ < TOLD_FAILURES)
      this.sayAll((m) => m.runFailed({ n, failure: escapeFailure(failure) }))
    else if (this.runs <= TOLD_RUNS && this.urls.length === 1) {
      const total = formatMs(addSplits(exchanges.map(splitExchange)).total ?? 0)
      for (const text of say(this.look.lang, (m) => m.run({ n, status, total }))) this.output.line(`  ${text}`)
    }
  }

  private total(client: Client): number {
    const misses = this.judge.misses
    if (this.json) {
      if (this.runs * this.urls.length > 1 || misses.length > 0) this.output.write(totalsLine(this.durations, misses))
    } else {
      this.printTables(client)
      if (this.given.switch('wire') !== false) this.sayAll((m) => m.withoutWire)
      for (const miss of misses) this.sayAll((m) => m.sloMissed({ ...miss, runs: this.runs * this.urls.length }))
      if (this.given.text('slo') !== null && misses.length === 0 && this.failed === 0) this.sayAll((m) => m.sloKept)
    }
    this.output.flush()
    if (this.failed > 0 || this.isBad) return 1
    return misses.length > 0 ? 4 : 0
  }

  private printTables(client: Client): void {
    const { runs, failed } = this
    if (this.urls.length > 1) {
      this.sayAll((m) => m.compareTitle({ runs }))
      this.output.line(`  A ${this.urls[0].href}`)
      this.output.line(`  B ${this.urls[1].href}`)
      for (const line of comparisonTable(this.durations[0], this.durations[1], this.look)) this.output.line(line)
    } else if (runs > 1) {
      this.sayAll((m) => m.repeatTitle({ runs, connections: client.connections, failed }))
      for (const line of percentileTable(this.durations[0], this.look)) this.output.line(line)
    }
  }

  private sayAll(word: Parameters<typeof say>[1]): void {
    for (const text of say(this.look.lang, word)) this.output.line(`  ${text}`)
  }

  /** Prints what has been noted. */
  private tell(): void {
    for (const event of this.journal.take()) {
      if (this.json) this.output.write(eventLine(event, this.start, this.look.showSecrets))
      else for (const line of this.log.lines(event)) this.output.line(line)
    }
    this.output.flush()
  }
}
