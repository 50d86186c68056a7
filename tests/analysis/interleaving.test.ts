import { basename } from 'node:path'
import type { ConversationLine, PacketRecord, ReportLine } from '@wiretale/core'
import { expect, test } from 'vitest'
import { analyseRecords, fixtureCaptures, linesOf, loadCapture, randomNumbers } from '../support/analysis.ts'

/** The packets of each 4-tuple in order, the tuples mixed at random. */
function mix(
  records: readonly PacketRecord[],
  keyOf: (record: PacketRecord) => number,
  random: () => number,
): PacketRecord[] {
  const queues = new Map<number, PacketRecord[]>()
  for (const record of records) {
    const key = keyOf(record)
    const queue = queues.get(key)
    if (queue === undefined) queues.set(key, [record])
    else queue.push(record)
  }
  const waiting = [...queues.values()]
  const mixed: PacketRecord[] = []
  while (waiting.length > 0) {
    const at = Math.floor(random() * waiting.length)
    mixed.push(waiting[at].shift()!)
    if (waiting[at].length === 0) waiting.splice(at, 1)
  }
  return mixed
}

/** What is said of each conversation, whatever its number. */
function statements(lines: readonly ReportLine[]): string[] {
  const conversations = linesOf(lines, 'conversation')
  return conversations
    .map((line) => {
      const { n, ...rest } = line
      const own = lines.filter((other) => 'conversation' in other && other.conversation === n)
      const about = own.map((other) => ({ ...other, n: other.type === 'packet' ? other.n : 0, conversation: 0 }))
      return JSON.stringify([rest, about])
    })
    .sort()
}

function tuple(line: ConversationLine): string {
  const ends = [line.client, line.server].map((end) => `${end.address}:${end.port}`)
  return ends.sort().join(' ')
}

const captures = fixtureCaptures().map(loadCapture)

for (const capture of captures) {
  const whole = analyseRecords(capture)
  const conversations = linesOf(whole, 'conversation')
  const tuples = [...new Set(conversations.map(tuple))]
  if (tuples.length < 2) continue
  test(`any interleaving of the conversations in ${basename(capture.name)} says the same of each`, () => {
    const tupleOf = new Map(conversations.map((line) => [line.n, tuples.indexOf(tuple(line))]))
    const keys = new Map(
      linesOf(whole, 'packet').map((line) => [
        line.n,
        line.conversation === null ? -1 : tupleOf.get(line.conversation)!,
      ]),
    )
    const expected = statements(whole)
    const random = randomNumbers(capture.records.length)
    for (let draw = 0; draw < 10; draw++) {
      const mixed = mix(capture.records, (record) => keys.get(record.number)!, random)
      expect(statements(analyseRecords(capture, mixed))).toEqual(expected)
    }
  })
}

test('conversations of different captures do not touch one another', () => {
  const chosen = captures
    .filter(({ records }) => records.length < 60 && records.every((record) => record.link === 1))
    .slice(0, 12)
  // Their hosts and some ports are the same in all of them: only what never shares a 4-tuple is mixed.
  const used = new Set<string>()
  const expected: string[] = []
  const records: PacketRecord[] = []
  const keys = new Map<PacketRecord, number>()
  let number = 0
  for (const [index, capture] of chosen.entries()) {
    const own = linesOf(analyseRecords(capture), 'conversation').map(tuple)
    if (own.some((key) => used.has(key))) continue
    for (const key of own) used.add(key)
    for (const record of capture.records) {
      record.number = ++number
      records.push(record)
      keys.set(record, index)
    }
    expected.push(...statements(analyseRecords(capture)))
  }
  expect(expected.length).toBeGreaterThan(5)
  const mixed = mix(records, (record) => keys.get(record)!, randomNumbers(7))
  expect(statements(analyseRecords(chosen[0], mixed))).toEqual(expected.sort())
})
