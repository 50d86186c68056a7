import type { PerSide, SideName } from '../model/lines.ts'
import { reportMessages } from '../story/messages/report.ts'
import { drawFrame, drawNarrow, drawPacket, fitColumns, spellState, stateWords } from './ladder-row.ts'
import { languages, type TextOptions } from './options.ts'
import type { LadderModel, LadderRow, PacketRow, ShownState } from './rows.ts'
import { rowSentences } from './rows.ts'
import { padStart, wrap } from './width.ts'

function spellMs(row: PacketRow): string {
  return row.ms === null ? '?' : row.ms.toFixed(3)
}

function measure(model: LadderModel): { number: number; ms: number } {
  let number = 3
  let ms = 8
  for (const row of model.rows) {
    if (row.kind === 'run') continue
    number = Math.max(number, String(row.n).length)
    ms = Math.max(ms, spellMs(row).length + 1)
  }
  return { number, ms }
}

/** The ladder as lines of at most `options.width` cells. Without `withNotes` arrows and states alone. */
export function renderLadder(model: LadderModel, options: TextOptions, withNotes: boolean): string[] {
  const { number, ms } = measure(model)
  const columns = fitColumns(number + ms + 2, options.width)
  if (columns === null) return renderNarrow(model, options, withNotes)
  const words = reportMessages(languages(options.lang)[0]).layout
  const lead = ' '.repeat(columns.front)
  const lines: string[] = []
  const states = (front: string, { client, server }: PerSide<string>): void => {
    lines.push(drawFrame(columns, options, { front, client, middle: '', from: null, server }))
  }
  const heading = (side: SideName): string => words[side] + (model.allInferred[side] ? ' ~' : '')
  states(`${padStart('#', number)}${padStart(words.milliseconds, ms)}  `, {
    client: heading('client'),
    server: heading('server'),
  })
  const before = stateCells(model.initial)
  if (before !== null) states(lead, before)
  for (const row of model.rows) {
    if (row.kind === 'run') {
      for (const text of runLines(row, options, options.width - columns.front - 2))
        lines.push(`${lead}${options.paint('dim', text)}`)
      continue
    }
    const front = `${padStart(String(row.n), number)}${padStart(spellMs(row), ms)}  `
    lines.push(...drawPacket(columns, options, front, row, withNotes))
  }
  const after = stateCells(model.expected)
  if (after !== null) states(`${padStart('2MSL', columns.front - 2)}  `, after)
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
  const once = (of: PerSide<ShownState | null>): string =>
    stateWords({ client: of.client === null ? [] : [of.client], server: of.server === null ? [] : [of.server] }).join(
      ' ',
    )
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
    lines.push(...drawNarrow(options, `#${row.n} ${spellMs(row)}`, row, withNotes))
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
