import { describe, expect, it } from 'vitest'
import { randomNumbers } from '../../../../tests/support/analysis.ts'
import { u32be } from '../bytes/read.ts'
import { Packet } from '../packet/packet.ts'
import { Conversations } from './conversations.ts'
import { FlowTable } from './flow-table.ts'

interface Flow {
  version: 4 | 6
  source: number[]
  destination: number[]
  sourcePort: number
  destinationPort: number
}

const reverse = (f: Flow): Flow => ({
  version: f.version,
  source: f.destination,
  destination: f.source,
  sourcePort: f.destinationPort,
  destinationPort: f.sourcePort,
})
const textOf = (f: Flow): string => `${f.version} ${f.source}:${f.sourcePort} ${f.destination}:${f.destinationPort}`

function packetOf(flow: Flow): Packet {
  const p = new Packet()
  p.bytes = Uint8Array.from([9, 9, ...flow.source, ...flow.destination])
  p.ipVersion = flow.version
  p.sourceAt = 2
  p.destinationAt = 2 + flow.source.length
  if (flow.version === 4) {
    p.sourceWord = u32be(p.bytes, p.sourceAt)
    p.destinationWord = u32be(p.bytes, p.destinationAt)
  }
  p.sourcePort = flow.sourcePort
  p.destinationPort = flow.destinationPort
  return p
}

function v4(source: number[], destination: number[], sourcePort = 1000, destinationPort = 80): Flow {
  return { version: 4, source, destination, sourcePort, destinationPort }
}

function tableOf(rows: number, seed = 1): { table: FlowTable; conversations: Conversations } {
  const conversations = new Conversations(false)
  conversations.reserve(rows - 1)
  return { table: new FlowTable(conversations, seed), conversations }
}

describe('FlowTable', () => {
  it('finds a flow from both sides, and tells which is the client', () => {
    const { table } = tableOf(4)
    // The highest bit of an address word must not make it negative.
    const flow = v4([203, 0, 113, 9], [192, 168, 64, 71], 58384, 80)
    expect(table.find(packetOf(flow))).toBe(-1)
    table.insert(0, packetOf(flow), true)
    expect([table.find(packetOf(flow)), table.fromClient]).toEqual([0, true])
    const hash = table.hash
    expect([table.find(packetOf(reverse(flow))), table.fromClient]).toEqual([0, false])
    expect(table.hash).toBe(hash)
  })

  it('keeps the client of a flow whose first packet came from the server', () => {
    const { table } = tableOf(4)
    const flow = v4([10, 0, 0, 1], [10, 0, 0, 2])
    table.find(packetOf(flow))
    table.insert(0, packetOf(flow), false)
    expect([table.find(packetOf(flow)), table.fromClient]).toEqual([0, false])
    expect([table.find(packetOf(reverse(flow))), table.fromClient]).toEqual([0, true])
  })

  it.each([
    ['source port', v4([10, 0, 0, 1], [10, 0, 0, 2], 1001, 80)],
    ['destination port', v4([10, 0, 0, 1], [10, 0, 0, 2], 1000, 81)],
    ['swapped ports', v4([10, 0, 0, 1], [10, 0, 0, 2], 80, 1000)],
    ['swapped addresses', v4([10, 0, 0, 2], [10, 0, 0, 1], 1000, 80)],
    ['one address', v4([10, 0, 0, 1], [10, 0, 0, 3], 1000, 80)],
    [
      'the same address mapped into IPv6',
      {
        version: 6,
        source: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1],
        destination: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 2],
        sourcePort: 1000,
        destinationPort: 80,
      } as Flow,
    ],
  ])('takes another %s for another flow', (_, other) => {
    const { table } = tableOf(4)
    const flow = v4([10, 0, 0, 1], [10, 0, 0, 2], 1000, 80)
    table.find(packetOf(flow))
    table.insert(0, packetOf(flow), true)
    expect(table.find(packetOf(other))).toBe(-1)
    table.insert(1, packetOf(other), true)
    expect(table.find(packetOf(other))).toBe(1)
    expect(table.find(packetOf(flow))).toBe(0)
  })

  it('finds a flow between an endpoint and itself', () => {
    const { table } = tableOf(2)
    const flow = v4([127, 0, 0, 1], [127, 0, 0, 1], 5000, 5000)
    table.find(packetOf(flow))
    table.insert(0, packetOf(flow), true)
    expect([table.find(packetOf(reverse(flow))), table.fromClient]).toEqual([0, true])
  })

  it('gives a flow to another slot', () => {
    const { table } = tableOf(4)
    const flow = packetOf(v4([10, 0, 0, 1], [10, 0, 0, 2]))
    table.find(flow)
    table.insert(0, flow, true)
    table.find(flow)
    table.writeKey(1, flow, false)
    table.replace(0, 1)
    expect([table.find(flow), table.fromClient]).toEqual([1, false])
    table.delete(1)
    expect(table.find(flow)).toBe(-1)
  })

  it('hashes by its seed', () => {
    const flow = packetOf(v4([10, 0, 0, 1], [10, 0, 0, 2]))
    const hashes = [1, 3, 5, 7].map((seed) => {
      const { table } = tableOf(1, seed)
      table.find(flow)
      return table.hash
    })
    expect(new Set(hashes).size).toBe(4)
  })

  // Few addresses and ports make reversals and near misses; crowded cells make long probes across the table's end.
  it.each([1, 2, 3, 4])('agrees with a map while flows come and go (seed %d)', (seed) => {
    const random = randomNumbers(seed)
    const below = (n: number) => Math.floor(random() * n)
    const { table } = tableOf(4096, seed * 77)
    const slots = new Map<string, number>()
    const flows = new Map<number, Flow>()
    const free = Array.from({ length: 4096 }, (_, i) => i)
    const draw = (): Flow => {
      const version = random() < 0.5 ? 4 : 6
      const address = () =>
        version === 4 ? [10, 0, below(4), below(8)] : [32, 1, 13, 184, ...new Array(10).fill(0), below(4), below(8)]
      return {
        version,
        source: address(),
        destination: address(),
        sourcePort: 80 + below(4),
        destinationPort: 80 + below(4),
      }
    }
    for (let step = 0; step < 20_000; step++) {
      const flow = draw()
      const packet = packetOf(flow)
      const expected = slots.get(textOf(flow)) ?? slots.get(textOf(reverse(flow))) ?? -1
      const found = table.find(packet)
      if (found !== expected) expect(found, `step ${step}, ${textOf(flow)}`).toBe(expected)
      if (found >= 0) {
        const own = flows.get(found) as Flow
        if (table.fromClient !== (textOf(own) === textOf(flow)))
          expect(table.fromClient, textOf(flow)).toBe(!table.fromClient)
        // More leave while there are many.
        if (random() < flows.size / 3000) {
          table.delete(found)
          slots.delete(textOf(own))
          flows.delete(found)
          free.push(found)
        }
      } else if (free.length > 0 && flows.size < 3000) {
        const slot = free.pop() as number
        const isClient = random() < 0.5
        table.insert(slot, packet, isClient)
        const own = isClient ? flow : reverse(flow)
        slots.set(textOf(own), slot)
        flows.set(slot, own)
      }
    }
    expect(flows.size).toBeGreaterThan(500)
    for (const [slot, flow] of flows) expect(table.find(packetOf(flow))).toBe(slot)
  })
})
