import { basename } from 'node:path'
import type { ConversationLine, PacketLine, PacketRecord, ReportLine, SideName } from '@wiretale/core'
import { describe, expect, test } from 'vitest'
import {
  analyseRecords,
  type Capture,
  fixtureCaptures,
  linesOf,
  loadCapture,
  randomNumbers,
} from '../support/analysis.ts'

/** What no packet of a subset can tell: a lost packet was sent again, or something left after the other side's last
 *  acknowledgement, and every trace of it has been taken out. Fewer than this many of the claims may be such. */
const UNDETECTABLE = 1 / 400
const SIDES: readonly SideName[] = ['client', 'server']

const endpoint = (line: ConversationLine, side: SideName): string => `${line[side].address}:${line[side].port}`

/** Name and side of every state that the report calls observed at a packet. */
function claims(lines: readonly ReportLine[]): { packet: number; endpoint: string; state: string }[] {
  const conversations = new Map(linesOf(lines, 'conversation').map((line) => [line.n, line]))
  const found = []
  for (const line of linesOf(lines, 'packet')) {
    if (line.state === null) continue
    const conversation = conversations.get(line.conversation!)!
    for (const side of SIDES) {
      const state = line.state[side]
      if (state?.basis === 'observed')
        found.push({ packet: line.n, endpoint: endpoint(conversation, side), state: state.name })
    }
  }
  return found
}

/** The states that the whole capture gives an endpoint at a packet: before it and, where it enters one, after it. */
function statesAt(lines: readonly ReportLine[]): (packet: number, who: string) => Set<string> {
  const conversations = linesOf(lines, 'conversation')
  const packets = new Map<number, PacketLine>(linesOf(lines, 'packet').map((line) => [line.n, line]))
  return (packet, who) => {
    const states = new Set<string>()
    const line = packets.get(packet)!
    const conversation = conversations.find(({ n }) => n === line.conversation)!
    for (const side of SIDES) {
      if (endpoint(conversation, side) !== who) continue
      const now = line.state?.[side]
      if (now) states.add(now.name)
      let current: string | null = null
      for (const record of conversation.states[side]) {
        if (record.packet === null) current ??= record.state
        else if (record.packet < packet) current = record.state
        else if (record.packet === packet) states.add(record.state)
      }
      if (current !== null) states.add(current)
    }
    return states
  }
}

function subset(capture: Capture, random: () => number): PacketRecord[] {
  const share = 0.3 + random() * 0.69
  return capture.records.filter(() => random() < share)
}

describe('with packets left out', () => {
  let made = 0
  let wrong = 0
  for (const path of fixtureCaptures()) {
    const capture = loadCapture(path)
    test(`${basename(path)}: what is called observed is what the whole capture says`, () => {
      const truth = statesAt(analyseRecords(capture))
      const random = randomNumbers(capture.records.length * 31)
      for (let draw = 0; draw < 60; draw++) {
        const kept = subset(capture, random)
        for (const claim of claims(analyseRecords(capture, kept))) {
          made++
          if (!truth(claim.packet, claim.endpoint).has(claim.state)) wrong++
        }
      }
    })
  }
  test('all but what no packet can tell', () => {
    expect(made).toBeGreaterThan(10_000)
    expect(wrong / made).toBeLessThan(UNDETECTABLE)
  })
})
