import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type AnalyseOptions,
  Analysis,
  type CaptureInfo,
  ChunkFeeder,
  type InterfaceInfo,
  openCapture,
  PacketRecord,
  type ReportLine,
} from '@wiretale/core'
import { rootFolder } from '../needs.ts'

/** A capture in memory: its packets can be left out, mixed and replayed. */
export interface Capture {
  name: string
  info: CaptureInfo
  interfaces: InterfaceInfo[]
  records: PacketRecord[]
}

const ALL: AnalyseOptions = {
  file: null,
  types: new Set(['capture', 'packet', 'conversation', 'exchange', 'finding', 'summary']),
  lang: 'en',
  showSecrets: false,
}

const captureFolder = join(rootFolder, 'tests/fixtures/captures')

/** Every capture of tests/fixtures/captures: adding a file there adds a case to each suite that uses them. */
export function fixtureCaptures(): string[] {
  return readdirSync(captureFolder)
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(captureFolder, name))
}

export function loadCapture(path: string): Capture {
  const capture: Capture = { name: path, info: { format: 'pcap', dated: true }, interfaces: [], records: [] }
  const reader = openCapture({
    capture: (info) => {
      capture.info = info
    },
    interface: (info) => {
      capture.interfaces.push(info)
    },
    packet: (record) => {
      capture.records.push(copyRecord(record))
    },
  })
  const feeder = new ChunkFeeder(reader)
  feeder.push(readFileSync(path))
  feeder.end()
  return capture
}

function copyRecord(record: PacketRecord): PacketRecord {
  const copy = Object.assign(new PacketRecord(), record)
  copy.bytes = record.bytes.slice(record.at, record.end)
  copy.at = 0
  copy.end = copy.bytes.length
  return copy
}

/** The report on some packets of a capture, in the order given; they keep their numbers. */
export function analyseRecords(capture: Capture, records: readonly PacketRecord[] = capture.records): ReportLine[] {
  const lines: ReportLine[] = []
  const analysis = new Analysis(ALL, (line) => lines.push(line))
  analysis.capture(capture.info)
  for (const described of capture.interfaces) analysis.interface(described)
  for (const record of records) analysis.packet(record)
  analysis.finish(null)
  return lines
}

/** The report on a file's bytes, fed in pieces of the given sizes (the last size repeats). */
export function analyseChunks(
  bytes: Uint8Array,
  sizes: readonly number[],
  options: Partial<AnalyseOptions> = {},
): ReportLine[] {
  const lines: ReportLine[] = []
  const analysis = new Analysis({ ...ALL, ...options }, (line) => lines.push(line))
  const reader = openCapture(analysis)
  const feeder = new ChunkFeeder(reader)
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const end = Math.min(bytes.length, at + Math.max(1, sizes[Math.min(piece, sizes.length - 1)]))
    // A copy of its own, as a pipe would give: nothing may be kept of the caller's buffer.
    const chunk = bytes.slice(at, end)
    feeder.push(chunk)
    chunk.fill(0xee)
    at = end
  }
  feeder.end()
  analysis.finish(feeder.damage)
  return lines
}

export function linesOf<T extends ReportLine['type']>(
  lines: readonly ReportLine[],
  type: T,
): Extract<ReportLine, { type: T }>[] {
  return lines.filter((line): line is Extract<ReportLine, { type: T }> => line.type === type)
}

/** Seeded numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
