import type { SideName, StateRecord } from '../../model/lines.ts'
import { reportMessages } from '../../story/messages/report.ts'
import { isUnproven } from '../rows.ts'
import { GLUE } from '../width.ts'
import type { ConclusionFacts, ConclusionRow } from './facts.ts'

const SIDES: readonly SideName[] = ['client', 'server']

/** Each side's chain of states with the packet that caused each: `CLOSED~ > SYN_SENT #1 > …`. */
export function stateRows({ digest, language }: ConclusionFacts): ConclusionRow[] {
  const words = reportMessages(language).layout
  const rows: ConclusionRow[] = []
  for (const side of SIDES) {
    const chain = digest.line.states[side]
    if (chain.length === 0) continue
    const names = chain.map((record) => {
      const at = record.packet === null ? '' : `${GLUE}#${record.packet}`
      if (record.basis === 'expected') return `(${record.state})`
      return `${record.state}${isUnproven(record) ? '~' : ''}${at}`
    })
    rows.push({ text: words.chain({ side, states: names.join(' > ') }), packets: [] })
  }
  if (SIDES.some((side) => goesBack(digest.line.states[side]))) {
    rows.push({ text: reportMessages(language).conclusion.crossed, packets: [] })
  }
  return rows
}

/** A state's packet is older than that of the state before it: what arrived had been sent before. */
function goesBack(states: readonly StateRecord[]): boolean {
  let latest = 0
  return states.some(({ packet }) => {
    if (packet === null) return false
    const goes = packet < latest
    latest = packet
    return goes
  })
}

/** The closing line: which states no packet of their owner proves, and what the parentheses mean. */
export function legendRows({ digest, language }: ConclusionFacts): string[] {
  const words = reportMessages(language).layout
  const unproven: string[] = []
  let expected = false
  for (const side of SIDES) {
    const chain = digest.line.states[side]
    expected ||= chain.some(({ basis }) => basis === 'expected')
    const seen = chain.filter(({ basis }) => basis !== 'expected')
    if (seen.length > 0 && seen.every(isUnproven)) {
      unproven.push(words.legendAllInferred({ side }))
      continue
    }
    const names = seen
      .filter(isUnproven)
      .map(({ state, packet }) => (packet === null ? state : `${state}${GLUE}#${packet}`))
    if (names.length > 0) unproven.push(`${words[side].toLowerCase()} ${names.join(words.listSeparator)}`)
  }
  const legend = [
    unproven.length > 0
      ? words.legendInferred({ states: unproven.join(language === 'zh' ? '；' : '; ') })
      : words.legendNothingInferred,
  ]
  if (expected) legend.push(words.legendExpected)
  return legend
}
