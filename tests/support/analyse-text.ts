import { type AnalyseOptions, Analysis, ChunkFeeder, openCapture, type ReportLine } from '@wiretale/core'

/** The report on pasted text. */
export function analyseText(text: string, options: Partial<AnalyseOptions> = {}): ReportLine[] {
  const lines: ReportLine[] = []
  const analysis = new Analysis(
    {
      file: null,
      types: new Set(['capture', 'packet', 'conversation', 'exchange', 'finding', 'summary']),
      lang: 'en',
      showSecrets: false,
      ...options,
    },
    (line) => lines.push(line),
  )
  const feeder = new ChunkFeeder(openCapture(analysis))
  feeder.push(new TextEncoder().encode(text))
  feeder.end()
  analysis.finish(feeder.damage)
  return lines
}
