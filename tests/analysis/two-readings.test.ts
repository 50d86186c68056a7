import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type ConversationRow, DigestBuilder, renderText, Survey, textOptions } from '@wiretale/core'
import { expect, test } from 'vitest'
import { analyseChunks, fixtureCaptures } from '../support/analysis.ts'

for (const path of fixtureCaptures()) {
  test(`two readings of ${basename(path)} show what one shows`, () => {
    const bytes = new Uint8Array(readFileSync(path))
    const builder = new DigestBuilder({ conversation: null })
    for (const line of analyseChunks(bytes, [bytes.length])) builder.add(line)

    const survey = new Survey()
    for (const line of analyseChunks(bytes, [bytes.length], { types: new Set(['summary']), survey })) survey.add(line)
    const conversations = survey.choose()
    let linesBeforeEnd = 0
    for (const line of analyseChunks(bytes, [bytes.length], { conversations })) {
      if (!survey.isComplete && line.type === 'packet') linesBeforeEnd++
      survey.add(line)
    }

    const [once, twice] = [builder.finish(), survey.finish()]
    const answered = once.chosen.every(({ line }) => line.open !== 'unanswered')
    expect(survey.isComplete).toBe(answered)
    if (answered)
      expect(linesBeforeEnd).toBe(
        twice.chosen.reduce((n, { line }) => n + line.packets.client + line.packets.server, 0),
      )
    // Of a table's row only what it shows is known, and times need no date.
    expect([...renderText(twice, textOptions({ only: 'conclusion' }))]).toEqual([
      ...renderText(once, textOptions({ only: 'conclusion' })),
    ])
    const shown = ({ line, exchangeCount, findings, score, startMs }: ConversationRow): unknown => {
      const { n, packets, bytes, retransmissions } = line
      return { n, packets, bytes, retransmissions, exchangeCount, findings, score, start: startMs?.toFixed(3) }
    }
    expect(twice.rows.map(shown)).toEqual(once.rows.map(shown))
    expect(twice.others).toBe(once.others)
    expect(twice.chosen.map(({ line, reasons }) => [line.n, reasons])).toEqual(
      once.chosen.map(({ line, reasons }) => [line.n, reasons]),
    )
  })
}
