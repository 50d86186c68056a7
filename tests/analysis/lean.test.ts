import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Analysis, type LineType, type ReportLine } from '@wiretale/core'
import { expect, test } from 'vitest'
import { rootFolder } from '../needs.ts'
import { type Capture, fixtureCaptures, linesOf, loadCapture } from '../support/analysis.ts'

/** Who wants the summary alone gets it by shortcuts: it must not differ. */

function analyse(capture: Capture, types: readonly LineType[]): ReportLine[] {
  const lines: ReportLine[] = []
  const analysis = new Analysis({ file: null, types: new Set(types), lang: 'en', showSecrets: false }, (line) =>
    lines.push(line),
  )
  analysis.capture(capture.info)
  for (const described of capture.interfaces) analysis.interface(described)
  for (const record of capture.records) analysis.packet(record)
  analysis.finish(null)
  return lines
}

const kernel = join(rootFolder, 'tests/kernel/captures')
const captures = [
  ...fixtureCaptures(),
  ...readdirSync(kernel)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(kernel, name)),
]

test.each(captures.map((path) => [basename(path), path]))(
  'the summary of %s is the same with and without the rest',
  (_name, path) => {
    const capture = loadCapture(path)
    const [alone, ...others] = analyse(capture, ['summary'])
    expect(others).toEqual([])
    const full = analyse(capture, ['capture', 'packet', 'conversation', 'exchange', 'finding', 'summary'])
    expect(alone).toEqual(full.at(-1))
    expect(linesOf(full, 'conversation').length).toBe(linesOf(full, 'summary')[0].conversations)
    expect(linesOf(full, 'exchange').length).toBe(linesOf(full, 'summary')[0].exchanges)
    expect(linesOf(full, 'finding').length).toBe(
      Object.values(linesOf(full, 'summary')[0].findings).reduce((a, b) => a + b),
    )
  },
)
