import { afterEach, expect, test, vi } from 'vitest'
import {
  type CaptureLayout,
  readAll,
  scanAll,
  type TestRecord,
  writeCapture,
} from '../../../../tests/filter/captures.ts'
import { programOf } from '../../../../tests/filter/programs.ts'
import * as bpf from './bpf.ts'
import { PcapScanner, type ScanOptions, ScanStop } from './scan.ts'

const layout: CaptureLayout = { littleEndian: true, snaplen: 262_144, fraction: 'keep' }
const copy: ScanOptions = { ...layout, program: null, maxBytes: 262_144, output: 'copy' }
/** Packets of at least 1000 bytes on the wire. */
const long = programOf([
  [bpf.BPF_LD | bpf.BPF_LEN, 0, 0, 0],
  [bpf.BPF_JMP | bpf.BPF_JGE, 0, 1, 1000],
  [bpf.BPF_RET, 0, 0, 262_144],
  [bpf.BPF_RET, 0, 0, 0],
])

const record = (bytes: number, seconds = 0): TestRecord => ({
  packet: { bytes: new Uint8Array(bytes).fill(seconds), cut: 0 },
  seconds,
  fraction: 999_999,
})

/** A memory of four pages with the capture on its third. */
function memoryWith(capture: Uint8Array) {
  const memory = new WebAssembly.Memory({ initial: 4 })
  new Uint8Array(memory.buffer).set(capture, AT)
  return memory
}
const AT = 131_072

afterEach(() => vi.unstubAllGlobals())

test('a run of at least 32 KiB is left where it is, and the scan waits until it is written', () => {
  const records = [...Array.from({ length: 40 }, () => record(1400, 1)), record(60), record(1000, 2)]
  const capture = writeCapture(records, layout)
  const scanner = PcapScanner.create(memoryWith(capture), { ...copy, program: long })!
  const runEnd = AT + 40 * 1416
  const next = scanner.scan(AT, AT + capture.length, 0)
  expect(scanner).toMatchObject({ stop: ScanStop.LONG_RUN, matches: 40, outEnd: 0, runAt: AT, runEnd })
  expect(next).toBe(runEnd + 76)
  expect(scanner.scan(next, AT + capture.length, 0)).toBe(AT + capture.length)
  expect(scanner).toMatchObject({ stop: ScanStop.NEEDS_BYTES, matches: 1, outEnd: 1016 })
  expect(scanner.runEnd - scanner.runAt).toBe(0)
})

test('all packets in one run, of any split', () => {
  const records = Array.from({ length: 60 }, (_, i) => record(50 * i, i))
  const expected = readAll(null, records, layout, Number.POSITIVE_INFINITY)
  for (const step of [1, 15, 16, 17, 1000, 40_000, 100_000])
    expect(scanAll(copy, writeCapture(records, layout), step)).toEqual(expected)
})

test('stops in front of a record that is longer than any packet', () => {
  const capture = writeCapture([record(10), record(60)], layout)
  new DataView(capture.buffer).setUint32(26 + 8, 262_145, true)
  const scanner = PcapScanner.create(memoryWith(capture), copy)!
  expect(scanner.scan(AT, AT + capture.length, 0)).toBe(AT + 26)
  expect(scanner).toMatchObject({ stop: ScanStop.RECORD, packets: 1, matches: 1, outEnd: 26 })
})

test('a captured length of 2^32 - 1 does not wrap around', () => {
  const capture = writeCapture([record(10)], layout)
  new DataView(capture.buffer).setUint32(8, 0xffffffff, true)
  const scanner = PcapScanner.create(memoryWith(capture), {
    ...copy,
    maxBytes: 0xffffffff,
    snaplen: 0xffffffff,
  })!
  expect(scanner.scan(AT, AT + capture.length, 0)).toBe(AT)
  expect(scanner.packets).toBe(0)
})

test('copying stops in front of a packet that is to be cut', () => {
  const capture = writeCapture([record(10), record(97)], layout)
  const scanner = PcapScanner.create(memoryWith(capture), { ...copy, snaplen: 96 })!
  expect(scanner.scan(AT, AT + capture.length, 0)).toBe(AT + 26)
  expect(scanner).toMatchObject({ stop: ScanStop.RECORD, matches: 1 })
})

test('the limit is met exactly, and what follows is not looked at', () => {
  const records = Array.from({ length: 10 }, (_, i) => record(i % 2 === 0 ? 1000 : 60, i))
  const capture = writeCapture(records, layout)
  const scanner = PcapScanner.create(memoryWith(capture), { ...copy, program: long })!
  expect(scanner.scan(AT, AT + capture.length, 0, 3)).toBe(AT + 3 * 1016 + 2 * 76)
  expect(scanner).toMatchObject({ stop: ScanStop.LIMIT, packets: 5, matches: 3, outEnd: 3 * 1016 })
  expect(scanner.scan(AT, AT + capture.length, 0, 0)).toBe(AT)
  expect(scanner).toMatchObject({ stop: ScanStop.LIMIT, packets: 0, matches: 0 })
})

test('there is none for a program that is not valid, nor where code must not be generated', () => {
  const memory = new WebAssembly.Memory({ initial: 4 })
  expect(PcapScanner.create(memory, { ...copy, program: programOf([[0xff, 0, 0, 0]]) })).toBeNull()
  vi.stubGlobal('WebAssembly', {
    Module: class {
      constructor() {
        throw new Error('Wasm code generation disallowed by embedder')
      }
    },
  })
  expect(PcapScanner.create(memory, copy)).toBeNull()
})
