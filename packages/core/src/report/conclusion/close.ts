import type { ConversationLine, SideName, StateName } from '../../model/lines.ts'
import { reportMessages } from '../../story/messages/report.ts'
import type { PacketNumber } from '../../units.ts'
import type { ConclusionFacts, ConclusionRow } from './facts.ts'

const other: Record<SideName, SideName> = { client: 'server', server: 'client' }

function packetOf(line: ConversationLine, side: SideName, states: readonly StateName[]): PacketNumber[] {
  const record = line.states[side].find(({ state, packet }) => packet !== null && states.includes(state))
  return record?.packet == null ? [] : [record.packet]
}

/** Packets of the conversation, of runs the ends. */
export function keptPackets({ digest }: ConclusionFacts): PacketNumber[] {
  return digest.items.flatMap((item) => (item.type === 'run' ? [item.first, item.last] : [item.n]))
}

/** The last packet of the conversation. */
function lastPacket({ digest }: ConclusionFacts): PacketNumber[] {
  const item = digest.items.at(-1)
  return item === undefined ? [] : [item.type === 'run' ? item.last : item.n]
}

/** Packets with a side's FIN, as far as they were kept. */
function findFins({ digest }: ConclusionFacts, side: SideName): PacketNumber[] {
  const fins: PacketNumber[] = []
  for (const item of digest.items) {
    if (item.type === 'packet' && item.from === side && item.tcp?.flags.includes('FIN')) fins.push(item.n)
  }
  return fins
}

/** The reset that was captured: who sent it and in which packet. */
export function findReset({ digest }: ConclusionFacts): { by: SideName | null; packets: PacketNumber[] } {
  for (const item of digest.items) {
    if (item.type === 'packet' && item.tcp !== null && item.tcp.flags.includes('RST'))
      return { by: item.from, packets: [item.n] }
  }
  return { by: null, packets: [] }
}

/** Who closed first, how, and who holds TIME_WAIT. */
export function closeRows(facts: ConclusionFacts): ConclusionRow[] {
  const { line } = facts.digest
  const words = reportMessages(facts.language).conclusion
  const join = (...sentences: string[]): string =>
    sentences.filter((text) => text !== '').join(facts.language === 'zh' ? '' : ' ')
  if (line.open === 'refused') return [{ text: words.refused, packets: findReset(facts).packets }]
  if (line.open === 'unanswered') {
    const gaveUp = packetOf(line, 'client', ['CLOSED'])
    if (gaveUp.length > 0) return [{ text: words.undeliverable, packets: gaveUp }]
  }
  if (line.open === 'unanswered') return [{ text: words.unanswered, packets: keptPackets(facts) }]
  const sides: readonly SideName[] = ['client', 'server']
  const clientFins = findFins(facts, 'client')
  const serverFins = findFins(facts, 'server')
  const fins = [...clientFins, ...serverFins]
  const first = line.closedFirst === 'none' ? null : line.closedFirst
  switch (line.close) {
    case 'none':
      return [{ text: words.notClosed, packets: lastPacket(facts) }]
    case 'half-closed': {
      const both = clientFins.length > 0 === serverFins.length > 0
      const seen = both ? null : clientFins.length > 0 ? 'client' : 'server'
      return [{ text: words.halfClosed({ first, seen }), packets: fins }]
    }
    case 'reset': {
      const { by, packets } = findReset(facts)
      const finFirst = sides.find((side) => packetOf(line, side, ['FIN_WAIT_1']).length > 0) ?? null
      return [
        {
          text: join(words.closedByReset({ by, finFirst }), timeWaitSentence(line, facts)),
          packets: [...fins, ...packets],
        },
      ]
    }
    case 'simultaneous':
    case 'fin': {
      const entered = sides.flatMap((side) => packetOf(line, side, ['TIME_WAIT']))
      return [
        {
          text: join(
            words.closedByFin({ first: line.close === 'simultaneous' ? 'both' : first }),
            timeWaitSentence(line, facts),
          ),
          packets: [...fins, ...entered],
        },
      ]
    }
  }
}

function timeWaitSentence(line: ConversationLine, { language }: ConclusionFacts): string {
  const words = reportMessages(language).conclusion
  if (line.timeWait === null) return words.timeWaitUnknown
  if (line.timeWait === 'none') return words.timeWaitNobody
  if (line.timeWait === 'both') return words.timeWait({ side: 'both', otherIsClosed: false })
  const last = line.states[other[line.timeWait]].at(-1)
  return words.timeWait({ side: line.timeWait, otherIsClosed: last?.state === 'CLOSED' && last.basis !== 'expected' })
}
