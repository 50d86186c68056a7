import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fixtureCaptures, loadCapture, randomNumbers } from '../../../../tests/support/analysis.ts'
import type { MemoryRoom, SharedMemory } from '../bytes/arena.ts'
import { PcapWriter } from '../file/pcap-writer.ts'
import { openCapture } from '../file/reader.ts'
import { PacketRecord } from '../file/record.ts'
import { CaptureSession } from '../file/session.ts'
import { Dissector } from '../packet/dissect.ts'
import { Packet } from '../packet/packet.ts'
import { Known, Phase, Trait } from './known.ts'
import * as field from './page.ts'
import type { Slot } from './stream.ts'
import { Tracker } from './tracker.ts'
import { phaseOf } from './usual.ts'

const CONVERSATION_WORDS = [field.NUMBER, field.PORTS, field.CLIENT_ADDRESS, field.SERVER_ADDRESS, field.OTHER]
const CONVERSATION_TIMES = [field.LAST_TIME, field.SYN_TIME, field.SYN_ACK_TIME, field.OPEN_TIME, field.CLOSE_TIME]
const ENDPOINT_WORDS = [
  ...[field.NEXT, field.EDGE, field.ACKED, field.ACK, field.STATE, field.ISN, field.FIN, field.FIN_PACKET, field.MSS],
  ...[field.WAITING_SYN, field.WAITING_SYN_ACK, field.WAITING_FIN, field.WAITING_FIN_LAST],
  ...[field.WAITING_ACK_OF_FIN, field.WAITING_RST],
]
/** Only labels look at them. */
const LABELS_ONLY = Known.PROBED | Known.DATA_LAST

/** All that a conversation's record says when it ends. */
function recordOf(tracker: Tracker, slot: Slot): unknown[] {
  const { conversations: c, endpoints: e } = tracker
  const record: unknown[] = [c.word(slot, field.FLAGS) & ~Trait.PHASE]
  for (const offset of CONVERSATION_WORDS) record.push(c.word(slot, offset))
  for (const offset of CONVERSATION_TIMES) record.push(c.time(slot, offset))
  for (const row of [2 * slot, 2 * slot + 1]) {
    const depth = e.depth(row)
    record.push(e.word(row, field.FLAGS) & ~LABELS_ONLY, e.proven(row) & ((1 << depth) - 1))
    for (let at = 0; at < depth; at++) record.push(e.passed(row, at))
    for (const offset of ENDPOINT_WORDS) record.push(e.word(row, offset))
    record.push(e.wide(row, field.DELIVERED), e.wide(row, field.ENTERED_TIME))
  }
  return record
}

declare const WebAssembly: {
  Memory: new (pages: { initial: number; maximum: number; shared: boolean }) => SharedMemory
}
const PAGE_BYTES = 65_536
const MAX_PAGES = 1024

/** A pcap file of the records in memory that has room behind it. */
function write(records: readonly PacketRecord[], nano: boolean): MemoryRoom & { readonly end: number } {
  const chunks: Uint8Array[] = []
  const link = records[0]?.link ?? 1
  const writer = new PcapWriter((bytes, at, end) => chunks.push(bytes.slice(at, end)), { link, snaplen: 0, nano })
  for (const record of records) writer.packet(record)
  writer.flush()
  const file = Buffer.concat(chunks)
  const initial = Math.ceil(file.length / PAGE_BYTES) + 1
  const memory = new WebAssembly.Memory({ initial, maximum: MAX_PAGES, shared: true })
  const bytes = new Uint8Array(memory.buffer)
  bytes.set(file)
  return { memory, bytes, from: initial * PAGE_BYTES, maxPages: MAX_PAGES, end: file.length }
}

type Way = 'long' | 'short' | 'lane'

interface Course {
  /** What the sink and the events were told, and the records. */
  readonly told: string[]
  readonly phases: Set<number>
  /** By the lane. */
  readonly taken: number
}

function follow(records: readonly PacketRecord[], way: Way): Course {
  const told: string[] = []
  const phases = new Set<number>()
  const file = way === 'lane' ? write(records, true) : undefined
  const tracker: Tracker = new Tracker(
    { history: way === 'long', seed: 1, ...(file === undefined ? {} : { room: file }) },
    {
      opened: (slot) => told.push(`opened ${slot}`),
      segment() {},
      ended: (slot) => told.push(`ended ${slot}: ${recordOf(tracker, slot).join(' ')}`),
    },
    {
      data: (slot, side, offset, _buffer, at, end, packet, time) =>
        told.push(`data ${slot}/${side} ${offset} ${end - at} ${packet} ${time}`),
      missing: (slot, side, offset, count, cut, packet, time) =>
        told.push(`missing ${slot}/${side} ${offset} ${count} ${cut} ${packet} ${time}`),
      end: (slot, side, offset, how, packet, time) =>
        told.push(`end ${slot}/${side} ${offset} ${how} ${packet} ${time}`),
    },
  )
  const dissector = new Dissector()
  const packet = new Packet()
  const add = (record: PacketRecord): void => {
    dissector.dissect(record, packet)
    const slot = tracker.add(packet)
    if (slot >= 0) phases.add(phaseOf(tracker.conversations.pageOf(slot).words, tracker.conversations.recordAt(slot)))
  }
  if (file === undefined) records.forEach(add)
  else {
    const session = new CaptureSession({ scan: tracker.lane })
    const reader = openCapture({ capture() {}, interface() {}, packet: add }, session)
    const at = reader.read(file.bytes, 0, file.end)
    expect([at, reader.damage, reader.rejection]).toEqual([file.end, null, null])
    reader.finish(file.bytes, at, file.end)
    expect(session.packets).toBe(records.length)
  }
  tracker.finish()
  return { told, phases, taken: tracker.lane?.passed.packets ?? 0 }
}

/** Packets lost, repeated or swapped with the one before, a few in a hundred each. */
function disturb(records: readonly PacketRecord[], random: () => number): PacketRecord[] {
  const out: PacketRecord[] = []
  for (const record of records) {
    const chance = random()
    if (chance < 0.04) continue
    const before = chance < 0.08 ? out.pop() : undefined
    out.push(record)
    if (before !== undefined) out.push(before)
    else if (chance < 0.12) out.push(record)
  }
  return out
}

const kernelFolder = join(import.meta.dirname, '../../../../tests/kernel/captures')
const paths = [
  ...fixtureCaptures(),
  ...readdirSync(kernelFolder)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(kernelFolder, name)),
]
const captures = paths.map((path) => loadCapture(path)).filter(({ records }) => records.length <= 5000)

function numbered(records: readonly PacketRecord[]): PacketRecord[] {
  return records.map((record, i) => Object.assign(new PacketRecord(), record, { number: i + 1 }))
}

function expectSame(course: Course, long: Course, name: string): void {
  if (course.told.join() !== long.told.join()) expect(course.told, name).toEqual(long.told)
}

it('leaves what the long way leaves, of whole captures', () => {
  const phases = new Set<number>()
  let taken = 0
  for (const { name, records } of captures) {
    const long = follow(records, 'long')
    const short = follow(records, 'short')
    for (const phase of short.phases) phases.add(phase)
    expectSame(short, long, name)
    const lane = follow(records, 'lane')
    taken += lane.taken
    expectSame(lane, long, name)
  }
  expect([...phases].sort()).toEqual(Object.values(Phase).sort())
  expect(taken).toBeGreaterThan(1000)
})

it.each([1, 2, 3, 4])('leaves what the long way leaves, of disturbed captures and reused ports (seed %d)', (seed) => {
  const random = randomNumbers(seed)
  for (const { name, records } of captures) {
    const disturbed = numbered([...disturb(records, random), ...(random() < 0.3 ? records : [])])
    const long = follow(disturbed, 'long')
    expect(long.phases).toEqual(new Set(long.phases.size === 0 ? [] : [Phase.OTHER]))
    expectSame(follow(disturbed, 'short'), long, name)
    expectSame(follow(disturbed, 'lane'), long, name)
  }
})

/** The capture so many times at once: each copy with another address of the client. */
function multiply(records: readonly PacketRecord[], copies: number): PacketRecord[] {
  const segments = records.filter(({ bytes, at }) => bytes[at + 12] === 8 && bytes[at + 13] === 0)
  const client = Uint8Array.from(segments[0].bytes.subarray(segments[0].at + 26, segments[0].at + 30))
  return segments.flatMap((record) =>
    Array.from({ length: copies }, (_, copy) => {
      const bytes = Uint8Array.from(record.bytes.subarray(record.at, record.end))
      const at = Buffer.compare(bytes.subarray(26, 30), client) === 0 ? 26 : 30
      bytes[at + 2] = copy >> 8
      bytes[at + 3] = copy
      return Object.assign(new PacketRecord(), record, { bytes, at: 0, end: bytes.length })
    }),
  )
}

it('leaves what the long way leaves, of more conversations at once than there is room for at first', () => {
  const path = paths.find((name) => name.endsWith('halfclose-server.pcap')) as string
  const records = numbered(multiply(loadCapture(path).records, 2000))
  const long = follow(records, 'long')
  expect(long.told.filter((line) => line.startsWith('opened')).length).toBe(2000)
  expectSame(follow(records, 'short'), long, path)
  const lane = follow(records, 'lane')
  expectSame(lane, long, path)
  expect(lane.taken).toBeGreaterThan(records.length / 4)
})
