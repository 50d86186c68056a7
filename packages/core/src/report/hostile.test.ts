import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noteLines } from '../../../../tests/support/report-lines.ts'
import type { ReportLine } from '../model/lines.ts'
import { DigestBuilder } from './digest.ts'
import { renderJson } from './json.ts'
import { renderMarkdown } from './markdown.ts'
import { textOptions } from './options.ts'
import { renderText } from './text.ts'
import { textWidth } from './width.ts'

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(
      '\x1b[31m',
      '\x1b]0;t\x07',
      '\r',
      '\n',
      '\t',
      '\x7f',
      '\x9b',
      '\u202e',
      '\u2066',
      '\u200b',
      '\ufeff',
      '\u0301',
      '\ud800',
      '中',
      '，',
      '（',
      '👩‍👩‍👧',
      'a',
      ' ',
      '#',
      '|',
      '\u00a0',
      '\ufe0f',
      '\u{e0041}',
    ),
    maxLength: 120,
  }),
)

/** Everything that may come out of a packet replaced by `text`. */
function poison(text: string): ReportLine[] {
  return noteLines('both').map((line): ReportLine => {
    switch (line.type) {
      case 'packet':
        return {
          ...line,
          labels: [text],
          notes: line.notes.map((note) => ({ ...note, text, textZh: text })),
          tcp: { ...line.tcp!, flags: [text] },
        }
      case 'conversation':
        return { ...line, client: { address: text, port: 1 }, server: { address: text, port: 2 } }
      case 'exchange':
        return {
          ...line,
          method: text,
          target: text,
          host: text,
          reason: text,
          notes: [{ id: 'x', params: {}, text, textZh: text }],
        }
      case 'finding':
        return { ...line, text, textZh: text, advice: text, alternative: text }
      case 'summary':
        return { ...line, notes: [{ id: 'x', params: {}, text }] }
      default:
        return { ...line, file: text }
    }
  })
}

function digest(lines: ReportLine[]) {
  const builder = new DigestBuilder({ conversation: null })
  for (const line of lines) builder.add(line)
  return builder.finish()
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const forbidden = /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]|\p{Cs}/u

describe('text from packets', () => {
  it('never reaches the terminal raw and never exceeds the width', () => {
    fc.assert(
      fc.property(
        nasty,
        fc.integer({ min: 24, max: 160 }),
        fc.constantFrom('en', 'zh', 'both'),
        fc.boolean(),
        (text, width, lang, ascii) => {
          for (const line of renderText(digest(poison(text)), textOptions({ lang: lang as 'en', width, ascii }))) {
            expect(line).not.toMatch(forbidden)
            expect(textWidth(line)).toBeLessThanOrEqual(width)
          }
        },
      ),
      { seed: 1, numRuns: 200 },
    )
  })

  it('stays text in Markdown', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        for (const line of renderMarkdown(digest(poison(text)), { lang: 'en', ascii: false, only: null })) {
          expect(line).not.toMatch(forbidden)
          expect(line.replace(/\\./g, '').replaceAll('<br>', '')).not.toMatch(/[<>`[\]]/)
        }
      }),
      { seed: 2, numRuns: 150 },
    )
  })

  it('is unchanged in JSON for whoever parses it, and harmless for whoever prints it', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        for (const line of poison(text)) {
          const json = renderJson(line)
          expect(json.slice(0, -1)).not.toMatch(forbidden)
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(line)))
        }
      }),
      { seed: 3, numRuns: 150 },
    )
  })

  it('is spelled so that its number can be read', () => {
    const { chosen } = digest(poison('a\x1b[2J\u202e'))
    expect(chosen[0].exchanges[0].target).toBe('a\\x1b[2J\\u202e')
  })
})
