import type { ConversationRecord } from '../conversation/record.ts'
import type { TableMessages } from '../story/messages/conclusion-types.ts'
import { byteCount, grouped } from '../story/messages/quantities.ts'
import { reportMessages } from '../story/messages/report.ts'
import type { ConversationRow } from './chooser.ts'
import { elapsed, readInstant } from './clock.ts'
import { endpoint } from './conclusion/conclusion.ts'
import { severityMark } from './conclusion/health.ts'
import type { Digest } from './digest.ts'
import { languages, type TextOptions } from './options.ts'
import { elideMiddle, padEnd, padStart, textWidth, wrap } from './width.ts'

/** Which short word says how a conversation ended. */
function closeCell(line: ConversationRecord): keyof TableMessages['closeCell'] {
  if (line.open === 'refused' || line.open === 'unanswered') return line.open
  const first = line.closedFirst
  switch (line.close) {
    case 'none':
      return 'open'
    case 'half-closed':
      return 'half'
    case 'simultaneous':
      return 'both-fin'
    case 'reset':
      return first === 'client' ? 'client-reset' : first === 'server' ? 'server-reset' : 'reset'
    case 'fin':
      return first === 'client'
        ? 'client-fin'
        : first === 'server'
          ? 'server-fin'
          : first === 'both'
            ? 'both-fin'
            : 'fin'
  }
}

function marks(row: ConversationRow): string {
  const parts: string[] = []
  for (const severity of ['error', 'warn', 'note'] as const) {
    const count = row.findings[severity]
    if (count > 0) parts.push(severityMark[severity] + (count > 1 ? String(count) : ''))
  }
  const again = row.line.retransmissions.client + row.line.retransmissions.server
  if (again > 0) parts.push(`R${again}`)
  return parts.join(' ')
}

/** Cells of a conversation's row, before they are laid out. */
export interface TableCells {
  number: string
  client: string
  server: string
  start: string
  packets: string
  bytes: string
  close: string
  exchanges: string
  marks: string
}

/** The columns' headings and each conversation's cells in one language. */
export function tableCells(
  digest: Digest,
  words: TableMessages,
  sides: { client: string; server: string },
): TableCells[] {
  const head: TableCells = {
    number: '#',
    client: sides.client,
    server: sides.server,
    start: words.startColumn,
    packets: words.packetsColumn,
    bytes: words.bytesColumn,
    close: words.closeColumn,
    exchanges: words.exchangesColumn,
    marks: words.marksColumn,
  }
  return [
    head,
    ...digest.rows.map(
      (row): TableCells => ({
        number: String(row.line.n),
        client: endpoint(row.line.client),
        server: endpoint(row.line.server),
        start: row.startMs === null ? '?' : row.startMs.toFixed(row.startMs < 1e6 ? 1 : 0),
        packets: `${row.line.packets.client}+${row.line.packets.server}`,
        bytes: byteCount(row.line.bytes.client + row.line.bytes.server),
        close: words.closeCell[closeCell(row.line)],
        exchanges: row.exchangeCount === 0 ? '' : grouped(row.exchangeCount),
        marks: marks(row),
      }),
    ),
  ]
}

const RIGHT: ReadonlySet<keyof TableCells> = new Set(['number', 'start', 'packets', 'bytes', 'exchanges'])

/** Title line: how many conversations, packets, and over how long. */
export function tableTitle(digest: Digest, words: TableMessages): string {
  const { summary } = digest
  const from = readInstant(summary.start, undefined)
  const to = readInstant(summary.end, undefined)
  const span = from === null || to === null ? null : elapsed(from, to)
  return words.title({ conversations: digest.conversations, packets: summary.packets, span })
}

/** The table of conversations and what is shown in full and why, in lines of at most `options.width` cells. */
export function renderTable(digest: Digest, options: TextOptions): string[] {
  const { paint, width } = options
  const language = languages(options.lang)[0]
  const { table: words, layout } = reportMessages(language)
  const lines: string[] = []
  for (const part of wrap(tableTitle(digest, words), width)) lines.push(paint('heading', part))
  const cells = tableCells(digest, words, layout)
  const widest = (key: keyof TableCells): number => Math.max(...cells.map((row) => textWidth(row[key])))
  let keys: (keyof TableCells)[] = [
    'number',
    'client',
    'server',
    'start',
    'packets',
    'bytes',
    'close',
    'exchanges',
    'marks',
  ]
  if (digest.rows.every((row) => row.startMs === null)) keys = keys.filter((key) => key !== 'start')
  // Where the columns do not fit, ends are shortened in the middle; if that is not enough, the least telling go.
  const least = width >= 72 ? 21 : 11
  const spend = (): number =>
    keys.reduce(
      (sum, key) => sum + (key === 'client' || key === 'server' ? Math.min(least, widest(key)) : widest(key)) + 2,
      -2,
    )
  for (const drop of ['start', 'exchanges', 'bytes', 'packets', 'marks', 'close'] as const) {
    if (spend() <= width) break
    keys = keys.filter((key) => key !== drop)
  }
  const spare = Math.max(0, width - spend())
  const widths = new Map(keys.map((key) => [key, widest(key)]))
  const clientWants = Math.max(0, widest('client') - least)
  const serverWants = Math.max(0, widest('server') - least)
  const clientGets = Math.min(clientWants, Math.max(spare - serverWants, spare >> 1))
  widths.set('client', Math.min(widest('client'), least) + clientGets)
  widths.set('server', Math.min(widest('server'), least) + Math.min(serverWants, spare - clientGets))
  cells.forEach((row, index) => {
    const parts = keys.map((key) => {
      const size = widths.get(key)!
      const text = elideMiddle(row[key], size, '..')
      const padded = RIGHT.has(key) ? padStart(text, size) : padEnd(text, size)
      if (index === 0) return paint('heading', padded)
      return key === 'client' || key === 'server'
        ? paint(key, padded)
        : key === 'marks'
          ? paint('finding', padded)
          : padded
    })
    lines.push(
      ...(spend() <= width ? [parts.join('  ').trimEnd()] : wrap(keys.map((key) => row[key]).join(' '), width)),
    )
  })
  const text = (sentence: string): void => {
    lines.push(...wrap(sentence, width))
  }
  if (digest.rest.conversations > 0) text(words.rest(digest.rest))
  text(words.legend)
  if (digest.others > 0) text(words.others({ packets: digest.others }))
  return lines
}

/** Which conversations follow in full, and why each. */
export function renderChoice(digest: Digest, options: TextOptions): string[] {
  const lines: string[] = []
  for (const language of languages(options.lang)) {
    const words = reportMessages(language).table
    lines.push(
      ...wrap(words.chosen({ shown: digest.chosen.length, conversations: digest.conversations }), options.width),
    )
    for (const { line, reasons } of digest.chosen) {
      const why = reasons
        .slice(0, 4)
        .map((reason) => words.reason(reason))
        .join(language === 'zh' ? '，' : ', ')
      for (const part of wrap(
        `#${line.n}  ${why}`.replace('#', language === 'zh' ? '连接 ' : 'conversation '),
        options.width - 2,
      ))
        lines.push(`  ${part}`)
    }
    if (options.canAsk) lines.push(...wrap(words.showOther, options.width))
  }
  return lines
}
