import type { ConversationRecord } from '../conversation/record.ts'
import type { Slot } from '../conversation/stream.ts'
import type { HttpExchange } from '../http/exchange.ts'
import type { CaptureLine, ReportLine, Severity, SummaryLine } from '../model/lines.ts'
import type { Milliseconds } from '../units.ts'
import { Chooser } from './chooser.ts'
import type { Digest } from './digest.ts'
import { escapeStrings } from './escape.ts'
import { Gathering } from './gathering.ts'
import { generousBounds } from './transcript.ts'

interface ExchangeMerits {
  count: number
  incomplete: number
  worstStatus: number
  slowestWait: Milliseconds
}

const NO_EXCHANGE: Readonly<ExchangeMerits> = { count: 0, incomplete: 0, worstStatus: 0, slowestWait: 0 }

/** First look at a capture that is too large to keep all its lines: judges conversations from numbers alone, so that a
 *  second reading tells only those that will be shown.
 *
 *  First an Analysis with `survey` and the summary line as its only type; its line goes to `add`. Then, of the same
 *  bytes, one with all types and `conversations: survey.choose()`; its lines go to `add` too; then `finish`. */
export class Survey {
  readonly #chooser = new Chooser<null>()
  /** By slot. */
  readonly #exchanges: (ExchangeMerits | undefined)[] = []
  readonly #gatherings = new Map<number, Gathering>()
  /** Packets of the chosen conversations that the second reading still has to bring. */
  #awaited = 0
  #capture: CaptureLine | null = null
  #summary: SummaryLine | null = null

  /** An exchange has ended. */
  addExchange(exchange: HttpExchange): void {
    let merits = this.#exchanges[exchange.slot]
    if (merits === undefined) {
      merits = { ...NO_EXCHANGE }
      this.#exchanges[exchange.slot] = merits
    }
    const { request, response } = exchange
    merits.count++
    if (response === null || response.complete === false) merits.incomplete++
    if ((response?.status ?? 0) > merits.worstStatus) merits.worstStatus = response?.status ?? 0
    const sent = request?.lastTime ?? null
    const answered = response?.firstTime ?? null
    if (sent !== null && answered !== null && answered - sent > merits.slowestWait * 1e6) {
      merits.slowestWait = (answered - sent) / 1e6
    }
  }

  /** A conversation has ended. `findings`: how many of each severity, copied if kept. */
  addConversation(
    slot: Slot,
    line: ConversationRecord,
    startMs: Milliseconds,
    findings: Readonly<Record<Severity, number>>,
  ): void {
    const { count: exchangeCount, incomplete, worstStatus, slowestWait } = this.#exchanges[slot] ?? NO_EXCHANGE
    this.#exchanges[slot] = undefined
    const merits = { line, exchangeCount, findings: { ...findings }, incomplete, worstStatus, slowestWait }
    this.#chooser.add(merits, startMs, null)
  }

  /** Numbers of the conversations that the second reading has to tell. Call once, after the first. */
  choose(): ReadonlySet<number> {
    for (const { row } of this.#chooser.chosen()) {
      const { n, open, packets } = row.line
      this.#gatherings.set(n, new Gathering(generousBounds))
      // An ICMP message may have ended an attempt, after its last packet.
      this.#awaited += open === 'unanswered' ? Number.POSITIVE_INFINITY : packets.client + packets.server
    }
    return new Set(this.#gatherings.keys())
  }

  add(line: ReportLine): void {
    if (line.type === 'capture') this.#capture ??= escapeStrings(line)
    else if (line.type === 'summary') this.#summary ??= escapeStrings(line)
    else if (line.type === 'packet') {
      // A file that still grows has more packets now than it had.
      if (line.conversation === null || line.n > (this.#summary?.packets ?? 0)) return
      this.#gatherings.get(line.conversation)?.addPacket(line)
      this.#awaited--
    } else if (line.type === 'conversation') {
      const gathering = this.#gatherings.get(line.n)
      if (gathering !== undefined) gathering.line = line
    } else if (line.type === 'exchange') this.#gatherings.get(line.conversation)?.addExchange(line)
    else this.#gatherings.get(line.conversation)?.addFinding(line)
  }

  /** Every packet of the chosen conversations has come: the second reading may end here. */
  get isComplete(): boolean {
    return this.#awaited <= 0
  }

  finish(): Digest {
    const summary = this.#summary
    if (summary === null) throw new Error('a report ends with its summary line')
    const chooser = this.#chooser
    return {
      capture: this.#capture,
      summary,
      conversations: chooser.all.conversations,
      rows: escapeStrings(chooser.rows()),
      rest: chooser.rest(),
      chosen: chooser.chosen().flatMap(({ row, reasons }) => {
        const gathering = this.#gatherings.get(row.line.n)
        return gathering === undefined || gathering.line === null ? [] : [gathering.reveal(gathering.line, reasons)]
      }),
      asked: null,
      others: summary.packets - chooser.all.packets,
      isThinned: false,
    }
  }
}
