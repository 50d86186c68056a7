import type { ConversationLine, Note, PacketLine, PerSide, SideName, StateRecord } from '../model/lines.ts'
import { type Language, reportMessages } from '../story/messages/report.ts'
import type { Milliseconds, PacketNumber } from '../units.ts'
import { elapsed, type Instant, readInstant } from './clock.ts'
import type { ConversationDigest } from './gathering.ts'
import { collapse, type PacketRun } from './transcript.ts'

/** A state as a row shows it. */
export interface ShownState {
  readonly name: string
  /** `inferred`: no packet proves it; `expected`: a timer will do it and nobody saw. */
  readonly mark: 'none' | 'inferred' | 'expected'
}

/** One packet of the ladder, whatever format draws it. */
export interface PacketRow {
  readonly kind: 'packet'
  readonly n: PacketNumber
  readonly ms: Milliseconds | null
  readonly from: SideName | null
  /** What is on the wire: `PSH ACK 611 B`. */
  readonly segment: string
  /** States entered with this packet, in order. */
  readonly states: PerSide<ShownState[]>
  readonly notes: readonly Note[]
  readonly labels: readonly string[]
}

export type LadderRow = PacketRow | { readonly kind: 'run'; readonly run: PacketRun }

/** What the ladder of a conversation shows. */
export interface LadderModel {
  /** Before the first packet. */
  readonly initial: PerSide<ShownState | null>
  readonly rows: readonly LadderRow[]
  /** After the last packet, by a timer. */
  readonly expected: PerSide<ShownState | null>
  /** All of the side's states are inferred without proof: said once, in the heading. */
  readonly allInferred: PerSide<boolean>
}

const SIDES: readonly SideName[] = ['client', 'server']

/** A ladder of more rows than this is collapsed: of the only conversation shown, and of one among several. */
export const LADDER_ROWS = 120
export const SHORT_LADDER_ROWS = 40

/** True for a state that no packet proves, at its packet or later. */
export function isUnproven(record: StateRecord): boolean {
  return record.basis === 'inferred' && record.provenBy === undefined
}

function shown(record: StateRecord, allInferred: boolean): ShownState {
  if (record.basis === 'expected') return { name: record.state, mark: 'expected' }
  return { name: record.state, mark: isUnproven(record) && !allInferred ? 'inferred' : 'none' }
}

/** `SYN`, `PSH ACK 611 B`, `ACK 612`: flags, then the data or else what a bare ACK acknowledges. */
export function segmentLabel(packet: PacketLine): string {
  const { tcp } = packet
  if (tcp === null) return ''
  const flags = tcp.flags.length === 0 ? 'no flags' : tcp.flags.join(' ')
  if (tcp.bytes > 0) return `${flags} ${tcp.bytes} B`
  return flags === 'ACK' && tcp.ack !== null && tcp.ack > 1 ? `ACK ${tcp.ack}` : flags
}

/** Packets at which a message or a state begins or ends: they stay when a long ladder is collapsed. */
function landmarks(line: ConversationLine, digest: ConversationDigest): Set<PacketNumber> {
  const marks = new Set<PacketNumber>()
  for (const side of SIDES) for (const { packet } of line.states[side]) if (packet !== null) marks.add(packet)
  for (const { request, response } of digest.exchanges) {
    for (const part of [request, response]) {
      if (part === null || part.packets.length === 0) continue
      marks.add(part.packets[0])
      marks.add(part.packets[part.packets.length - 1])
    }
  }
  for (const { evidence } of digest.findings) for (const { packet } of evidence.slice(0, 4)) marks.add(packet)
  return marks
}

/** Arranges a conversation's packets and states for drawing. */
export function arrangeLadder(digest: ConversationDigest, most: number): LadderModel {
  const { line } = digest
  const entered = new Map<PacketNumber, PerSide<ShownState[]>>()
  const initial: PerSide<ShownState | null> = { client: null, server: null }
  const expected: PerSide<ShownState | null> = { client: null, server: null }
  const allInferred = { client: false, server: false }
  for (const side of SIDES) {
    const records = line.states[side]
    const seen = records.filter(({ packet, basis }) => packet !== null && basis !== 'expected')
    allInferred[side] = seen.length > 0 && seen.every(isUnproven)
    // A packet that crossed another takes effect where it arrives: no state is drawn above the one before it.
    let latest = 0
    for (const record of records) {
      const state = shown(record, allInferred[side])
      if (record.packet !== null) {
        latest = Math.max(latest, record.packet)
        const at = entered.get(latest) ?? { client: [], server: [] }
        at[side].push(state)
        entered.set(latest, at)
      } else if (record.basis === 'expected') expected[side] = state
      else if (latest === 0) initial[side] = state
    }
  }
  const rows = collapse(digest.items, most, landmarks(line, digest)).map((item): LadderRow => {
    if (item.type === 'run') return { kind: 'run', run: item }
    const at = readInstant(item.time, item.clock)
    return {
      kind: 'packet',
      n: item.n,
      ms: since(digest.start, at),
      from: item.from,
      segment: segmentLabel(item),
      states: entered.get(item.n) ?? { client: [], server: [] },
      notes: item.notes,
      labels: item.labels,
    }
  })
  return { initial, rows, expected, allInferred }
}

/** Milliseconds between two instants, where both are known. */
export function since(start: Instant | null, at: Instant | null): Milliseconds | null {
  return start === null || at === null ? null : elapsed(start, at)
}

/** A note in `language`; `text` holds the report's first language, `textZh` Chinese beside it. */
export function noteText(note: { text: string; textZh?: string }, language: Language, both: boolean): string {
  return both && language === 'zh' ? (note.textZh ?? '') : note.text
}

/** Sentences under a packet: its notes, or its labels where no note speaks. */
export function rowSentences(row: Pick<PacketRow, 'notes' | 'labels'>, languages: readonly Language[]): string[] {
  const both = languages.length > 1
  const sentences: string[] = []
  for (const language of languages) {
    const text = row.notes.map((note) => noteText(note, language, both)).filter((part) => part !== '')
    if (text.length > 0) sentences.push(text.join(language === 'zh' ? '' : ' '))
  }
  if (sentences.length > 0 || row.labels.length === 0) return sentences
  return languages.map((language) => {
    const { label: spell, listSeparator } = reportMessages(language).layout
    return row.labels.map((label) => spell({ label })).join(listSeparator)
  })
}
