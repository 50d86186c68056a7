import { Analysis, type ReportLine } from '@wiretale/core'
import { expect, test } from 'vitest'
import { type Capture, fixtureCaptures, loadCapture } from '../support/analysis.ts'

/** The command draws a seed for the flow table, so that no capture can be prepared to collide: nobody may see it. */
function analyse(capture: Capture, seed: number): ReportLine[] {
  const lines: ReportLine[] = []
  const types = new Set(['packet', 'conversation', 'exchange', 'finding', 'summary'] as const)
  const analysis = new Analysis({ file: null, types, lang: 'en', showSecrets: false, seed }, (line) => lines.push(line))
  analysis.capture(capture.info)
  for (const record of capture.records) analysis.packet(record)
  analysis.finish(null)
  return lines
}

test('the report does not depend on the seed of the flow table', () => {
  for (const path of fixtureCaptures()) {
    const capture = loadCapture(path)
    expect(analyse(capture, 0x5eed1234)).toEqual(analyse(capture, 0))
  }
})
