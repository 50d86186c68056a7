import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Lang, longLines, manyLines, noteLines } from '../../../../tests/support/report-lines.ts'
import type { ReportLine } from '../model/lines.ts'
import { DigestBuilder } from './digest.ts'
import { renderMarkdown } from './markdown.ts'
import { type Part, textOptions } from './options.ts'
import { renderText } from './text.ts'
import { textWidth } from './width.ts'

const folder = new URL('fixtures/', import.meta.url)
const sources: Record<string, (lang: Lang) => ReportLine[]> = { note: noteLines, many: manyLines, long: longLines }

/** What a fixture's name asks for: SOURCE.LANG.WIDTH[.ascii][.notes|.ladder|.conclusion].txt or SOURCE.LANG.md */
function render(name: string): string[] {
  const [source, lang, ...rest] = name.split('.')
  const builder = new DigestBuilder({ conversation: null })
  for (const line of sources[source](lang as Lang)) builder.add(line)
  const digest = builder.finish()
  const only = (rest.find((word) => /^(notes|ladder|conclusion)$/.test(word)) ?? null) as Part | null
  if (rest.includes('md')) return [...renderMarkdown(digest, { lang: lang as Lang, ascii: false, only })]
  const options = textOptions({ lang: lang as Lang, width: Number(rest[0]), ascii: rest.includes('ascii'), only })
  return [...renderText(digest, options)]
}

/** Adding a file adds a test. An empty file fails and says what it should hold. */
describe('text report', () => {
  for (const name of readdirSync(folder).sort()) {
    it(name, () => {
      const lines = render(name)
      expect(`${lines.join('\n')}\n`).toBe(readFileSync(new URL(name, folder), 'utf8'))
      if (!name.endsWith('.txt')) return
      const width = Number(name.split('.')[2])
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
    })
  }
})

describe('alignment', () => {
  const states = /(CLOSED|LISTEN|SYN_RCVD|ESTABLISHED|CLOSE_WAIT|LAST_ACK)~?/g
  for (const lang of ['en', 'zh', 'both'] as const) {
    for (const width of [80, 100, 119, 120, 140]) {
      it(`puts the server's states in one column: ${lang} ${width}`, () => {
        const lines = render(`note.${lang}.${width}.ladder.txt`)
        const server = lines[0].match(/SERVER|服务器/)!
        const column = textWidth(lines[0].slice(0, server.index))
        const found: string[] = []
        for (const line of lines.slice(1)) {
          for (const match of line.matchAll(states)) {
            const at = textWidth(line.slice(0, match.index))
            if (at < 40) continue
            expect(at).toBe(column)
            found.push(match[0])
          }
        }
        expect(found).toEqual(['LISTEN~', 'SYN_RCVD', 'ESTABLISHED', 'CLOSE_WAIT', 'LAST_ACK', 'CLOSED~'])
      })
    }
  }

  it('draws every arrow over the same cells', () => {
    const arrows = render('note.zh.80.txt').filter((line) => /[◀▶]/.test(line))
    expect(arrows).toHaveLength(11)
    for (const line of arrows) {
      const start = line.search(/[◀─]/)
      const end = Math.max(line.lastIndexOf('─'), line.lastIndexOf('▶'))
      expect([start, end]).toEqual([26, 63])
    }
  })
})
