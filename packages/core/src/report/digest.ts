import type {
  CaptureLine,
  ConversationLine,
  ExchangeLine,
  FindingLine,
  PacketLine,
  ReportLine,
  Severity,
  SummaryLine,
} from '../model/lines.ts'
import type { Reason } from '../story/messages/conclusion-types.ts'
import type { Milliseconds } from '../units.ts'
import { judge, type Merits, shapeOf } from './choice.ts'
import { elapsed, type Instant, readInstant } from './clock.ts'
import { escapeStrings } from './escape.ts'
import { generousBounds, type LabelCount, Transcript, type TranscriptItem, tighterBounds } from './transcript.ts'

/** A conversation with what belongs to it, in bounded memory. */
export interface ConversationDigest {
  readonly line: ConversationLine
  /** The first few and the slowest; `exchangeCount` says how many there were. */
  readonly exchanges: readonly ExchangeLine[]
  readonly exchangeCount: number
  readonly waits: { count: number; total: Milliseconds; slowest: Milliseconds }
  readonly findings: readonly FindingLine[]
  readonly start: Instant | null
  readonly score: number
  readonly reasons: readonly Reason[]
  /** In order, unusual ones complete, the rest partly as runs. */
  readonly items: readonly TranscriptItem[]
  /** Every label seen, over all packets. */
  readonly labels: ReadonlyMap<string, LabelCount>
}

/** A conversation while others may still prove more telling: its packets are not copied yet. */
type Candidate = Omit<ConversationDigest, 'items' | 'labels'> & { readonly transcript: Transcript }

/** A row of the table of conversations. */
export interface ConversationRow {
  readonly line: ConversationLine
  /** From the capture's first packet; null when time is unknown. */
  readonly startMs: Milliseconds | null
  readonly exchangeCount: number
  readonly findings: Readonly<Record<Severity, number>>
  readonly score: number
}

/** The one result that the text and Markdown renderers read. */
export interface Digest {
  readonly capture: CaptureLine | null
  readonly summary: SummaryLine
  readonly conversations: number
  readonly rows: readonly ConversationRow[]
  readonly rest: { conversations: number; packets: number; exchanges: number }
  readonly chosen: readonly ConversationDigest[]
  readonly asked: number | null
  /** Packets of no TCP conversation. */
  readonly others: number
}

const TABLE_ROWS = 20
const SHOWN = 3
/** Conversations kept in full while more may come. */
const CANDIDATES = 12
/** Packet lines held over all conversations: about 20 MB. */
const BUDGET = 20_000
const EXCHANGES_KEPT = 8
const FINDINGS_KEPT = 12

/** What is known of a conversation that has not ended yet. */
interface Pending {
  line: ConversationLine | null
  readonly transcript: Transcript
  start: Instant | null
  readonly exchanges: ExchangeLine[]
  exchangeCount: number
  incomplete: number
  worstStatus: number
  readonly waits: { count: number; total: Milliseconds; slowest: Milliseconds }
  readonly findings: FindingLine[]
  readonly severities: Record<Severity, number>
}

/** Reads report lines as they come and keeps what a page of text can show: a table of conversations, and the most
 *  telling ones with their packets. Memory is bounded whatever the capture. */
export class DigestBuilder {
  readonly #asked: number | null
  readonly #pending = new Map<number, Pending>()
  /** The conversation whose line came last: its exchanges and findings may still follow. */
  #ended = -1
  #held = 0
  /** Index into tighterBounds: how much of a conversation is kept now. */
  #level = 0
  #capture: CaptureLine | null = null
  #summary: SummaryLine | null = null
  #first: Instant | null = null
  #others = 0
  #conversations = 0
  #rows: ConversationRow[] = []
  readonly #rest = { conversations: 0, packets: 0, exchanges: 0 }
  /** Best conversation of each shape, and how many have that shape. */
  readonly #shapes = new Map<string, { best: Candidate; merits: Merits; alike: number }>()
  /** While the capture has few conversations, all of them. */
  #few: Candidate[] = []
  #slowest: { n: number; ms: Milliseconds } = { n: -1, ms: 0 }
  #slowestDigest: Candidate | null = null

  constructor(options: { conversation: number | null }) {
    this.#asked = options.conversation
  }

  add(raw: ReportLine): void {
    const line = raw.type === 'packet' ? raw : escapeStrings(raw)
    if (line.type !== 'exchange' && line.type !== 'finding') this.#settle()
    switch (line.type) {
      case 'capture':
        this.#capture ??= line
        break
      case 'packet':
        this.#addPacket(line)
        break
      case 'conversation':
        this.#addConversation(line)
        break
      case 'exchange':
        this.#addExchange(line)
        break
      case 'finding':
        this.#addFinding(line)
        break
      case 'summary':
        this.#summary = line
        break
    }
  }

  /** Call once, after the summary line. */
  finish(): Digest {
    this.#settle()
    const summary = this.#summary
    if (summary === null) throw new Error('a report ends with its summary line')
    return {
      capture: this.#capture,
      summary,
      conversations: this.#conversations,
      rows: this.#rows.sort((a, b) => a.line.n - b.line.n),
      rest: this.#rest,
      chosen: this.#choose().map(reveal),
      asked: this.#asked,
      others: this.#others,
    }
  }

  #addPacket(line: PacketLine): void {
    this.#first ??= readInstant(line.time, line.clock)
    if (line.conversation === null) {
      this.#others++
      return
    }
    if (this.#asked !== null && line.conversation !== this.#asked) return
    const pending = this.#open(line.conversation)
    pending.start ??= readInstant(line.time, line.clock)
    const before = pending.transcript.held
    pending.transcript.add(line)
    this.#held += pending.transcript.held - before
    if (this.#held > BUDGET && this.#asked === null) this.#makeRoom()
  }

  #addConversation(line: ConversationLine): void {
    this.#conversations++
    if (this.#asked !== null && line.n !== this.#asked) return
    this.#open(line.n).line = line
    this.#ended = line.n
  }

  #addExchange(line: ExchangeLine): void {
    if (this.#asked !== null && line.conversation !== this.#asked) return
    const pending = this.#open(line.conversation)
    pending.exchangeCount++
    if (line.response === null || line.response.complete === false) pending.incomplete++
    if (line.status !== null && line.status > pending.worstStatus) pending.worstStatus = line.status
    if (line.ms.wait !== null) {
      pending.waits.count++
      pending.waits.total += line.ms.wait
      if (line.ms.wait > pending.waits.slowest) pending.waits.slowest = line.ms.wait
    }
    if (pending.exchanges.length < EXCHANGES_KEPT) pending.exchanges.push(line)
    else {
      const last = pending.exchanges[EXCHANGES_KEPT - 1]
      if ((line.ms.wait ?? 0) > (last.ms.wait ?? 0)) pending.exchanges[EXCHANGES_KEPT - 1] = line
    }
  }

  #addFinding(line: FindingLine): void {
    if (this.#asked !== null && line.conversation !== this.#asked) return
    const pending = this.#open(line.conversation)
    pending.severities[line.severity]++
    if (pending.findings.length < FINDINGS_KEPT) pending.findings.push(line)
  }

  #open(n: number): Pending {
    let pending = this.#pending.get(n)
    if (pending === undefined) {
      pending = {
        line: null,
        transcript: new Transcript(this.#asked === null ? tighterBounds[this.#level] : generousBounds),
        start: null,
        exchanges: [],
        exchangeCount: 0,
        incomplete: 0,
        worstStatus: 0,
        waits: { count: 0, total: 0, slowest: 0 },
        findings: [],
        severities: { error: 0, warn: 0, note: 0, info: 0 },
      }
      this.#pending.set(n, pending)
    }
    return pending
  }

  /** The conversation whose lines came last is complete: judges it, keeps or forgets it. */
  #settle(): void {
    if (this.#ended < 0) return
    const n = this.#ended
    this.#ended = -1
    const pending = this.#pending.get(n)
    if (pending === undefined || pending.line === null) return
    this.#pending.delete(n)
    this.#held -= pending.transcript.held
    if (this.#held < BUDGET / 8 && this.#level > 0) this.#level--
    const { line } = pending
    const merits: Merits = {
      line,
      findings: pending.severities,
      incomplete: pending.incomplete,
      worstStatus: pending.worstStatus,
      slowestWait: pending.waits.slowest,
    }
    const { score, reasons } = judge(merits)
    const digest: Candidate = {
      line,
      exchanges: pending.exchanges,
      exchangeCount: pending.exchangeCount,
      waits: pending.waits,
      findings: pending.findings,
      transcript: pending.transcript,
      start: pending.start,
      score,
      reasons,
    }
    this.#addRow({
      line,
      exchangeCount: pending.exchangeCount,
      findings: pending.severities,
      score,
      startMs: this.#first === null || pending.start === null ? null : elapsed(this.#first, pending.start),
    })
    this.#keep(digest, merits)
  }

  #addRow(row: ConversationRow): void {
    const rows = this.#rows
    if (rows.length < TABLE_ROWS) {
      rows.push(row)
      return
    }
    // The table keeps the highest scores; among equals the earliest.
    let lowest = 0
    for (let i = 1; i < rows.length; i++) {
      if (
        rows[i].score < rows[lowest].score ||
        (rows[i].score === rows[lowest].score && rows[i].line.n > rows[lowest].line.n)
      )
        lowest = i
    }
    let out = row
    if (row.score > rows[lowest].score || (row.score === rows[lowest].score && row.line.n < rows[lowest].line.n)) {
      out = rows[lowest]
      rows[lowest] = row
    }
    this.#rest.conversations++
    this.#rest.packets += out.line.packets.client + out.line.packets.server
    this.#rest.exchanges += out.exchangeCount
  }

  #keep(digest: Candidate, merits: Merits): void {
    if (this.#conversations <= SHOWN) this.#few.push(digest)
    else this.#few = []
    if (merits.slowestWait > this.#slowest.ms) {
      this.#slowest = { n: digest.line.n, ms: merits.slowestWait }
      this.#slowestDigest = digest
    }
    const shape = shapeOf(merits)
    const known = this.#shapes.get(shape)
    if (known !== undefined) {
      known.alike++
      if (isBetter(digest, known.best)) {
        known.best = digest
        known.merits = merits
      }
      return
    }
    this.#shapes.set(shape, { best: digest, merits, alike: 1 })
    if (this.#shapes.size > CANDIDATES) {
      let worst = ''
      let lowest: Candidate | null = null
      for (const [key, { best }] of this.#shapes) {
        if (lowest === null || isBetter(lowest, best)) {
          lowest = best
          worst = key
        }
      }
      this.#shapes.delete(worst)
    }
  }

  /** At most three: the best of each shape by score, the longest wait among them, then in order of time. */
  #choose(): Candidate[] {
    if (this.#asked !== null) {
      const [only] = this.#shapes.values()
      return only === undefined ? [] : [{ ...only.best, reasons: [{ kind: 'asked' }] }]
    }
    if (this.#conversations <= SHOWN) {
      return this.#few
        .map((digest): Candidate => ({ ...digest, reasons: [{ kind: 'all' }] }))
        .sort((a, b) => a.line.n - b.line.n)
    }
    const ranked = [...this.#shapes.values()].sort((a, b) => (isBetter(a.best, b.best) ? -1 : 1))
    const chosen: Candidate[] = ranked.slice(0, SHOWN).map(({ best, alike }) => ({
      ...best,
      reasons: best.score >= 10 ? best.reasons : [...best.reasons, { kind: 'typical', alike }],
    }))
    const slow = this.#slowestDigest
    if (slow !== null) {
      const wait: Reason = { kind: 'slowest-wait', ms: this.#slowest.ms }
      const at = chosen.findIndex(({ line }) => line.n === slow.line.n)
      if (at >= 0) chosen[at] = { ...chosen[at], reasons: [...chosen[at].reasons, wait] }
      else if (chosen.length < SHOWN) chosen.push({ ...slow, reasons: [...slow.reasons, wait] })
    }
    return chosen.sort((a, b) => a.line.n - b.line.n)
  }

  /** Too many packets held: all conversations that are open keep less, and new ones too. */
  #makeRoom(): void {
    this.#level = Math.min(this.#level + 1, tighterBounds.length - 1)
    this.#held = 0
    for (const { transcript } of this.#pending.values()) {
      // What has gone wrong so far is likelier to be shown: one level more is kept of it.
      const level = transcript.labels.size > 0 ? this.#level - 1 : this.#level
      transcript.tighten(tighterBounds[level])
      this.#held += transcript.held
    }
  }
}

/** The packets of a conversation that will be shown. They were kept as they came; here their text becomes safe. */
function reveal({ transcript, ...rest }: Candidate): ConversationDigest {
  return {
    ...rest,
    items: transcript.items().map((item) => escapeStrings(item)),
    labels: new Map([...transcript.labels].map(([label, seen]) => [escapeStrings(label), seen])),
  }
}

/** Higher score; among equals the one with more to read, then the earlier. */
function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.score !== b.score) return a.score > b.score
  const exchanged = Number(a.exchangeCount > 0) - Number(b.exchangeCount > 0)
  return exchanged !== 0 ? exchanged > 0 : a.line.n < b.line.n
}
