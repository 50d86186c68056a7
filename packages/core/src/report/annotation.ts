import type { Ends } from '../conversation/record.ts'
import type { PassedState, Transition } from '../conversation/transitions.ts'
import type { Note, PerSide, SideName } from '../model/lines.ts'
import { reportMessages } from '../story/messages/report.ts'
import type { PacketNumber } from '../units.ts'
import type { Digest } from './digest.ts'
import { escapeText } from './escape.ts'
import { languages, type TextOptions } from './options.ts'
import type { Paint, Style } from './paint.ts'
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
  /** With the first packet of a conversation: who its two ends are. */
  readonly ends: Ends | null
}

/** A sentence may quote what a packet holds, a request's target for one: in the middle of more than so many cells something
 *  is left out. */
const SENTENCES = 320
/** A sentence of several lines begins on the line of the states if that has so many cells left. */
const ROOM = 24
const LONGEST_INDENT = 8

/** The annotation as lines of at most `options.width` cells: `#1 C:CLOSED>SYN_SENT  S:LISTEN>SYN_RCVD~`, then the
 *  sentences. Every line begins with the margin, so that whoever leaves those lines out has what tcpdump prints. */
export function renderAnnotation(annotation: Annotation, options: TextOptions): string[] {
  const { glyphs, paint } = options
  const block = new Block(`#${annotation.n}`, options.width - textWidth(glyphs.margin), paint)
  const { client, server } = annotation.states
  if (client !== null) block.addState(spell(annotation.isSelf ? 'C=S' : 'C', client, options), 'client')
  if (server !== null && !annotation.isSelf) block.addState(spell('S', server, options), 'server')
  const style = annotation.labels.length > 0 ? 'finding' : 'plain'
  for (const sentence of rowSentences(annotation, languages(options.lang)))
    block.addSentence(elideMiddle(escapeText(sentence), SENTENCES, '...'), style)
  return block.finish().map((line) => glyphs.margin + line)
}

/** Lines of at most `width` cells: the first one begins with a head, the others are indented by it. */
class Block {
  private readonly width: number
  private readonly paint: Paint
  private readonly indent: string
  private readonly lines: string[] = []
  /** The line that is being filled, and its cells before it was painted; empty: there is none. */
  private line: string
  private cells: number
  private gap = ' '

  constructor(head: string, width: number, paint: Paint) {
    this.width = width
    this.paint = paint
    this.indent = ' '.repeat(Math.min(head.length + 1, LONGEST_INDENT))
    this.line = paint('dim', head)
    this.cells = head.length
  }

  /** Beside what there is, or on a line of its own. */
  addState(text: string, style: Style): void {
    const { indent, paint } = this
    const needs = textWidth(text)
    if (this.cells + this.gap.length + needs <= this.width) {
      this.line += this.gap + paint(style, text)
      this.cells += this.gap.length + needs
    } else {
      this.endLine()
      const parts = wrap(text, this.width - indent.length)
      const last = parts.pop() ?? ''
      for (const part of parts) this.lines.push(indent + paint(style, part))
      this.line = indent + paint(style, last)
      this.cells = indent.length + textWidth(last)
    }
    this.gap = '  '
  }

  /** Beside the states if it fits there, or fits no single line anyway; the next one begins a new line. */
  addSentence(text: string, style: Style): void {
    const { indent, paint } = this
    const whole = this.width - indent.length
    const room = this.line === '' ? 0 : this.width - this.cells - this.gap.length
    const needs = textWidth(text)
    if (needs <= room || (room >= ROOM && needs > whole)) {
      const [first, ...more] = wrap(text, room, whole)
      this.line += this.gap + paint(style, first)
      this.endLine()
      for (const part of more) this.lines.push(indent + paint(style, part))
    } else {
      this.endLine()
      for (const part of wrap(text, whole)) this.lines.push(indent + paint(style, part))
    }
  }

  finish(): string[] {
    this.endLine()
    return this.lines
  }

  private endLine(): void {
    if (this.line !== '') this.lines.push(this.line)
    this.line = ''
  }
}

/** The conclusions as lines of at most `options.width` cells behind the same margin. */
export function* renderMargin(digest: Digest, options: TextOptions): Generator<string> {
  const { margin } = options.glyphs
  yield margin
  const width = options.width - textWidth(margin)
  for (const line of renderText(digest, { ...options, width, only: 'conclusion', canAsk: false })) yield margin + line
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
