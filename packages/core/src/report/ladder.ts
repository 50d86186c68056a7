import type { PerSide, SideName } from '../model/lines.ts'
import { reportMessages } from '../story/messages/report.ts'
import { languages, type TextOptions } from './options.ts'
import type { LadderModel, LadderRow, PacketRow, ShownState } from './rows.ts'
import { rowSentences } from './rows.ts'
import { padEnd, padStart, takeCells, textWidth, wrap } from './width.ts'

/** Cells of a ladder's columns: number, milliseconds, client state, arrow, server state. */
interface Columns {
  number: number
  ms: number
  client: number
  arrow: number
  server: number
}

const ARROW = 38
const MIN_ARROW = 26
/** Below this width one line a packet; from WIDE on, the note sits beside the arrow. */
const NARROW = 72
const WIDE = 120

/** A state with its mark: `TIME_WAIT~`, `(CLOSED)`. */
function spellState(state: ShownState): string {
  return state.mark === 'expected' ? `(${state.name})` : state.mark === 'inferred' ? `${state.name}~` : state.name
}

function spellMs(row: PacketRow): string {
  return row.ms === null ? '?' : row.ms.toFixed(3)
}

/** The arrow with its label in the middle, `width` cells. The side that sends is where it starts. */
function drawArrow(from: SideName | null, label: string, width: number, glyphs: TextOptions['glyphs']): string {
  const text = takeCells(label, width - 3)
  const dashes = width - 1 - textWidth(text) - 2
  const left = Math.max(0, dashes >> 1)
  const shaft = `${glyphs.line.repeat(left)} ${text} ${glyphs.line.repeat(Math.max(0, dashes - left))}`
  if (from === 'client') return shaft + glyphs.right
  return from === 'server' ? glyphs.left + shaft : glyphs.line + shaft
}

/** Cells up to where the sentences of the stacked layout begin. */
function indentOf(columns: Columns): number {
  return columns.number + columns.ms + 2
}

function measure(model: LadderModel, width: number): Columns {
  let number = 3
  let ms = 8
  for (const row of model.rows) {
    if (row.kind === 'run') continue
    number = Math.max(number, String(row.n).length)
    ms = Math.max(ms, spellMs(row).length + 1)
  }
  const columns: Columns = { number, ms, client: 12, arrow: ARROW, server: 12 }
  const fixed = indentOf(columns) + columns.client + 2 + columns.server
  columns.arrow = Math.max(MIN_ARROW, Math.min(ARROW, width - fixed))
  return columns
}

/** The ladder as lines of at most `options.width` cells. Without `withNotes` arrows and states alone. */
export function renderLadder(model: LadderModel, options: TextOptions, withNotes: boolean): string[] {
  const columns = measure(model, options.width)
  const total = indentOf(columns) + columns.client + columns.arrow + 2 + columns.server
  if (options.width < NARROW || total > options.width) return renderNarrow(model, options, withNotes)
  const { paint } = options
  const words = reportMessages(languages(options.lang)[0]).layout
  const lead = ' '.repeat(indentOf(columns))
  const lines: string[] = []

  const frame = (front: string, client: string, middle: string, from: SideName | null, server: string): string => {
    const painted =
      `${front}${paint('client', client)}${' '.repeat(Math.max(0, columns.client - textWidth(client)))}` +
      `${middle === '' ? ' '.repeat(columns.arrow) : paint(from ?? 'plain', middle)}  `
    const end = server.trimEnd()
    return end === '' && server === '' ? painted.trimEnd() : painted + paint('server', end) + server.slice(end.length)
  }
  const heading = (side: SideName): string => words[side] + (model.allInferred[side] ? ' ~' : '')
  lines.push(
    frame(
      `${padStart('#', columns.number)}${padStart(words.milliseconds, columns.ms)}  `,
      heading('client'),
      '',
      null,
      heading('server'),
    ),
  )
  const before = stateCells(model.initial)
  if (before !== null) lines.push(frame(lead, before.client, '', null, before.server))

  const beside = options.width >= WIDE
  for (const row of model.rows) {
    if (row.kind === 'run') {
      for (const text of runLines(row, options, options.width - indentOf(columns) - 2))
        lines.push(`${lead}${paint('dim', text)}`)
      continue
    }
    const front = `${padStart(String(row.n), columns.number)}${padStart(spellMs(row), columns.ms)}  `
    const arrow = drawArrow(row.from, row.segment, columns.arrow, options.glyphs)
    const left: string[] = []
    const depth = Math.max(1, row.states.client.length, row.states.server.length)
    for (let i = 0; i < depth; i++) {
      const client = i < row.states.client.length ? spellState(row.states.client[i]) : ''
      const server = i < row.states.server.length ? spellState(row.states.server[i]) : ''
      if (i === 0 && (!beside || !withNotes)) left.push(frame(front, client, arrow, row.from, server))
      else if (i === 0) left.push(frame(front, client, arrow, row.from, padEnd(server, columns.server)))
      else left.push(frame(lead, client, '', null, beside && withNotes ? padEnd(server, columns.server) : server))
    }
    const sentences = withNotes ? rowSentences(row, languages(options.lang)) : []
    if (!beside) {
      lines.push(...left)
      for (const sentence of sentences)
        for (const text of wrap(sentence, options.width - indentOf(columns))) lines.push(lead + text)
      continue
    }
    const notes = sentences.flatMap((sentence) => wrap(sentence, options.width - total - 1))
    for (let i = 0; i < Math.max(left.length, notes.length); i++) {
      const start = i < left.length ? left[i] : ' '.repeat(total)
      lines.push(i < notes.length ? `${start} ${notes[i]}` : start.trimEnd())
    }
  }
  const after = stateCells(model.expected)
  if (after !== null) {
    lines.push(frame(`${padStart('2MSL', indentOf(columns) - 2)}  `, after.client, '', null, after.server))
  }
  return lines
}

/** Both sides' state in one row without a packet, or null if there is none. */
function stateCells(states: PerSide<ShownState | null>): PerSide<string> | null {
  if (states.client === null && states.server === null) return null
  return {
    client: states.client === null ? '' : spellState(states.client),
    server: states.server === null ? '' : spellState(states.server),
  }
}

function runLines(row: Extract<LadderRow, { kind: 'run' }>, options: TextOptions, width: number): string[] {
  const { run } = row
  const { glyphs } = options
  const range = run.first === run.last ? `#${run.first}` : `#${run.first}${glyphs.to}#${run.last}`
  return languages(options.lang).flatMap((language) =>
    wrap(`${glyphs.gap} ${reportMessages(language).layout.run(run)} (${range})`, width),
  )
}

/** One line a packet, for terminals under 72 cells: `#6 14.902 S>C PSH ACK 328 B`. */
function renderNarrow(model: LadderModel, options: TextOptions, withNotes: boolean): string[] {
  const { paint, width } = options
  const lines: string[] = []
  const states = (of: PerSide<readonly ShownState[]>): string[] => {
    const parts: string[] = []
    if (of.client.length > 0) parts.push(`C:${of.client.map(spellState).join('>')}`)
    if (of.server.length > 0) parts.push(`S:${of.server.map(spellState).join('>')}`)
    return parts
  }
  const rest = (texts: readonly string[]): void => {
    for (const text of texts) for (const part of wrap(text, width - 2)) lines.push(`  ${part}`)
  }
  const once = (of: PerSide<ShownState | null>): string =>
    states({ client: of.client === null ? [] : [of.client], server: of.server === null ? [] : [of.server] }).join(' ')
  const marked = (['client', 'server'] as const)
    .filter((side) => model.allInferred[side])
    .map((side) => `${side === 'client' ? 'C' : 'S'}~`)
  const before = [once(model.initial), ...marked].filter((part) => part !== '').join(' ')
  if (before !== '') lines.push(...wrap(before, width))
  for (const row of model.rows) {
    if (row.kind === 'run') {
      lines.push(...runLines(row, options, width).map((text) => paint('dim', text)))
      continue
    }
    const direction = row.from === 'client' ? 'C>S' : row.from === 'server' ? 'S>C' : '?'
    const head = `#${row.n} ${spellMs(row)} ${direction} ${row.segment}`
    const change = states(row.states)
    const whole = [head, ...change].join('  ')
    const fits = textWidth(whole) <= width
    for (const part of wrap(fits ? whole : head, width)) lines.push(paint(row.from ?? 'plain', part))
    if (!fits) rest([change.join(' ')])
    if (withNotes) rest(rowSentences(row, languages(options.lang)))
  }
  const after = once(model.expected)
  if (after !== '') lines.push(...wrap(`2MSL ${after}`, width))
  return lines
}

/** The notes alone: one sentence a packet. */
export function renderNotes(model: LadderModel, options: TextOptions): string[] {
  const lines: string[] = []
  let number = 3
  for (const row of model.rows) if (row.kind === 'packet') number = Math.max(number, String(row.n).length + 1)
  const lead = ' '.repeat(number + 2)
  for (const row of model.rows) {
    if (row.kind === 'run') {
      for (const text of runLines(row, options, options.width - lead.length))
        lines.push(lead + options.paint('dim', text))
      continue
    }
    let front = `${options.paint(row.from ?? 'plain', padStart(`#${row.n}`, number))}  `
    for (const sentence of rowSentences(row, languages(options.lang))) {
      for (const text of wrap(sentence, options.width - lead.length)) {
        lines.push(front + text)
        front = lead
      }
    }
  }
  return lines
}
