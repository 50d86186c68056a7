import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type AnalyseOptions, Analysis, type Annotation, type ReportLine, type SideName } from '@wiretale/core'
import { describe, expect, it } from 'vitest'
import { rootFolder } from '../needs.ts'
import { type Capture, fixtureCaptures, linesOf, loadCapture } from '../support/analysis.ts'

/** What is told of a packet while the capture goes on. */

const SIDES: readonly SideName[] = ['client', 'server']

const kernel = join(rootFolder, 'tests/kernel/captures')
const captures = [
  ...fixtureCaptures(),
  ...readdirSync(kernel)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(kernel, name)),
]

interface Told {
  annotations: Annotation[]
  lines: ReportLine[]
}

function annotate(capture: Capture, types: AnalyseOptions['types'], packets = capture.records.length): Told {
  const annotations: Annotation[] = []
  const lines: ReportLine[] = []
  const analysis = new Analysis(
    { file: null, types, lang: 'en', showSecrets: false, annotate: (annotation) => annotations.push(annotation) },
    (line) => lines.push(line),
  )
  analysis.capture(capture.info)
  for (const described of capture.interfaces) analysis.interface(described)
  for (const record of capture.records.slice(0, packets)) analysis.packet(record)
  return { annotations, lines: finish(analysis, annotations, lines) }
}

/** Nothing is told of a packet any more once the next one has come. */
function finish(analysis: Analysis, annotations: Annotation[], lines: ReportLine[]): ReportLine[] {
  const count = annotations.length
  analysis.finish(null)
  expect(annotations.length).toBe(count)
  return lines
}

interface Step {
  name: string | null
  isProven: boolean
}

/** The states that a reader has in mind after each annotation. */
class Reader {
  readonly paths = new Map<string, Step[]>()

  read({ conversation, states, isSelf }: Annotation): void {
    for (const side of SIDES) {
      const transition = states[side]
      if (transition === null || (isSelf && side === 'server')) continue
      const key = `${conversation} ${side}`
      const path = this.paths.get(key) ?? []
      const at = path.findLastIndex(({ name }) => name === transition.from.name)
      const kept = at < 0 ? [] : path.slice(0, at)
      this.paths.set(key, [...kept, transition.from, ...transition.entered])
    }
  }

  now(conversation: number, side: SideName): string | null {
    return this.paths.get(`${conversation} ${side}`)?.at(-1)?.name ?? null
  }
}

describe.each(captures.map((path) => [basename(path), path]))('%s', (_name, path) => {
  const capture = loadCapture(path)

  it('is told without looking ahead', () => {
    const { annotations, lines } = annotate(capture, new Set())
    expect(lines).toEqual([])
    const last = capture.records.length
    for (const packets of new Set(
      [1, 2, 3, last >> 2, last >> 1, last - 1].map((at) => Math.min(last, Math.max(0, at))),
    )) {
      const until = capture.records[packets - 1]?.number ?? 0
      const expected = annotations.filter(({ n }) => n <= until)
      expect(annotate(capture, new Set(), packets).annotations).toEqual(expected)
    }
  })

  it('has something to say of every TCP packet', () => {
    const { annotations, lines } = annotate(capture, new Set(['packet']))
    const segments = linesOf(lines, 'packet').filter(({ tcp }) => tcp !== null)
    expect(annotations.map(({ n }) => n)).toEqual(expect.arrayContaining(segments.map(({ n }) => n)))
    for (const { notes } of annotations) expect(notes).not.toEqual([])
  })

  it('names the states that the report has', () => {
    const { annotations, lines } = annotate(capture, new Set(['packet', 'conversation']))
    const packets = new Map(linesOf(lines, 'packet').map((line) => [line.n, line]))
    const reader = new Reader()
    for (const annotation of annotations) {
      reader.read(annotation)
      const { conversation, from, state } = packets.get(annotation.n)!
      if (conversation === null || annotation.isSelf) continue
      const other: SideName = from === 'client' ? 'server' : 'client'
      expect(reader.now(conversation, other), `#${annotation.n} ${other}`).toBe(state?.[other]?.name ?? null)
    }
    for (const { n, states } of linesOf(lines, 'conversation')) {
      for (const side of SIDES) {
        const told = reader.paths.get(`${n} ${side}`)?.slice(1) ?? []
        const known = states[side].filter(({ basis }) => basis !== 'expected').map(({ state }) => state)
        const start = known.findIndex((state) => state !== 'CLOSED' && state !== 'LISTEN')
        const passed = start < 0 ? [] : known.slice(start)
        const same = told.findIndex(({ name }, at) => name !== passed[at])
        if (same >= 0)
          expect(
            told.slice(same).filter(({ isProven }) => isProven),
            `${n} ${side} ${passed}`,
          ).toEqual([])
      }
    }
  })
})
