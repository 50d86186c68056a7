import type { ConversationLine, ExchangeLine, FindingLine, PacketLine, Severity } from '../model/lines.ts'
import type { Reason } from '../story/messages/conclusion-types.ts'
import type { Milliseconds } from '../units.ts'
import { type Instant, readInstant } from './clock.ts'
import { escapeStrings } from './escape.ts'
import { type LabelCount, Transcript, type TranscriptBounds, type TranscriptItem } from './transcript.ts'

/** How long a conversation's requests waited for their responses. */
export interface Waits {
  count: number
  total: Milliseconds
  slowest: Milliseconds
}

/** A conversation with what belongs to it, in bounded memory. */
export interface ConversationDigest {
  readonly line: ConversationLine
  /** The first few and the slowest; `exchangeCount` says how many there were. */
  readonly exchanges: readonly ExchangeLine[]
  readonly exchangeCount: number
  readonly waits: Waits
  readonly findings: readonly FindingLine[]
  readonly start: Instant | null
  readonly reasons: readonly Reason[]
  /** In order, unusual ones complete, the rest partly as runs. */
  readonly items: readonly TranscriptItem[]
  /** Every label seen, over all packets. */
  readonly labels: ReadonlyMap<string, LabelCount>
}

const EXCHANGES_KEPT = 8
const FINDINGS_KEPT = 12

/** The lines of one conversation, as far as they are kept. */
export class Gathering {
  line: ConversationLine | null = null
  readonly transcript: Transcript
  start: Instant | null = null
  exchangeCount = 0
  incomplete = 0
  worstStatus = 0
  readonly waits: Waits = { count: 0, total: 0, slowest: 0 }
  readonly severities: Record<Severity, number> = { error: 0, warn: 0, note: 0, info: 0 }
  readonly #exchanges: ExchangeLine[] = []
  readonly #findings: FindingLine[] = []

  constructor(bounds: TranscriptBounds) {
    this.transcript = new Transcript(bounds)
  }

  addPacket(line: PacketLine): void {
    this.start ??= readInstant(line.time, line.clock)
    this.transcript.add(line)
  }

  addExchange(line: ExchangeLine): void {
    const { waits } = this
    this.exchangeCount++
    if (line.response === null || line.response.complete === false) this.incomplete++
    if (line.status !== null && line.status > this.worstStatus) this.worstStatus = line.status
    if (line.ms.wait !== null) {
      waits.count++
      waits.total += line.ms.wait
      if (line.ms.wait > waits.slowest) waits.slowest = line.ms.wait
    }
    const kept = this.#exchanges
    if (kept.length < EXCHANGES_KEPT) kept.push(line)
    else if ((line.ms.wait ?? 0) > (kept[EXCHANGES_KEPT - 1].ms.wait ?? 0)) kept[EXCHANGES_KEPT - 1] = line
  }

  addFinding(line: FindingLine): void {
    this.severities[line.severity]++
    if (this.#findings.length < FINDINGS_KEPT) this.#findings.push(line)
  }

  /** What will be shown. Lines were kept as they came; here their text becomes safe. */
  reveal(line: ConversationLine, reasons: readonly Reason[]): ConversationDigest {
    return {
      line: escapeStrings(line),
      exchanges: escapeStrings(this.#exchanges),
      exchangeCount: this.exchangeCount,
      waits: this.waits,
      findings: escapeStrings(this.#findings),
      start: this.start,
      reasons,
      items: this.transcript.items().map((item) => escapeStrings(item)),
      labels: new Map([...this.transcript.labels].map(([label, seen]) => [escapeStrings(label), seen])),
    }
  }
}
