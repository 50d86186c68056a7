import type { ConversationRecord } from '../conversation/record.ts'
import type { Severity } from '../model/lines.ts'
import type { Reason } from '../story/messages/conclusion-types.ts'
import type { Milliseconds } from '../units.ts'
import { judge, type Merits, shapeOf } from './choice.ts'

/** A row of the table of conversations. */
export interface ConversationRow {
  readonly line: ConversationRecord
  /** From the capture's first packet; null when time is unknown. */
  readonly startMs: Milliseconds | null
  readonly exchangeCount: number
  readonly findings: Readonly<Record<Severity, number>>
  readonly score: number
}

/** A conversation that is shown in full, and why. */
export interface Chosen<T> {
  readonly row: ConversationRow
  readonly reasons: readonly Reason[]
  /** What was added with it. */
  readonly value: T
}

/** Conversations counted together. */
export interface Rest {
  conversations: number
  packets: number
  exchanges: number
}

const TABLE_ROWS = 20
const SHOWN = 3
/** Conversations kept while more may come. */
const CANDIDATES = 12

/** Chooses, among conversations as they end, the rows of the table and the few that tell most. Constant memory. */
export class Chooser<T> {
  readonly #all: Rest = { conversations: 0, packets: 0, exchanges: 0 }
  readonly #rows: ConversationRow[] = []
  /** Best conversation of each shape, and how many have that shape. */
  readonly #shapes = new Map<string, { best: Chosen<T>; alike: number }>()
  /** While the capture has few conversations, all of them. */
  #few: Chosen<T>[] = []
  #longestWait: Milliseconds = 0
  #slowest: Chosen<T> | null = null

  add(merits: Merits, startMs: Milliseconds | null, value: T): void {
    const { line, exchangeCount } = merits
    countIn(this.#all, line, exchangeCount)
    const { score, reasons } = judge(merits)
    const row: ConversationRow = { line, exchangeCount, findings: merits.findings, score, startMs }
    const candidate: Chosen<T> = { row, reasons, value }
    if (this.#all.conversations <= SHOWN) this.#few.push(candidate)
    else this.#few = []
    this.#addRow(row)
    if (merits.slowestWait > this.#longestWait) {
      this.#longestWait = merits.slowestWait
      this.#slowest = candidate
    }
    const shape = shapeOf(merits)
    const known = this.#shapes.get(shape)
    if (known !== undefined) {
      known.alike++
      if (isBetter(candidate, known.best)) known.best = candidate
      return
    }
    this.#shapes.set(shape, { best: candidate, alike: 1 })
    if (this.#shapes.size > CANDIDATES) this.#forgetWorst()
  }

  /** All that was added. */
  get all(): Readonly<Rest> {
    return this.#all
  }

  /** The highest scores, among equals the earliest, and what is chosen in any case. In order of time. */
  rows(): ConversationRow[] {
    const chosen = this.chosen().map(({ row }) => row)
    const others = this.#rows.filter((row) => !chosen.includes(row)).sort((a, b) => (isAbove(a, b) ? -1 : 1))
    return [...chosen, ...others.slice(0, TABLE_ROWS - chosen.length)].sort((a, b) => a.line.n - b.line.n)
  }

  /** What rows() leaves out. */
  rest(): Rest {
    const rest = { ...this.#all }
    for (const { line, exchangeCount } of this.rows()) {
      rest.conversations--
      rest.packets -= line.packets.client + line.packets.server
      rest.exchanges -= exchangeCount
    }
    return rest
  }

  /** All of a few; else at most three: the best of each shape by score, the longest wait among them. In order of time. */
  chosen(): Chosen<T>[] {
    if (this.#all.conversations <= SHOWN) {
      return this.#few
        .map((candidate): Chosen<T> => ({ ...candidate, reasons: [{ kind: 'all' }] }))
        .sort((a, b) => a.row.line.n - b.row.line.n)
    }
    const ranked = [...this.#shapes.values()].sort((a, b) => (isBetter(a.best, b.best) ? -1 : 1))
    const chosen: Chosen<T>[] = ranked.slice(0, SHOWN).map(({ best, alike }) => ({
      ...best,
      reasons: best.row.score >= 10 ? best.reasons : [...best.reasons, { kind: 'typical', alike }],
    }))
    const slow = this.#slowest
    if (slow !== null) {
      const wait: Reason = { kind: 'slowest-wait', ms: this.#longestWait }
      const at = chosen.findIndex(({ row }) => row === slow.row)
      if (at >= 0) chosen[at] = { ...chosen[at], reasons: [...chosen[at].reasons, wait] }
      else if (chosen.length < SHOWN) chosen.push({ ...slow, reasons: [...slow.reasons, wait] })
    }
    return chosen.sort((a, b) => a.row.line.n - b.row.line.n)
  }

  #addRow(row: ConversationRow): void {
    const rows = this.#rows
    if (rows.length < TABLE_ROWS) {
      rows.push(row)
      return
    }
    let lowest = 0
    for (let i = 1; i < rows.length; i++) if (isAbove(rows[lowest], rows[i])) lowest = i
    if (isAbove(row, rows[lowest])) rows[lowest] = row
  }

  #forgetWorst(): void {
    let worst = ''
    let lowest: Chosen<T> | null = null
    for (const [shape, { best }] of this.#shapes) {
      if (lowest === null || isBetter(lowest, best)) {
        lowest = best
        worst = shape
      }
    }
    this.#shapes.delete(worst)
  }
}

function isAbove(a: ConversationRow, b: ConversationRow): boolean {
  return a.score > b.score || (a.score === b.score && a.line.n < b.line.n)
}

/** Higher score; among equals the one with more to read, then the earlier. */
function isBetter(a: Chosen<unknown>, b: Chosen<unknown>): boolean {
  if (a.row.score !== b.row.score) return a.row.score > b.row.score
  const exchanged = Number(a.row.exchangeCount > 0) - Number(b.row.exchangeCount > 0)
  return exchanged !== 0 ? exchanged > 0 : a.row.line.n < b.row.line.n
}

function countIn(sum: Rest, line: ConversationRecord, exchanges: number): void {
  sum.conversations++
  sum.packets += line.packets.client + line.packets.server
  sum.exchanges += exchanges
}
