import type {
  CaptureLine,
  ConversationLine,
  ExchangeLine,
  FindingLine,
  PacketLine,
  ReportLine,
  SummaryLine,
} from '../model/lines.ts'
import { Chooser, type ConversationRow, type Rest } from './chooser.ts'
import { elapsed, type Instant, readInstant } from './clock.ts'
import { escapeStrings } from './escape.ts'
import { type ConversationDigest, Gathering } from './gathering.ts'
import { generousBounds, tighterBounds } from './transcript.ts'

/** The one result that the text and Markdown renderers read. */
export interface Digest {
  readonly capture: CaptureLine | null
  readonly summary: SummaryLine
  readonly conversations: number
  readonly rows: readonly ConversationRow[]
  readonly rest: Rest
  readonly chosen: readonly ConversationDigest[]
  readonly asked: number | null
  /** Packets of no TCP conversation. */
  readonly others: number
  /** So much was open at once that less was kept than of a small capture. */
  readonly isThinned: boolean
}

/** Packet lines held over all conversations: about 20 MB. */
const BUDGET = 20_000
/** Conversations that are open and have packets kept: about 20 MB more. */
const OPEN = 16_384

/** Reads report lines as they come and keeps what a page of text can show: a table of conversations, and the most
 *  telling ones with their packets. Memory is bounded whatever the capture. */
export class DigestBuilder {
  readonly #asked: number | null
  readonly #pending = new Map<number, Gathering>()
  /** Highest number of a conversation so far. */
  #newest = -1
  /** The conversation whose line came last: its exchanges and findings may still follow. */
  #ended = -1
  #held = 0
  /** Index into tighterBounds: how much of a conversation is kept now. */
  #level = 0
  #capture: CaptureLine | null = null
  #summary: SummaryLine | null = null
  #first: Instant | null = null
  readonly #chooser = new Chooser<Gathering>()
  #isThinned = false

  constructor(options: { conversation: number | null }) {
    this.#asked = options.conversation
  }

  add(line: ReportLine): void {
    if (line.type !== 'exchange' && line.type !== 'finding') this.#settle()
    switch (line.type) {
      case 'capture':
        this.#capture ??= escapeStrings(line)
        break
      case 'packet':
        this.#addPacket(line)
        break
      case 'conversation':
        this.#addConversation(line)
        break
      case 'exchange':
      case 'finding':
        this.#addPart(line)
        break
      case 'summary':
        this.#summary = escapeStrings(line)
        break
    }
  }

  /** Call once, after the summary line. */
  finish(): Digest {
    this.#settle()
    const summary = this.#summary
    if (summary === null) throw new Error('a report ends with its summary line')
    const chooser = this.#chooser
    return {
      capture: this.#capture,
      summary,
      conversations: summary.conversations,
      rows: escapeStrings(chooser.rows()),
      rest: chooser.rest(),
      chosen: chooser
        .chosen()
        .map(({ value, reasons }) => value.reveal(value.line!, this.#asked === null ? reasons : [{ kind: 'asked' }])),
      asked: this.#asked,
      others: summary.packets - chooser.all.packets,
      isThinned: this.#isThinned,
    }
  }

  #addPacket(line: PacketLine): void {
    this.#first ??= readInstant(line.time, line.clock)
    const n = line.conversation
    if (n === null || !this.#wants(n)) return
    // One whose beginning has been given up is not begun anew.
    if (n <= this.#newest && !this.#pending.has(n)) return
    this.#newest = Math.max(this.#newest, n)
    const pending = this.#open(n)
    const before = pending.transcript.held
    pending.addPacket(line)
    this.#held += pending.transcript.held - before
    if (this.#held > BUDGET && this.#asked === null) this.#makeRoom()
  }

  #addConversation(line: ConversationLine): void {
    if (!this.#wants(line.n)) return
    this.#open(line.n).line = line
    this.#ended = line.n
  }

  #addPart(line: ExchangeLine | FindingLine): void {
    if (!this.#wants(line.conversation)) return
    const pending = this.#open(line.conversation)
    if (line.type === 'exchange') pending.addExchange(line)
    else pending.addFinding(line)
  }

  #wants(conversation: number): boolean {
    return this.#asked === null || conversation === this.#asked
  }

  #open(n: number): Gathering {
    let pending = this.#pending.get(n)
    if (pending === undefined) {
      if (this.#pending.size >= OPEN) this.#giveUp()
      pending = new Gathering(this.#asked === null ? tighterBounds[this.#level] : generousBounds)
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
    const { line, exchangeCount, severities: findings, incomplete, worstStatus } = pending
    const start = pending.start ?? readInstant(line.start, undefined)
    const slowestWait = pending.waits.slowest
    this.#chooser.add(
      { line, exchangeCount, findings, incomplete, worstStatus, slowestWait },
      this.#first === null || start === null ? null : elapsed(this.#first, start),
      pending,
    )
  }

  /** Too many conversations are open, a port scan perhaps: of the half that has shown least no packet is kept. How each
   *  one ends is still judged, by its own line. */
  #giveUp(): void {
    this.#isThinned = true
    const merit = ({ transcript }: Gathering): number => transcript.packets + (transcript.labels.size > 0 ? 100 : 0)
    const merits = [...this.#pending.values()].map(merit).sort((a, b) => a - b)
    const border = merits[OPEN >> 1]
    let left = OPEN >> 1
    for (const [n, pending] of this.#pending) {
      if (left === 0) break
      if (merit(pending) > border || n === this.#ended) continue
      this.#pending.delete(n)
      this.#held -= pending.transcript.held
      left--
    }
  }

  /** Too many packets held: all conversations that are open keep less, and new ones too. */
  #makeRoom(): void {
    this.#isThinned = true
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
