import type { SideName } from '../../model/lines.ts'
import { reportMessages } from '../../story/messages/report.ts'
import { processNames } from '../lines/process.ts'
import type { ConclusionFacts, ConclusionRow } from './facts.ts'

/** Which programs of the capturing machine held the ends, where that was asked for and is known. */
export function processRows({ digest, language }: ConclusionFacts): ConclusionRow[] {
  const { chain } = reportMessages(language).layout
  const sides: readonly SideName[] = ['client', 'server']
  return sides.flatMap((side) => {
    const known = digest.line.process?.[side] ?? null
    if (known === null) return []
    const states = `${processNames(known)}${known.basis === 'inferred' ? '~' : ''}`
    return [{ text: chain({ side, states }), packets: [] }]
  })
}
