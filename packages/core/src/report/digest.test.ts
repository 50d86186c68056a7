import { describe, expect, it } from 'vitest'
import {
  captureLine,
  manyLines,
  noteConversation,
  noteLines,
  summaryLine,
} from '../../../../tests/support/report-lines.ts'
import type { ConversationLine, PacketLine, ReportLine } from '../model/lines.ts'
import { DigestBuilder } from './digest.ts'

function digest(lines: Iterable<ReportLine>, conversation: number | null = null) {
  const builder = new DigestBuilder({ conversation })
  for (const line of lines) builder.add(line)
  return builder.finish()
}

describe('choice of conversations', () => {
  it('shows the reset, the retransmissions and one of the many alike, and says why', () => {
    const { chosen } = digest(manyLines('en'))
    expect(chosen.map(({ line }) => line.n)).toEqual([0, 7, 19])
    expect(chosen.map(({ reasons }) => reasons.map(({ kind }) => kind))).toEqual([
      ['findings', 'typical', 'slowest-wait'],
      ['reset', 'findings'],
      ['retransmissions', 'findings'],
    ])
  })

  it('shows all of a few', () => {
    const lines = [
      captureLine(),
      ...noteConversation(0, 0, 'en'),
      ...noteConversation(1, 11, 'en'),
      summaryLine({ conversations: 2 }),
    ]
    expect(digest(lines).chosen.map(({ line }) => line.n)).toEqual([0, 1])
  })

  it('shows the one that was asked for', () => {
    const { chosen, conversations } = digest(manyLines('en'), 12)
    expect(chosen.map(({ line }) => line.n)).toEqual([12])
    expect(conversations).toBe(30)
    expect(digest(manyLines('en'), 30).chosen).toEqual([])
  })

  it('counts what the table leaves out', () => {
    const { rows, rest } = digest(manyLines('en'))
    expect(rows).toHaveLength(20)
    expect(rest).toEqual({ conversations: 10, packets: 110, exchanges: 10 })
  })
})

/** The note's packets, `times` over, before its conversation ends. */
function* repeat(times: number): Generator<ReportLine> {
  const lines = noteLines('en')
  const packets = lines.filter((line): line is PacketLine => line.type === 'packet')
  yield lines[0]
  for (let i = 0; i < times; i++) yield { ...packets[i % packets.length], n: i + 1 }
  yield* lines.filter((line) => line.type !== 'capture' && line.type !== 'packet')
}

describe('memory', () => {
  it('keeps a bounded part of a long conversation, and counts the rest', () => {
    const [{ items }] = digest(repeat(50_000)).chosen
    let packets = 0
    for (const item of items) packets += item.type === 'run' ? item.packets : 1
    expect(packets).toBe(50_000)
    expect(items.length).toBeLessThan(300)
  })

  it('keeps a bounded part of many conversations that are open at once', () => {
    const builder = new DigestBuilder({ conversation: null })
    builder.add(captureLine())
    const count = 3000
    const [template] = noteLines('en').filter((line): line is PacketLine => line.type === 'packet')
    const conversation = noteLines('en').find((line): line is ConversationLine => line.type === 'conversation')!
    let n = 0
    for (let round = 0; round < 20; round++) {
      for (let slot = 0; slot < count; slot++) builder.add({ ...template, n: ++n, conversation: slot })
    }
    for (let slot = 0; slot < count; slot++) builder.add({ ...conversation, n: slot })
    builder.add(summaryLine({ conversations: count }))
    const { chosen, rows, rest } = builder.finish()
    expect(rows.length + rest.conversations).toBe(count)
    for (const { items } of chosen) {
      let packets = 0
      for (const item of items) packets += item.type === 'run' ? item.packets : 1
      expect(packets).toBe(20)
      // What is kept: the opening and the end, not only a count.
      expect(items[0].type).toBe('packet')
      expect(items.at(-1)!.type).toBe('packet')
      expect(items.length).toBeLessThan(20)
    }
  })
  it('gives up those that show least where very many are open, and judges them by how they end', () => {
    const builder = new DigestBuilder({ conversation: null })
    const [first, ...ends] = noteLines('en').filter((line) => line.type !== 'summary')
    const packets = ends.filter((line): line is PacketLine => line.type === 'packet')
    const conversation = ends.find((line): line is ConversationLine => line.type === 'conversation')!
    builder.add(first)
    for (const packet of packets.slice(0, 5)) builder.add(packet)
    const flood = 100_000
    for (let n = 1; n <= flood; n++) builder.add({ ...packets[0], n: 100 + n, conversation: n })
    for (const packet of packets.slice(5)) builder.add({ ...packet, n: packet.n + flood + 100 })
    for (const line of ends) if (line.type !== 'packet') builder.add(line)
    const attempt = { ...conversation, open: 'unanswered', close: 'none', packets: { client: 1, server: 0 } } as const
    for (let n = 1; n <= flood; n++) builder.add({ ...attempt, n })
    builder.add(summaryLine({ conversations: flood + 1 }))
    const { chosen, rows, rest } = builder.finish()
    expect(rows.length + rest.conversations).toBe(flood + 1)
    expect(rows.every(({ startMs }) => startMs !== null)).toBe(true)
    expect(chosen.map(({ line }) => line.open)).toContain('unanswered')
    const note = chosen.find(({ line }) => line.n === 0)!
    expect(note.items.map((item) => (item.type === 'run' ? item.packets : 1))).toHaveLength(packets.length)
  })
})
