import { describe, expect, test } from 'vitest'
import { pcapBytes, type TestPcap } from '../../../../tests/support/capture-bytes.ts'
import { packetsOf, readInChunks } from '../../../../tests/support/record-calls.ts'
import { PcapReader } from './pcap.ts'
import type { PacketRecord } from './record.ts'
import { CaptureSession } from './session.ts'

const data = Buffer.from('payload')
const hex = data.toString('hex')

function packet(options: TestPcap, fraction = 617505) {
  const { calls, feeder } = readInChunks(pcapBytes(options, [{ seconds: 1218334381, fraction, data, onWire: 60 }]))
  expect(feeder.damage).toBeNull()
  return calls
}

describe('variants', () => {
  const cases: [string, TestPcap, string, number][] = [
    ['microseconds', {}, '617505000', 1e6],
    ['nanoseconds', { magic: 0xa1b23c4d }, '000617505', 1e9],
    ['IXIA hardware', { magic: 0x1c0001ac, headerExtra: 4 }, '000617505', 1e9],
    ['IXIA software', { magic: 0x1c0001ab, headerExtra: 4 }, '617505000', 1e6],
    ['Kuznetsov', { magic: 0xa1b2cd34, recordExtra: 8, link: 101 }, '617505000', 1e6],
  ]
  for (const little of [true, false]) {
    for (const [name, options, nanos, ticksPerSecond] of cases) {
      test(`${name}, ${little ? 'little' : 'big'}-endian`, () => {
        const link = options.link ?? 1
        expect(packet({ ...options, little })).toEqual([
          ['capture', { format: 'pcap', dated: true }],
          ['interface', { index: 0, name: null, link, snaplen: 262144, ticksPerSecond, filter: null }],
          ['packet', 1, `1218334381.${nanos}`, 0, link, 60, null, null, hex],
        ])
      })
    }
  }

  test('a cooked Ethernet capture of the Kuznetsov variant is 14 bytes longer than its snapshot length', () => {
    const calls = packet({ magic: 0xa1b2cd34, recordExtra: 8, snaplen: 4 })
    expect(packetsOf(calls)[0][8]).toBe(hex)
    expect(calls[1][1]).toMatchObject({ snaplen: 18 })
  })
})

test('the fields of old versions have the two lengths in the other order', () => {
  const swapped = [{ data, captured: 60, onWire: data.length }]
  for (const version of [{ minor: 0 }, { minor: 2 }, { minor: 3 }, { major: 543, minor: 0 }]) {
    const { calls } = readInChunks(pcapBytes(version, swapped))
    expect(packetsOf(calls)).toEqual([['packet', 1, '0.000000000', 0, 1, 60, null, null, hex]])
  }
  // Version 2.3 was written in both ways; the captured length is the smaller one.
  expect(packetsOf(packet({ minor: 3 }))[0][8]).toBe(hex)
})

test('other versions are damage, and nothing is delivered', () => {
  for (const version of [{ minor: 5 }, { major: 1 }, { major: 3, minor: 0 }]) {
    const { calls, feeder } = readInChunks(pcapBytes(version, [{ data }]))
    expect(calls).toEqual([])
    expect(feeder.damage).toMatchObject({ code: 'malformed', offset: 0 })
  }
})

test('flags in the link type field do not hide the link type', () => {
  const withFcs = packet({ link: 0x24000001 })[1]
  expect(withFcs[1]).toMatchObject({ link: 1, fcsBytes: 4 })
  expect(packet({ link: 0x02240002 })[1][1]).toMatchObject({ link: 228 })
  expect(packet({ link: 0x02240018 })[1][1]).toMatchObject({ link: 229 })
})

test('a fraction of a second and more goes into the seconds', () => {
  expect(packetsOf(packet({}, 3_000_001))[0][2]).toBe('1218334384.000001000')
  expect(packetsOf(packet({}, 0xffffffff))[0][2]).toBe('1218338675.967295000')
  expect(packetsOf(packet({ magic: 0xa1b23c4d }, 0xffffffff))[0][2]).toBe('1218334385.294967295')
})

test('the invalid fraction itself is kept, for that packet alone', () => {
  const seen: number[] = []
  const sink = { capture() {}, interface() {}, packet: (p: PacketRecord) => void seen.push(p.invalidFraction) }
  const records = [999_999, 1_000_000, 0xffffffff, 5].map((fraction) => ({ fraction, data }))
  const file = pcapBytes({}, records)
  new PcapReader(sink).read(file, 0, file.length)
  expect(seen).toEqual([-1, 1_000_000, 0xffffffff, -1])
})

test('seconds are unsigned: the format goes on to 2106', () => {
  const { calls } = readInChunks(pcapBytes({}, [{ seconds: 0xffffffff, data }]))
  expect(packetsOf(calls)[0][2]).toBe('4294967295.000000000')
})

test('a packet beyond the snapshot length is handed over as far as that; one longer than the wire stays', () => {
  const records = [{ data: Buffer.alloc(100, 1) }, { data, onWire: 3 }]
  const { calls } = readInChunks(pcapBytes({ snaplen: 10 }, records))
  expect(packetsOf(calls).map((call) => [call[5], (call[8] as string).length / 2])).toEqual([
    [100, 10],
    [3, 7],
  ])
})

test('snapshot length 0 is none', () => {
  const { calls } = readInChunks(pcapBytes({ snaplen: 0 }, [{ data: Buffer.alloc(300_000, 1) }]))
  expect((packetsOf(calls)[0][8] as string).length).toBe(600_000)
})

test('every prefix: the whole packets, then one damage where the cut one begins', () => {
  const file = pcapBytes({}, [{ data }, { data: Buffer.alloc(0) }, { data: Buffer.alloc(40, 9) }])
  const starts = [24, 24 + 16 + 7, 24 + 32 + 7]
  for (let end = 1; end < file.length; end++) {
    const { calls, feeder, reader } = readInChunks(file.subarray(0, end))
    if (end < 4) {
      expect(reader.rejection).not.toBeNull()
      continue
    }
    const whole = starts.filter((_, i) => end >= (starts[i + 1] ?? file.length)).length
    expect(packetsOf(calls)).toHaveLength(whole)
    const border = end === 24 || starts.includes(end)
    expect(feeder.damage).toEqual(
      border
        ? null
        : {
            code: 'cut',
            offset: end < 24 ? 0 : starts[whole],
            message: expect.stringMatching(/^the file ends inside/),
          },
    )
  }
})

test('a length that no packet has is damage at its record', () => {
  const file = pcapBytes({}, [{ data }, { data, captured: 16 * 1024 * 1024 + 1 }, { data }])
  const { calls, feeder } = readInChunks(file)
  expect(packetsOf(calls)).toHaveLength(1)
  expect(feeder.damage).toMatchObject({ code: 'malformed', offset: 24 + 16 + 7 })
})

test('packet numbers and interfaces go on through the files of a session', () => {
  const session = new CaptureSession()
  readInChunks(pcapBytes({}, [{ data }, { data }]), [], session)
  session.nextFile()
  const same = readInChunks(pcapBytes({}, [{ data }]), [], session).calls
  expect(same.map((call) => call[0])).toEqual(['packet'])
  expect(same[0].slice(1, 4)).toEqual([3, '0.000000000', 0])
  session.nextFile()
  const other = readInChunks(pcapBytes({ link: 101 }, [{ data }]), [], session).calls
  expect(other.map((call) => call[0])).toEqual(['interface', 'packet'])
  expect(other[1].slice(1, 4)).toEqual([4, '0.000000000', 1])
})
