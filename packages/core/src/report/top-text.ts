import type { StateName, StateNow } from '../model/lines.ts'
import { byteCount, duration, grouped } from '../story/messages/quantities.ts'
import { reportMessages } from '../story/messages/report.ts'
import { endpoint } from './conclusion/conclusion.ts'
import { escapeText } from './escape.ts'
import type { ExchangeNow } from './exchange-watch.ts'
import { languages, type TextOptions } from './options.ts'
import type { Style } from './paint.ts'
import { type TopOrder, type TopRound, type TopRow, topKeys } from './top.ts'
import { elideMiddle, padEnd, padStart, takeCells, textWidth } from './width.ts'

/** Where states do not fit in full. */
const SHORT: Readonly<Record<StateName, string>> = {
  CLOSED: 'CLOSED',
  LISTEN: 'LISTEN',
  SYN_SENT: 'SYN_S',
  SYN_RCVD: 'SYN_R',
  ESTABLISHED: 'ESTAB',
  FIN_WAIT_1: 'FIN_W1',
  FIN_WAIT_2: 'FIN_W2',
  CLOSE_WAIT: 'CLOSE_W',
  CLOSING: 'CLOSING',
  LAST_ACK: 'LAST_A',
  TIME_WAIT: 'TIME_W',
}
const STATE = 12
const SHORT_STATE = 8
const RATE = 7
const RETRANSMITTED = 5
const WAIT = 28
/** An endpoint keeps so many cells before a column is left out. */
const END = 15
const LEAST_END = 9
/** An exchange on the line of its conversation needs as many. */
const EXCHANGE = 20

type Key = 'number' | 'client' | 'server' | 'clientState' | 'serverState' | 'up' | 'down' | 'retr' | 'wait' | 'exchange'

interface Column {
  readonly key: Key
  cells: number
  readonly heading: string
  readonly isRight?: boolean
  readonly style?: Style
}

/** What is drawn, and what surrounds it. */
export interface TopLook extends TextOptions {
  /** What is captured, in front of the title: the interface and the filter. */
  readonly what: string
  /** Local time of day. */
  readonly clock: string
}

/** The table as lines of at most `look.width` cells: a title, headings, and of each conversation a line, or two where one
 *  cannot hold all. At most `most` lines, the last one then saying how many conversations are not shown. */
export function renderTop(round: TopRound, look: TopLook, most: number): string[] {
  const { width, paint } = look
  const { top } = reportMessages(languages(look.lang)[0])
  const lines = [paint('heading', titleOf(round, look))]
  if (round.conversations === 0) return [...lines, takeCells(top.empty, width)]
  const { columns, isStacked } = fit(round.rows, look)
  lines.push(...headings(columns, isStacked, look))
  let shown = 0
  for (const row of round.rows) {
    const drawn = drawRow(row, columns, isStacked, look)
    const isLast = shown + 1 === round.conversations
    if (lines.length + drawn.length + (isLast ? 0 : 1) > most) break
    lines.push(...drawn)
    shown++
  }
  const rest = round.conversations - shown
  if (rest > 0) lines.push(paint('dim', takeCells(top.more({ conversations: rest }), width)))
  return lines
}

/** What the keys do, in one line; the order in force stands in brackets. */
export function renderTopKeys(order: TopOrder, { lang, width, paint }: TextOptions): string {
  const { top } = reportMessages(languages(lang)[0])
  const orders = (Object.keys(topKeys) as TopOrder[]).map((each) => {
    const words = `${topKeys[each]} ${top.order[each]}`
    return each === order ? `[${words}]` : words
  })
  return paint('dim', takeCells(`${top.sort} ${orders.join('  ')}  ${top.quit}`, width))
}

function titleOf(round: TopRound, { what, clock, lang, width }: TopLook): string {
  const { top } = reportMessages(languages(lang)[0])
  const packetRate = round.packetRate < 9.95 ? round.packetRate.toFixed(1) : grouped(Math.round(round.packetRate))
  const facts = top.title({
    conversations: round.conversations,
    packetRate,
    byteRate: byteCount(Math.round(round.byteRate)),
  })
  const end = textWidth(facts) + textWidth(clock) + 2 <= width ? `${facts}  ${clock}` : facts
  const room = width - textWidth(end) - 2
  const name = room < 8 ? '' : `${elideMiddle(escapeText(what), room, '..')}  `
  return takeCells(name + end, width)
}

/** Chooses the columns: first all in one line; then exchange, wait and retransmissions under it; then states are
 *  shortened, ends too, and what tells least goes. */
function fit(rows: readonly TopRow[], look: TopLook): { columns: Column[]; isStacked: boolean } {
  const { width } = look
  const { top, layout } = reportMessages(languages(look.lang)[0])
  const widest = (heading: string, text: (row: TopRow) => string): number =>
    Math.max(textWidth(heading), ...rows.map((row) => textWidth(text(row))))
  const column = (key: Key, cells: number, heading: string, of: Partial<Column> = {}): Column => ({
    key,
    cells,
    heading,
    ...of,
  })
  const number = column(
    'number',
    widest('#', ({ n }) => String(n)),
    '#',
    { isRight: true, style: 'dim' },
  )
  const client = column(
    'client',
    widest(layout.client, (row) => endpoint(row.client)),
    layout.client,
    { style: 'client' },
  )
  const server = column(
    'server',
    widest(layout.server, (row) => endpoint(row.server)),
    layout.server,
    { style: 'server' },
  )
  const clientState = column('clientState', STATE, top.state, { style: 'client' })
  const serverState = column('serverState', STATE, top.state, { style: 'server' })
  const up = column('up', RATE, top.rate.client, { isRight: true })
  const down = column('down', RATE, top.rate.server, { isRight: true })
  const retr = column('retr', RETRANSMITTED, top.retransmitted, { isRight: true, style: 'finding' })
  const wait = column('wait', WAIT, top.waits)
  const exchange = column('exchange', EXCHANGE, top.exchange)
  const all = [number, client, server, clientState, serverState, up, down, retr, wait, exchange]
  const taken = (columns: readonly Column[]): number => columns.reduce((sum, { cells }) => sum + cells + 1, -1)
  if (taken(all) <= width) {
    exchange.cells += width - taken(all)
    return { columns: all, isStacked: false }
  }
  let columns = all.slice(0, 7)
  const shrink = (least: number): void => {
    for (const end of [server, client]) {
      const over = taken(columns) - width
      if (over > 0) end.cells = Math.max(Math.min(end.cells, least), end.cells - over)
    }
  }
  if (taken(columns) > width) clientState.cells = serverState.cells = SHORT_STATE
  shrink(END)
  for (const drop of [number, up, down]) {
    if (taken(columns) <= width) break
    columns = columns.filter((kept) => kept !== drop)
  }
  shrink(LEAST_END)
  for (const drop of [clientState, serverState, server]) {
    if (taken(columns) <= width) break
    columns = columns.filter((kept) => kept !== drop)
  }
  return { columns, isStacked: true }
}

function headings(columns: readonly Column[], isStacked: boolean, { paint, lang, width }: TopLook): string[] {
  const { top } = reportMessages(languages(lang)[0])
  const head = columns.map(({ heading, cells, isRight }) => place(takeCells(heading, cells), cells, isRight)).join(' ')
  const lines = [paint('heading', head.trimEnd())]
  if (isStacked) {
    const under = [top.exchange, top.waits, top.retransmitted].join(' | ')
    lines.push(paint('heading', takeCells(`  ${under}`, width)))
  }
  return lines
}

function drawRow(row: TopRow, columns: readonly Column[], isStacked: boolean, look: TopLook): string[] {
  const { paint, width } = look
  const parts = columns.map(({ key, cells, isRight, style }) => {
    const text = place(cellOf(row, key, cells, look), cells, isRight)
    return style === undefined ? text : paint(style, text)
  })
  const lines = [parts.join(' ').trimEnd()]
  if (!isStacked) return lines
  const rest = underOf(row, look).join('  ')
  const room = width - 2 - (rest === '' ? 0 : textWidth(rest) + 2)
  const exchange = row.exchange === null ? '' : spellExchange(row.exchange, Math.max(room, EXCHANGE))
  const under = [exchange, rest].filter((part) => part !== '').join('  ')
  if (under !== '') lines.push(takeCells(`  ${under}`, width))
  return lines
}

/** What stands behind the exchange under a conversation. */
function underOf(row: TopRow, look: TopLook): string[] {
  const { top } = reportMessages(languages(look.lang)[0])
  const parts = [spellWait(row, look)]
  if (row.retransmissions > 0) parts.push(top.retransmissions({ count: row.retransmissions }))
  return parts.filter((part) => part !== '')
}

function cellOf(row: TopRow, key: Key, cells: number, look: TopLook): string {
  switch (key) {
    case 'number':
      return String(row.n)
    case 'client':
    case 'server':
      return elideMiddle(endpoint(row[key]), cells, '..')
    case 'clientState':
      return spellState(row.states.client, cells)
    case 'serverState':
      return spellState(row.states.server, cells)
    case 'up':
      return spellRate(row.rate.client)
    case 'down':
      return spellRate(row.rate.server)
    case 'retr':
      return row.retransmissions === 0 ? '-' : String(row.retransmissions)
    case 'wait':
      return takeCells(spellWait(row, look), cells)
    case 'exchange':
      return row.exchange === null ? '' : spellExchange(row.exchange, cells)
  }
}

function place(text: string, cells: number, isRight = false): string {
  return isRight ? padStart(text, cells) : padEnd(text, cells)
}

function spellState(state: StateNow, cells: number): string {
  if (state === null) return '?'
  const mark = state.basis === 'observed' ? '' : '~'
  return (cells >= STATE ? state.name : SHORT[state.name]) + mark
}

/** `0`, `611 B`, `58.1 kB` */
function spellRate(bytes: number): string {
  return bytes < 0.5 ? '-' : byteCount(Math.round(bytes))
}

function spellWait({ waits }: TopRow, { lang }: TopLook): string {
  if (waits === null) return ''
  const { top } = reportMessages(languages(lang)[0])
  const isInferred = waits.basis === 'inferred'
  return top.wait({ for: waits.for, why: waits.why, what: duration(waits.ms), isInferred })
}

/** `GET /a -> 200 13.3 ms`; under way: `GET /a ...`; in `cells` if the end alone takes no more. */
function spellExchange({ method, target, status, ms, isComplete }: ExchangeNow, cells: number): string {
  const request = [method, target].filter((part) => part !== null).join(' ')
  const answer = status === null ? '' : ` -> ${status}`
  const end = answer + (!isComplete ? ' ...' : ms === null ? '' : ` ${duration(ms)}`)
  const question = request === '' ? '?' : escapeText(request)
  return elideMiddle(question, Math.max(LEAST_END, cells - textWidth(end)), '..') + end
}
