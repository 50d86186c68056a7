import type { PerSide, SideName } from '../model/lines.ts'
import { languages, type TextOptions } from './options.ts'
import { type PacketRow, rowSentences, type ShownState } from './rows.ts'
import { padEnd, takeCells, textWidth, wrap } from './width.ts'

/** Cells of a ladder's columns: what stands before it (numbers and time), client state, arrow, server state. */
export interface Columns {
  front: number
  client: number
  arrow: number
  server: number
}

const ARROW = 38
const MIN_ARROW = 26
const STATE = 12
/** Below this width one line a packet; from WIDE on, the note sits beside the arrow. */
const NARROW = 72
const WIDE = 120

/** A state with its mark: `TIME_WAIT~`, `(CLOSED)`. */
export function spellState(state: ShownState): string {
  return state.mark === 'expected' ? `(${state.name})` : state.mark === 'inferred' ? `${state.name}~` : state.name
}

/** The columns of a ladder in `width` cells behind `front` of them; null: too narrow for columns. `marked`: most states
 *  bear a mark. */
export function fitColumns(front: number, width: number, marked = false): Columns | null {
  const client = marked ? STATE + 1 : STATE
  const fixed = front + client + 2 + STATE
  const arrow = Math.max(MIN_ARROW, Math.min(ARROW, width - fixed))
  return width < NARROW || fixed + arrow > width ? null : { front, client, arrow, server: STATE }
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

/** One line of the columns. `front` is padded by the caller; an empty `middle` leaves the arrow's place free. */
export function drawFrame(
  columns: Columns,
  { paint }: TextOptions,
  of: { front: string; client: string; middle: string; from: SideName | null; server: string },
): string {
  const { client, middle, from, server } = of
  const painted =
    `${of.front}${paint('client', client)}${' '.repeat(Math.max(0, columns.client - textWidth(client)))}` +
    `${middle === '' ? ' '.repeat(columns.arrow) : paint(from ?? 'plain', middle)}  `
  const end = server.trimEnd()
  return end === '' && server === '' ? painted.trimEnd() : painted + paint('server', end) + server.slice(end.length)
}

/** The lines of a packet: its arrow between the states that it leads to, and what it means. */
export function drawPacket(
  columns: Columns,
  options: TextOptions,
  front: string,
  row: PacketRow,
  withNotes: boolean,
): string[] {
  const beside = withNotes && options.width >= WIDE
  const lead = ' '.repeat(columns.front)
  const total = columns.front + columns.client + columns.arrow + 2 + columns.server
  const arrow = row.segment === '' ? '' : drawArrow(row.from, row.segment, columns.arrow, options.glyphs)
  const left: string[] = []
  const depth = Math.max(1, row.states.client.length, row.states.server.length)
  for (let i = 0; i < depth; i++) {
    const client = i < row.states.client.length ? spellState(row.states.client[i]) : ''
    const server = i < row.states.server.length ? spellState(row.states.server[i]) : ''
    left.push(
      drawFrame(columns, options, {
        front: i === 0 ? front : lead,
        client,
        middle: i === 0 ? arrow : '',
        from: i === 0 ? row.from : null,
        server: beside ? padEnd(server, columns.server) : server,
      }),
    )
  }
  const sentences = withNotes ? rowSentences(row, languages(options.lang)) : []
  if (!beside) {
    for (const sentence of sentences)
      for (const text of wrap(sentence, options.width - columns.front)) left.push(lead + text)
    return left
  }
  const notes = sentences.flatMap((sentence) => wrap(sentence, options.width - total - 1))
  const lines: string[] = []
  for (let i = 0; i < Math.max(left.length, notes.length); i++) {
    const start = i < left.length ? left[i] : ' '.repeat(total)
    lines.push(i < notes.length ? `${start} ${notes[i]}` : start.trimEnd())
  }
  return lines
}

/** Both sides' states in a line of words: `C:SYN_SENT`, `S:SYN_RCVD`. */
export function stateWords(of: PerSide<readonly ShownState[]>): string[] {
  const parts: string[] = []
  if (of.client.length > 0) parts.push(`C:${of.client.map(spellState).join('>')}`)
  if (of.server.length > 0) parts.push(`S:${of.server.map(spellState).join('>')}`)
  return parts
}

/** A packet where columns do not fit: `#6 14.902 S>C PSH ACK 328 B`, `head` being its number and time. */
export function drawNarrow(options: TextOptions, numbers: string, row: PacketRow, withNotes: boolean): string[] {
  const { paint, width } = options
  const lines: string[] = []
  const direction = row.from === 'client' ? 'C>S' : row.from === 'server' ? 'S>C' : '?'
  const head = `${numbers} ${direction} ${row.segment}`
  const change = stateWords(row.states)
  const whole = [head, ...change].join('  ')
  const fits = textWidth(whole) <= width
  for (const part of wrap(fits ? whole : head, width)) lines.push(paint(row.from ?? 'plain', part))
  const rest = [
    ...(fits || change.length === 0 ? [] : [change.join(' ')]),
    ...(withNotes ? rowSentences(row, languages(options.lang)) : []),
  ]
  for (const text of rest) for (const part of wrap(text, width - 2)) lines.push(`  ${part}`)
  return lines
}
