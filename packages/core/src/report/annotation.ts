import type { PassedState, Transition } from '../conversation/transitions.ts'
import type { Note, PerSide, SideName } from '../model/lines.ts'
import { reportMessages } from '../story/messages/report.ts'
import type { PacketNumber } from '../units.ts'
import type { Digest } from './digest.ts'
import { escapeText } from './escape.ts'
import { languages, type TextOptions } from './options.ts'
import { rowSentences } from './rows.ts'
import { renderText } from './text.ts'
import { elideMiddle, textWidth, wrap } from './width.ts'

/** What a packet means, as far as the packets up to it tell: nothing in it is taken from a later one. */
export interface Annotation {
  readonly n: PacketNumber
  /** As in the report's lines; null: the packet belongs to no TCP conversation. */
  readonly conversation: number | null
  readonly from: SideName | null
  /** What became known of each side's states; null: nothing. */
  readonly states: PerSide<Transition | null>
  /** Both ends are one socket; its states are the client's. */
  readonly isSelf: boolean
  readonly notes: readonly Note[]
  readonly labels: readonly string[]
}

/** A sentence may quote what a packet holds, a request's target for one: in the middle of more than so many cells something
 *  is left out. */
const SENTENCES = 320
/** Sentences begin on the line of the states if that has so many cells left. */
const ROOM = 24

/** The annotation as lines of at most `options.width` cells: `#1 C:CLOSED>SYN_SENT  S:LISTEN>SYN_RCVD~`, then the
 *  sentences. Every line begins with the margin, so that whoever leaves those lines out has what tcpdump prints. */
export function renderAnnotation(annotation: Annotation, options: TextOptions): string[] {
  const { glyphs, paint } = options
  const width = options.width - textWidth(glyphs.margin)
  const number = `#${annotation.n}`
  const indent = ' '.repeat(Math.min(number.length + 1, 8))
  const lines: string[] = []
  let line = paint('dim', number)
  let cells = number.length
  let gap = ' '
  const add = (text: string, style: 'client' | 'server'): void => {
    const needs = textWidth(text)
    if (cells + gap.length + needs <= width) {
      line += gap + paint(style, text)
      cells += gap.length + needs
    } else {
      lines.push(line)
      const parts = wrap(text, width - indent.length)
      for (const part of parts.slice(0, -1)) lines.push(indent + paint(style, part))
      const last = parts[parts.length - 1]
      line = indent + paint(style, last)
      cells = indent.length + textWidth(last)
    }
    gap = '  '
  }
  const { client, server } = annotation.states
  if (client !== null) add(spell(annotation.isSelf ? 'C=S' : 'C', client, options), 'client')
  if (server !== null && !annotation.isSelf) add(spell('S', server, options), 'server')

  const style = annotation.labels.length > 0 ? 'finding' : 'plain'
  for (const sentence of rowSentences(annotation, languages(options.lang))) {
    const text = elideMiddle(escapeText(sentence), SENTENCES, '...')
    const room = width - cells - gap.length
    const isBeside = line !== '' && (room >= ROOM || textWidth(text) <= room)
    if (!isBeside && line !== '') lines.push(line)
    const parts = wrap(text, isBeside ? room : width - indent.length, width - indent.length)
    parts.forEach((part, index) => {
      lines.push((index === 0 && isBeside ? line + gap : indent) + paint(style, part))
    })
    line = ''
    cells = 0
  }
  if (line !== '') lines.push(line)
  return lines.map((text) => glyphs.margin + text)
}

/** The conclusions as lines of at most `options.width` cells behind the same margin. */
export function* renderMargin(digest: Digest, options: TextOptions): Generator<string> {
  const { margin } = options.glyphs
  yield margin
  const width = options.width - textWidth(margin)
  for (const line of renderText(digest, { ...options, width, only: 'conclusion' })) yield margin + line
}

/** `C:CLOSED>SYN_SENT`, `S:LISTEN>SYN_RCVD~`; `S:SYN_RCVD`: inferred before, now proven; `?`: cannot be told. */
function spell(side: string, { from, entered, withdrawn }: Transition, options: TextOptions): string {
  const path = [entered.length > 0 ? nameOf(from) : marked(from), ...entered.map(marked)].join('>')
  if (withdrawn.length === 0) return `${side}:${path}`
  const { withdrawn: say } = reportMessages(languages(options.lang)[0]).layout
  return `${side}:${path} ${say({ states: withdrawn.join('>') })}`
}

function nameOf({ name }: PassedState): string {
  return name ?? '?'
}

function marked(state: PassedState): string {
  return state.isProven || state.name === null ? nameOf(state) : `${state.name}~`
}
