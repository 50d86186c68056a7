import { duration } from '../../story/messages/quantities.ts'
import { type Language, reportMessages } from '../../story/messages/report.ts'
import type { TextOptions } from '../options.ts'
import { referTo } from '../references.ts'
import { elideMiddle, GLUE, textWidth, wrap } from '../width.ts'
import type { Conclusion, ConclusionSection } from './conclusion.ts'

/** Cells kept for packet numbers at the right. */
const REFERENCES = 15
const LONGEST_REFERENCES = 24
const NARROW = 72

/** The conclusion as lines of at most `options.width` cells. */
export function renderConclusion(conclusion: Conclusion, language: Language, options: TextOptions): string[] {
  const { paint, width } = options
  const words = reportMessages(language).layout
  const ends = `${conclusion.client} -> ${conclusion.server}`
  const total = conclusion.total === null ? '' : duration(conclusion.total)
  const lines: string[] = []
  const title = `${words.conclusion}  ${ends}`
  const gap = width - textWidth(title) - total.length - 2
  if (total !== '' && gap >= 2) {
    lines.push(`${paint('heading', words.conclusion)}  ${ends}${' '.repeat(gap)}${total}`)
  } else {
    for (const part of wrap(total === '' ? title : `${title}  ${total}`, width)) lines.push(paint('heading', part))
  }
  lines.push('')
  const labels = conclusion.sections.map(({ label }) => textWidth(label))
  const indent = 2 + Math.max(0, ...labels) + (language === 'zh' ? 4 : 3)
  for (const section of conclusion.sections) {
    if (width < NARROW) lines.push(...narrowSection(section, options))
    else lines.push(...wideSection(section, indent, options))
  }
  lines.push('')
  for (const text of conclusion.legend) for (const part of wrap(text, width - 2)) lines.push(`  ${paint('dim', part)}`)
  return lines
}

/** Label, sentence, and at the right the packets that prove it. */
function wideSection(section: ConclusionSection, indent: number, options: TextOptions): string[] {
  const { paint, width, glyphs } = options
  const lines: string[] = []
  const lead = ' '.repeat(indent)
  let front = `  ${paint('heading', section.label)}${' '.repeat(Math.max(0, indent - 2 - textWidth(section.label)))}`
  for (const row of section.rows) {
    if (row.figure === true) {
      if (indent + textWidth(row.text) <= width) lines.push(lead + paint('dim', row.text))
      continue
    }
    const references = row.packets.length === 0 ? '' : referTo(row.packets, glyphs, LONGEST_REFERENCES)
    const at = references === '' ? width : width - Math.max(REFERENCES, references.length)
    const texts =
      row.cut === true
        ? [elideMiddle(row.text, at - indent - 2, '...')]
        : wrap(row.text, at - indent - 2, width - indent - 2)
    texts.forEach((text, index) => {
      const painted = row.finding === true ? paint('finding', text) : text
      const padding = index === 0 && references !== '' ? ' '.repeat(at - indent - textWidth(text)) + references : ''
      lines.push(`${front}${painted}${padding}`)
      front = lead
    })
  }
  return lines
}

/** On narrow terminals the label has a line of its own, and the packets follow the sentence. */
function narrowSection(section: ConclusionSection, options: TextOptions): string[] {
  const { paint, width, glyphs } = options
  const lines = [paint('heading', section.label)]
  for (const row of section.rows) {
    if (row.figure === true) {
      if (2 + textWidth(row.text) <= width) lines.push(`  ${paint('dim', row.text)}`)
      continue
    }
    const references =
      row.packets.length === 0 ? '' : `  ${referTo(row.packets, glyphs, LONGEST_REFERENCES).replaceAll(' ', GLUE)}`
    const whole =
      row.cut === true
        ? elideMiddle(row.text, width - 2 - references.length, '...') + references
        : row.text + references
    for (const text of wrap(whole, width - 2)) {
      lines.push(`  ${row.finding === true ? paint('finding', text) : text}`)
    }
  }
  return lines
}
