import { reportMessages } from '../story/messages/report.ts'
import { conclude, endpoint } from './conclusion/conclusion.ts'
import { renderConclusion } from './conclusion/text.ts'
import type { Digest } from './digest.ts'
import type { ConversationDigest } from './gathering.ts'
import { renderLadder, renderNotes } from './ladder.ts'
import { languages, type TextOptions } from './options.ts'
import { arrangeLadder, LADDER_ROWS, noteText, SHORT_LADDER_ROWS } from './rows.ts'
import { renderChoice, renderTable } from './table.ts'
import { wrap } from './width.ts'

/** The report as lines of at most `options.width` cells, colour aside. */
export function* renderText(digest: Digest, options: TextOptions): Generator<string> {
  const spoken = languages(options.lang)
  const first = reportMessages(spoken[0]).table
  const several = digest.conversations > 1 && digest.asked === null
  if (digest.conversations === 0 || digest.chosen.length === 0) {
    const text =
      digest.asked !== null
        ? first.noSuchConversation({ asked: digest.asked, conversations: digest.conversations })
        : first.nothing({ packets: digest.summary.packets })
    yield* wrap(text, options.width)
  } else if (several) {
    yield* renderTable(digest, options)
    yield ''
    if (digest.conversations > digest.chosen.length) {
      yield* renderChoice(digest, options)
      yield ''
    }
  }
  for (const [index, conversation] of digest.chosen.entries()) {
    if (index > 0) yield ''
    if (several) {
      const { line } = conversation
      const title = `== ${line.n} == ${endpoint(line.client)} -> ${endpoint(line.server)}`
      for (const part of wrap(title, options.width)) yield options.paint('heading', part)
      yield ''
    }
    yield* renderConversation(digest, conversation, options)
  }
  if (digest.others > 0 && digest.chosen.length > 0 && !several && digest.asked === null) {
    yield ''
    for (const language of spoken)
      yield* wrap(reportMessages(language).table.others({ packets: digest.others }), options.width)
  }
  if (digest.isThinned)
    for (const language of spoken) yield* ['', ...wrap(reportMessages(language).table.thinned, options.width)]
  for (const note of digest.summary.notes) {
    for (const language of spoken) {
      const text = noteText(note, language, spoken.length > 1)
      if (text !== '') yield* ['', ...wrap(text, options.width)]
    }
  }
}

function* renderConversation(
  digest: Digest,
  conversation: ConversationDigest,
  options: TextOptions,
): Generator<string> {
  const { only } = options
  if (only !== 'conclusion') {
    const model = arrangeLadder(conversation, digest.chosen.length > 1 ? SHORT_LADDER_ROWS : LADDER_ROWS)
    yield* only === 'notes' ? renderNotes(model, options) : renderLadder(model, options, only !== 'ladder')
  }
  if (only !== null && only !== 'conclusion') return
  const spoken = languages(options.lang)
  for (const [index, language] of spoken.entries()) {
    if (index > 0 || only === null) yield ''
    yield* renderConclusion(
      conclude(conversation, digest.summary, digest.capture, language, {
        both: spoken.length > 1,
        full: only === 'conclusion',
      }),
      language,
      options,
    )
  }
}
