import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { ReportLine } from '@wiretale/core'
import { expect, test } from 'vitest'
import { analyseChunks, fixtureCaptures, linesOf } from '../support/analysis.ts'

/** The conversation that a line is about; null for lines about the capture. */
function conversationOf(line: ReportLine): number | null {
  if (line.type === 'conversation') return line.n
  return line.type === 'capture' || line.type === 'summary' ? null : line.conversation
}

/** Exchanges and findings are counted of the chosen conversations alone. */
function withoutCounts(line: ReportLine): ReportLine {
  if (line.type === 'exchange') return { ...line, n: 0 }
  return line.type === 'summary' ? { ...line, exchanges: 0, findings: { error: 0, warn: 0, note: 0, info: 0 } } : line
}

for (const path of fixtureCaptures()) {
  test(`lines of chosen conversations of ${basename(path)} are those of the whole report`, () => {
    const bytes = new Uint8Array(readFileSync(path))
    const whole = analyseChunks(bytes, [bytes.length])
    const numbers = linesOf(whole, 'conversation').map(({ n }) => n)
    for (const chosen of [new Set<number>(), new Set(numbers.slice(-1)), new Set(numbers.slice(0, 2))]) {
      const expected = whole.filter(
        (line) => line.type === 'capture' || line.type === 'summary' || chosen.has(conversationOf(line) ?? -1),
      )
      const lines = analyseChunks(bytes, [bytes.length], { conversations: chosen })
      expect(lines.map(withoutCounts)).toEqual(expected.map(withoutCounts))
    }
  })
}
