import type { Ends } from '../conversation/record.ts'
import type { PassedState, Transition } from '../conversation/transitions.ts'
import type { Note, PacketLine, PerSide, ReportLine, SideName } from '../model/lines.ts'
import { type Language, reportMessages } from '../story/messages/report.ts'
import type { Milliseconds } from '../units.ts'
import type { Annotation } from './annotation.ts'
import { type Instant, readInstant } from './clock.ts'
import { endpoint } from './conclusion/conclusion.ts'
import { escapeText } from './escape.ts'
import { type Columns, drawFrame, drawNarrow, drawPacket, fitColumns, spellState, stateWords } from './ladder-row.ts'
import { languages, MIN_WIDTH, type TextOptions } from './options.ts'
import { type PacketRow, rowSentences, type ShownState, segmentLabel, since } from './rows.ts'
import { elideMiddle, padStart, textWidth, wrap } from './width.ts'

/** What the ladder remembers of a conversation that goes on. */
interface Course {
  readonly ends: Ends | null
  readonly start: Instant | null
  readonly states: PerSide<ShownState | null>
}

const SIDES: readonly SideName[] = ['client', 'server']
/** Cells of the columns in front while numbers are small: the conversation's, the packet's, the time. */
const CONVERSATION = 5
const NUMBER = 6
const MS = 11
/** Packets whose conversation is not known have no number there. */
const NONE = '-'
/** A sentence may quote what a packet holds: in the middle of more than so many cells something is left out. */
const SENTENCE = 320

/** The ladder as it grows: each packet's rows as soon as the packet is there, of all conversations, with a heading where
 *  the conversation changes. States are those that are known at that moment. Memory: some numbers a live conversation.
 *
 *  `add` takes the report's lines (packets and conversations are looked at), `annotate` what Analysis tells of each packet
 *  right after its line. `timeOfDay` writes a line's time for the headings. */
export class LiveLadder {
  private options: TextOptions
  private readonly write: (line: string) => void
  private readonly timeOfDay: (time: string) => string
  private readonly courses = new Map<number, Course>()
  private packet: PacketLine | null = null
  /** Conversation under the last heading; -1: there is none yet. */
  private current = -1
  private conversationCells = CONVERSATION
  private numberCells = NUMBER
  private columns: Columns | null
  private isBegun = false

  constructor(options: TextOptions, write: (line: string) => void, timeOfDay: (time: string) => string) {
    this.options = options
    this.write = write
    this.timeOfDay = timeOfDay
    this.columns = this.fit()
  }

  add(line: ReportLine): void {
    if (line.type === 'packet') this.packet = line
    else if (line.type === 'conversation') this.courses.delete(line.n)
  }

  annotate(annotation: Annotation): void {
    const { packet, options } = this
    if (packet === null || packet.n !== annotation.n) return
    this.widen(annotation)
    if (options.only === 'conclusion') return
    if (!this.isBegun) this.begin()
    const n = annotation.conversation
    const isNew = n !== null && !this.courses.has(n)
    const course = this.follow(packet, annotation)
    if (n !== null && n !== this.current) this.head(n, course, packet, isNew)
    if (isNew && options.only !== 'notes') this.drawStart(annotation)
    const row = rowOf(packet, annotation, course.start, languages(options.lang))
    const conversation = n === null ? NONE : String(n)
    if (options.only === 'notes') this.drawNotes(conversation, row)
    else this.draw(conversation, row)
  }

  /** The terminal has another width now. */
  resize(width: number): void {
    this.options = { ...this.options, width: Math.max(MIN_WIDTH, width) }
    this.columns = this.fit()
  }

  /** Numbers grow: their columns do too. */
  private widen({ n, conversation }: Annotation): void {
    const number = Math.max(this.numberCells, String(n).length + 1)
    const first = Math.max(this.conversationCells, String(conversation ?? NONE).length + 1)
    if (number === this.numberCells && first === this.conversationCells) return
    this.numberCells = number
    this.conversationCells = first
    this.columns = this.fit()
  }

  private fit(): Columns | null {
    return fitColumns(this.conversationCells + this.numberCells + MS + 2, this.options.width, true)
  }

  /** What the columns hold, and what the marks mean. */
  private begin(): void {
    this.isBegun = true
    const { columns, options } = this
    const spoken = languages(options.lang)
    const { layout } = reportMessages(spoken[0])
    for (const language of spoken)
      for (const text of wrap(reportMessages(language).layout.liveLegend, options.width))
        this.write(options.paint('dim', text))
    if (columns === null || options.only === 'notes') return
    const front = `${this.front(layout.conversation, '#')}${padStart(layout.milliseconds, MS)}  `
    this.write(
      drawFrame(columns, options, { front, client: layout.client, middle: '', from: null, server: layout.server }),
    )
  }

  /** Remembers where the conversation stands now. */
  private follow(packet: PacketLine, { conversation, ends, states, isSelf }: Annotation): Course {
    const before = conversation === null ? undefined : this.courses.get(conversation)
    const now = (side: SideName): ShownState | null => {
      const change = states[isSelf ? 'client' : side]
      return change === null ? (before?.states[side] ?? null) : newest(change)
    }
    const course: Course = {
      ends: ends ?? before?.ends ?? null,
      start: before === undefined ? readInstant(packet.time, packet.clock) : before.start,
      states: { client: now('client'), server: now('server') },
    }
    if (conversation !== null) this.courses.set(conversation, course)
    return course
  }

  /** `--- 3 -- 10.0.0.1:49200 -> 10.0.0.2:80 -- 10:15:39.112`; of one that goes on, what its ends are in. */
  private head(n: number, { ends, states }: Course, packet: PacketLine, isNew: boolean): void {
    const { width, glyphs, paint } = this.options
    const rule = glyphs.line.repeat(2)
    const who = ends === null ? [] : [`${endpoint(ends.client)} -> ${endpoint(ends.server)}`]
    const time = packet.time === null ? packet.clock : this.timeOfDay(packet.time)
    const when = time === undefined ? [] : [time]
    const now = isNew ? [] : [stateWords({ client: listed(states.client), server: listed(states.server) }).join(' ')]
    const title = (parts: readonly string[]): string => `${rule} ${[String(n), ...who, ...parts].join(` ${rule} `)}`
    const fits = (text: string): boolean => textWidth(text) + 3 <= width
    const text = [title([...when, ...now]), title(now), title(when)].find(fits) ?? title([])
    if (isNew && this.current !== -1) this.write('')
    const lines = fits(text) ? [`${text} ${glyphs.line.repeat(width - textWidth(text) - 1)}`] : wrap(text, width)
    for (const line of lines) this.write(paint('heading', line))
    this.current = n
  }

  /** The states before a conversation's first packet. */
  private drawStart({ states, isSelf }: Annotation): void {
    const { columns, options } = this
    const before = (side: SideName): ShownState | null => {
      const change = isSelf && side === 'server' ? null : states[side]
      return change === null || change.from.name === null ? null : shown(change.from)
    }
    const client = before('client')
    const server = before('server')
    if (client === null && server === null) return
    if (columns === null) {
      for (const text of wrap(stateWords({ client: listed(client), server: listed(server) }).join(' '), options.width))
        this.write(text)
      return
    }
    const spell = (state: ShownState | null): string => (state === null ? '' : spellState(state))
    const front = `${padStart(String(this.current), this.conversationCells)}`.padEnd(columns.front)
    this.write(
      drawFrame(columns, options, {
        front: options.paint('dim', front),
        client: spell(client),
        middle: '',
        from: null,
        server: spell(server),
      }),
    )
  }

  private draw(conversation: string, row: PacketRow): void {
    const { columns, options } = this
    const { only } = options
    if (columns === null) {
      const numbers = `${conversation} #${row.n} ${spellTime(row.ms)}`
      for (const line of drawNarrow(options, numbers, row, only === null)) this.write(line)
      return
    }
    const numbers = `${this.front(conversation, String(row.n))}${padStart(spellTime(row.ms), MS)}  `
    for (const line of drawPacket(columns, options, numbers, row, only === null)) this.write(line)
  }

  private drawNotes(conversation: string, row: PacketRow): void {
    const { options } = this
    let front = `${this.front(conversation, `#${row.n}`)}  `
    const lead = ' '.repeat(front.length)
    for (const sentence of rowSentences(row, languages(options.lang))) {
      for (const text of wrap(sentence, options.width - lead.length)) {
        this.write((front === lead ? lead : options.paint(row.from ?? 'plain', front)) + text)
        front = lead
      }
    }
  }

  private front(conversation: string, number: string): string {
    return padStart(conversation, this.conversationCells) + padStart(number, this.numberCells)
  }
}

/** Milliseconds while they fit the column to the microsecond, then seconds, then hours. */
function spellTime(ms: Milliseconds | null): string {
  if (ms === null) return '?'
  if (Math.abs(ms) < 1e5) return ms.toFixed(3)
  return Math.abs(ms) < 1e8 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 3_600_000).toFixed(1)} h`
}

function shown({ name, isProven }: PassedState): ShownState {
  return { name: name ?? '?', mark: isProven || name === null ? 'none' : 'inferred' }
}

function newest({ from, entered }: Transition): ShownState {
  return shown(entered.at(-1) ?? from)
}

function listed(state: ShownState | null): ShownState[] {
  return state === null ? [] : [state]
}

/** The packet as a row: nothing in it is taken from a later one. */
function rowOf(
  packet: PacketLine,
  { states, isSelf, notes, labels }: Annotation,
  start: Instant | null,
  spoken: readonly Language[],
): PacketRow {
  const entered = (side: SideName): ShownState[] => {
    const change = isSelf && side === 'server' ? null : states[side]
    if (change === null) return []
    return change.entered.length > 0 ? change.entered.map(shown) : [shown(change.from)]
  }
  const isIcmp = notes.some(({ id }) => id.startsWith('icmp.'))
  const withdrawn = SIDES.flatMap((side) => {
    const change = isSelf && side === 'server' ? null : states[side]
    return change === null || change.withdrawn.length === 0 ? [] : [withdrawal(side, change.withdrawn, spoken)]
  })
  return {
    kind: 'packet',
    n: packet.n,
    ms: since(start, readInstant(packet.time, packet.clock)),
    from: packet.from,
    segment: packet.tcp === null ? (isIcmp ? 'ICMP' : '') : segmentLabel(packet),
    states: { client: entered('client'), server: entered('server') },
    notes: [...notes.map(safe), ...withdrawn],
    labels,
  }
}

/** A note without anything that a terminal could obey, of a length that a person reads. */
function safe(note: Note): Note {
  const text = elideMiddle(escapeText(note.text), SENTENCE, '...')
  return note.textZh === undefined
    ? { ...note, text }
    : { ...note, text, textZh: elideMiddle(escapeText(note.textZh), SENTENCE, '...') }
}

/** That states were named before and are not so. */
function withdrawal(side: SideName, states: readonly string[], spoken: readonly Language[]): Note {
  const [text, textZh] = spoken.map((language) => reportMessages(language).layout.neverEntered({ side, states }))
  const note: Note = { id: 'never-entered', params: {}, text }
  if (textZh !== undefined) note.textZh = textZh
  return note
}
