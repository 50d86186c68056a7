import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packetsOf, readInChunks } from '../../../../tests/support/record-calls.ts'
import { PcapWriter } from './pcap-writer.ts'
import { PcapngWriter } from './pcapng-writer.ts'
import { PacketRecord } from './record.ts'

/** Collects a writer's output. */
function collect(): { flush: (b: Uint8Array, at: number, end: number) => void; bytes: () => Buffer } {
  const parts: Buffer[] = []
  return {
    flush: (b, at, end) => parts.push(Buffer.from(b.slice(at, end))),
    bytes: () => Buffer.concat(parts),
  }
}

const packets = fc.array(
  fc.record({
    seconds: fc.integer({ min: 0, max: 0xffffffff }),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
    wireBytes: fc.integer({ min: 0, max: 0xffffffff }),
    data: fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 0, max: 100_000 }).map((n) => new Uint8Array(n).fill(7)),
    ),
    comment: fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }).filter((s) => !s.includes('\ufeff'))),
    interfaceIndex: fc.integer({ min: 0, max: 1 }),
  }),
  { maxLength: 12 },
)

type Packet = typeof packets extends fc.Arbitrary<(infer P)[]> ? P : never

function record(packet: Packet): PacketRecord {
  const filled = new PacketRecord()
  filled.bytes = Buffer.concat([Buffer.from('before'), packet.data, Buffer.from('after')])
  filled.at = 6
  filled.end = 6 + packet.data.length
  return Object.assign(filled, {
    seconds: packet.seconds,
    nanos: packet.nanos,
    wireBytes: packet.wireBytes,
    comment: packet.comment,
    interfaceIndex: packet.interfaceIndex,
  })
}

function expected(packet: Packet, number: number, nanos: number, link: number, index: number, comment: string | null) {
  const time = `${packet.seconds}.${String(nanos).padStart(9, '0')}`
  return [
    'packet',
    number,
    time,
    index,
    link,
    packet.wireBytes,
    comment,
    null,
    Buffer.from(packet.data).toString('hex'),
  ]
}

test.each([true, false])('pcap, nanoseconds %s: what is written is read', (nano) => {
  fc.assert(
    fc.property(packets, (list) => {
      const out = collect()
      const writer = new PcapWriter(out.flush, { link: 101, snaplen: 0, nano })
      for (const packet of list) writer.packet(record(packet))
      writer.flush()
      const { calls, feeder } = readInChunks(out.bytes())
      expect(feeder.damage).toBeNull()
      const cut = (nanos: number) => (nano ? nanos : Math.floor(nanos / 1000) * 1000)
      expect(packetsOf(calls)).toEqual(list.map((p, i) => expected(p, i + 1, cut(p.nanos), 101, 0, null)))
    }),
    { seed: 3, numRuns: 150 },
  )
})

test('pcapng: what is written is read', () => {
  fc.assert(
    fc.property(packets, (list) => {
      const out = collect()
      const writer = new PcapngWriter(out.flush)
      writer.section('made by a test')
      writer.interface({ name: 'eth0', link: 1, snaplen: 262144, filter: 'tcp' })
      writer.interface({ name: null, link: 276, snaplen: 0, filter: null, fcsBytes: 4 })
      for (const packet of list) writer.packet(record(packet))
      writer.flush()
      const { calls, feeder } = readInChunks(out.bytes())
      expect(feeder.damage).toBeNull()
      expect(calls.slice(0, 4)).toEqual([
        ['capture', { format: 'pcapng', dated: true }],
        ['comment', 'made by a test'],
        ['interface', { index: 0, name: 'eth0', link: 1, snaplen: 262144, ticksPerSecond: 1e9, filter: 'tcp' }],
        ['interface', { index: 1, name: null, link: 276, snaplen: 0, ticksPerSecond: 1e9, filter: null, fcsBytes: 4 }],
      ])
      const links = [1, 276]
      expect(packetsOf(calls)).toEqual(
        list.map((p, i) => expected(p, i + 1, p.nanos, links[p.interfaceIndex], p.interfaceIndex, p.comment)),
      )
    }),
    { seed: 4, numRuns: 150 },
  )
})

test('pcapng: names, secrets and statistics', () => {
  const out = collect()
  const writer = new PcapngWriter(out.flush)
  writer.section()
  writer.interface({ name: null, link: 1, snaplen: 0, filter: null })
  writer.names([
    { address: Uint8Array.of(10, 1, 9, 11), names: ['client', 'c'] },
    { address: new Uint8Array(16).fill(1), names: ['six'] },
  ])
  writer.names([])
  writer.secrets(0x544c534b, Buffer.from('CLIENT_RANDOM 1 2'))
  writer.statistics(0, 1_700_000_000, 5, 2 ** 40 + 1)
  writer.flush()
  const { calls, feeder } = readInChunks(out.bytes())
  expect(feeder.damage).toBeNull()
  expect(calls.slice(2)).toEqual([
    ['name', '10.1.9.11', 'client'],
    ['name', '10.1.9.11', 'c'],
    ['name', '101:101:101:101:101:101:101:101', 'six'],
    ['secrets', 0x544c534b, 'CLIENT_RANDOM 1 2'],
    ['dropped', 0, 2 ** 40 + 1],
  ])
})

test('pcapng: a comment longer than an option is cut at a character', () => {
  const out = collect()
  const writer = new PcapngWriter(out.flush)
  writer.section('語'.repeat(30_000))
  writer.flush()
  expect(readInChunks(out.bytes()).calls).toContainEqual(['comment', '語'.repeat(21_845)])
})

test('pcap: the header that tcpdump writes', () => {
  const out = collect()
  new PcapWriter(out.flush, { link: 1, snaplen: 262144, nano: false }).flush()
  expect(out.bytes().toString('hex')).toBe('d4c3b2a1020004000000000000000000' + '0000040001000000')
})
