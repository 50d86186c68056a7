import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type BpfProgram,
  CaptureSession,
  type CaptureSink,
  createPredicate,
  openCapture,
  PcapWriter,
  type RecordScan,
} from '@wiretale/core'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { anyProgram, programOf } from '../../../../tests/filter/programs.ts'
import { Feed } from '../sources/feed.ts'
import { FastLane } from './fast-lane.ts'

const folder = mkdtempSync(join(tmpdir(), 'wiretale-lane-'))
const path = join(folder, 'a.pcap')

afterAll(() => rmSync(folder, { recursive: true }))

interface Task {
  readonly program: BpfProgram | null
  readonly nano: boolean
  readonly writes: boolean
  readonly limit: number
}

/** Reads the file as tcpdump mode does, with the lane or packet by packet. */
async function run({ program, nano, writes, limit }: Task, { nano: isNanoFile }: FileOptions, usesLane = true) {
  const output: Uint8Array[] = []
  const writer = new PcapWriter((bytes, at, end) => output.push(bytes.slice(at, end)), {
    link: 1,
    snaplen: 96,
    nano,
    ticksPerSecond: isNanoFile ? 1e9 : 1e6,
  })
  const predicate = program === null ? () => 1 : createPredicate(program)
  const tally = {
    left: limit,
    matches: 0,
    add(matches: number) {
      this.matches += matches
      this.left -= matches
    },
  }
  let oneByOne = 0
  const sink: CaptureSink = {
    capture: () => {},
    interface: () => {},
    packet: (record) => {
      oneByOne++
      if (tally.left <= 0) return
      if (predicate(record.bytes, record.at, record.end - record.at, record.wireBytes) === 0) return
      tally.add(1)
      if (writes) writer.packet(record)
    },
  }
  // A small body, so that records straddle buffers.
  const write = writes ? (bytes: Uint8Array, at: number, end: number) => writer.records(bytes, at, end) : null
  const lane = new FastLane(tally, 65_536)
  lane.begin({ program, write, nano })
  const scan: RecordScan | null = usesLane ? lane : null
  const session = new CaptureSession({ strict: true, scan })
  const reader = openCapture(sink, session)
  const damage = await new Feed({ buffer: lane.buffer }).read(path, 'file', reader)
  writer.flush()
  return {
    matches: tally.matches,
    output: Buffer.concat(output).toString('hex'),
    oneByOne,
    // Nothing after the last packet that is wanted is looked at; the reader alone reads to the end of its buffer.
    complaint: tally.left <= 0 ? null : [damage?.message, damage?.offset, reader.complaint],
  }
}

interface FileOptions {
  readonly littleEndian: boolean
  readonly nano: boolean
  readonly snaplen: number
}

interface Packet {
  readonly bytes: number
  readonly fill: number
  readonly fraction: number
}

function pcap(packets: readonly Packet[], { littleEndian, nano, snaplen }: FileOptions): Uint8Array {
  const file = new Uint8Array(24 + packets.reduce((sum, { bytes }) => sum + 16 + bytes, 0))
  const view = new DataView(file.buffer)
  const words = (at: number, ...values: number[]): void => {
    for (const [i, value] of values.entries()) view.setUint32(at + 4 * i, value, littleEndian)
  }
  words(0, nano ? 0xa1b23c4d : 0xa1b2c3d4)
  view.setUint16(4, 2, littleEndian)
  view.setUint16(6, 4, littleEndian)
  words(16, snaplen, 1)
  let at = 24
  for (const [i, { bytes, fill, fraction }] of packets.entries()) {
    words(at, i, fraction, bytes, bytes + fill)
    file.fill(fill, at + 16, at + 16 + bytes)
    at += 16 + bytes
  }
  return file
}

const anyOptions = fc.record({
  littleEndian: fc.boolean(),
  nano: fc.boolean(),
  snaplen: fc.constantFrom(0, 262_144, 100),
})
const anyPackets = fc.array(
  fc.record({
    bytes: fc.oneof(fc.nat(200), fc.nat(3000), fc.nat(70_000)),
    fill: fc.nat(255),
    fraction: fc.nat(999_999),
  }),
  { maxLength: 40 },
)
const anyTask = fc.record({
  program: fc.option(anyProgram),
  nano: fc.boolean(),
  writes: fc.boolean(),
  limit: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 20 })),
})

test('counts, writes and complains as reading packet by packet does', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyPackets,
      anyOptions,
      anyTask,
      fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(100) }),
      // A byte of some record's header.
      fc.option(fc.record({ index: fc.nat(40), byte: fc.nat(15), value: fc.nat(127) })),
      async (packets, options, task, cut, damage) => {
        const file = pcap(packets, options)
        if (damage !== null && damage.index < packets.length) {
          const at = packets.slice(0, damage.index).reduce((sum, { bytes }) => sum + 16 + bytes, 24)
          file[at + damage.byte] = damage.value
        }
        writeFileSync(path, file.subarray(0, Math.max(24, file.length - cut)))
        const { oneByOne: fast, ...withLane } = await run(task, options)
        const { oneByOne: slow, ...without } = await run(task, options, false)
        expect(withLane).toEqual(without)
        expect(fast).toBeLessThanOrEqual(slow)
      },
    ),
    { numRuns: 200 },
  )
})

const packets = (count: number, bytes: number): Packet[] =>
  Array.from({ length: count }, (_, i) => ({ bytes, fill: i % 3, fraction: 999_999 }))

const common: FileOptions = { littleEndian: true, nano: false, snaplen: 262_144 }
const everything: Task = { program: null, nano: false, writes: true, limit: Number.POSITIVE_INFINITY }

test.each([
  ['in the order of this machine', common],
  ['in the other byte order', { ...common, littleEndian: false }],
  ['with nanoseconds', { ...common, nano: true }],
  ['with packets beyond its snapshot length', { ...common, snaplen: 500 }],
])('a file %s: no packet is read by itself', async (_, options) => {
  writeFileSync(path, pcap(packets(2000, 1000), options))
  expect(await run(everything, options)).toMatchObject({ matches: 2000, oneByOne: 0 })
  expect(await run({ ...everything, writes: false }, options)).toMatchObject({ matches: 2000, oneByOne: 0 })
})

test('a damaged record is left to the reader, and what was read before stays', async () => {
  const file = pcap(packets(100, 1000), common)
  new DataView(file.buffer).setUint32(24 + 50 * 1016 + 8, 262_145, true)
  writeFileSync(path, file)
  const { matches, oneByOne, complaint } = await run(everything, common)
  expect({ matches, oneByOne }).toEqual({ matches: 50, oneByOne: 0 })
  expect(complaint?.[2]).toBe('invalid packet capture length 262145, bigger than snaplen of 262144')
})

test('a program that is not valid is left to the interpreter', async () => {
  writeFileSync(path, pcap(packets(10, 100), common))
  expect(await run({ ...everything, program: programOf([[0xff, 0, 0, 0]]) }, common)).toMatchObject({
    matches: 0,
    oneByOne: 10,
  })
})
