import { duration } from '../story/messages/quantities.ts'
import { type Language, reportMessages } from '../story/messages/report.ts'
import { conclude } from './conclusion/conclusion.ts'
import type { Digest } from './digest.ts'
import type { ConversationDigest } from './gathering.ts'
import { languages, type Part } from './options.ts'
import { asciiGlyphs, unicodeGlyphs } from './paint.ts'
import { referTo } from './references.ts'
import { arrangeLadder, LADDER_ROWS, noteText, rowSentences, SHORT_LADDER_ROWS, type ShownState } from './rows.ts'
import { tableCells, tableTitle } from './table.ts'

/** What the Markdown report shows. */
export interface MarkdownOptions {
  readonly lang: Language | 'both'
  readonly ascii: boolean
  readonly only: Part | null
}

/** Text as Markdown shows it literally: nothing in it becomes markup, a link or HTML (CommonMark §2.4). */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>#|~&@]|^[-+]|(?<=^\d+)[.)]/g, '\\$&')
    .replace(/:\/\//g, ':\\/\\/')
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\\.`)
}

function state(of: ShownState): string {
  return of.mark === 'expected' ? `(${of.name})` : of.mark === 'inferred' ? `${of.name}\\~` : of.name
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** The report as Markdown (GitHub's tables), line by line. */
export function* renderMarkdown(digest: Digest, options: MarkdownOptions): Generator<string> {
  const spoken = languages(options.lang)
  const { table: words, layout } = reportMessages(spoken[0])
  if (digest.chosen.length === 0) {
    yield escapeMarkdown(
      digest.asked !== null
        ? words.noSuchConversation({ asked: digest.asked, conversations: digest.conversations })
        : words.nothing({ packets: digest.summary.packets }),
    )
    return
  }
  if (digest.conversations > 1 && digest.asked === null) {
    yield `# ${escapeMarkdown(tableTitle(digest, words))}`
    yield ''
    for (const [index, cells] of tableCells(digest, words, layout).entries()) {
      const values = Object.values(cells) as string[]
      yield row(values.map(escapeMarkdown))
      if (index === 0) yield row(values.map(() => '---'))
    }
    yield ''
    if (digest.rest.conversations > 0) yield* [escapeMarkdown(words.rest(digest.rest)), '']
    yield* [escapeMarkdown(words.legend), '']
    if (digest.conversations > digest.chosen.length) {
      yield* [escapeMarkdown(words.chosen({ shown: digest.chosen.length, conversations: digest.conversations })), '']
      for (const { line, reasons } of digest.chosen) {
        yield `- ${line.n}: ${escapeMarkdown(reasons.map((reason) => words.reason(reason)).join('; '))}`
      }
      yield ''
    }
  }
  for (const conversation of digest.chosen) yield* renderConversation(digest, conversation, options)
  if (digest.isThinned)
    for (const language of spoken) yield* [escapeMarkdown(reportMessages(language).table.thinned), '']
  for (const note of digest.summary.notes) {
    for (const language of spoken) {
      const text = noteText(note, language, spoken.length > 1)
      if (text !== '') yield* [escapeMarkdown(text), '']
    }
  }
}

function* renderConversation(
  digest: Digest,
  conversation: ConversationDigest,
  options: MarkdownOptions,
): Generator<string> {
  const spoken = languages(options.lang)
  const both = spoken.length > 1
  const full = options.only === 'conclusion'
  const glyphs = options.ascii ? asciiGlyphs : unicodeGlyphs
  const { line } = conversation
  const head = conclude(conversation, digest.summary, digest.capture, spoken[0], { both, full })
  yield `## ${line.n}: ${escapeMarkdown(`${head.client} -> ${head.server}`)}${head.total === null ? '' : `, ${duration(head.total)}`}`
  yield ''
  if (options.only !== 'conclusion') {
    const { layout } = reportMessages(spoken[0])
    const model = arrangeLadder(conversation, digest.chosen.length > 1 ? SHORT_LADDER_ROWS : LADDER_ROWS)
    const notes = options.only !== 'ladder'
    const heading = (side: 'client' | 'server'): string => layout[side] + (model.allInferred[side] ? ' \\~' : '')
    const columns = [
      '\\#',
      layout.milliseconds,
      heading('client'),
      '',
      layout.segment,
      heading('server'),
      ...(notes ? [layout.note] : []),
    ]
    yield row(columns)
    yield row(['---:', '---:', '---', ':---:', '---', '---', ...(notes ? ['---'] : [])])
    const lone = (client: ShownState | null, server: ShownState | null, ms: string): string =>
      row([
        '',
        ms,
        client === null ? '' : state(client),
        '',
        '',
        server === null ? '' : state(server),
        ...(notes ? [''] : []),
      ])
    if (model.initial.client !== null || model.initial.server !== null)
      yield lone(model.initial.client, model.initial.server, '')
    for (const entry of model.rows) {
      if (entry.kind === 'run') {
        const { run } = entry
        const text = `${layout.run(run)} (#${run.first}${glyphs.to}#${run.last})`
        yield row([glyphs.gap, '', '', '', escapeMarkdown(text), '', ...(notes ? [''] : [])])
        continue
      }
      const arrow = entry.from === 'client' ? glyphs.right : entry.from === 'server' ? glyphs.left : ''
      yield row([
        String(entry.n),
        entry.ms === null ? '?' : entry.ms.toFixed(3),
        entry.states.client.map(state).join(', '),
        options.ascii && arrow !== '' ? `\\${arrow}` : arrow,
        escapeMarkdown(entry.segment),
        entry.states.server.map(state).join(', '),
        ...(notes ? [rowSentences(entry, spoken).map(escapeMarkdown).join('<br>')] : []),
      ])
    }
    const { expected } = model
    if (expected.client !== null || expected.server !== null) yield lone(expected.client, expected.server, '2MSL')
    yield ''
  }
  if (options.only !== null && options.only !== 'conclusion') return
  for (const language of spoken) {
    const conclusion = conclude(conversation, digest.summary, digest.capture, language, { both, full })
    yield* [`### ${reportMessages(language).layout.conclusion}`, '']
    for (const section of conclusion.sections) {
      yield `- **${section.label}**`
      for (const { text, packets, figure } of section.rows) {
        if (figure === true) continue
        const references = packets.length === 0 ? '' : ` (${referTo(packets, glyphs, 60)})`
        yield `  - ${escapeMarkdown(text + references)}`
      }
    }
    yield ''
    for (const text of conclusion.legend) yield* [escapeMarkdown(text), '']
  }
}
