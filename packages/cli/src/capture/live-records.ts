import { endianness } from 'node:os'
import { type AnyReader, CaptureSession, type CaptureSink, type InterfaceInfo, openCapture } from '@wiretale/core'
import type { LiveSource } from './live-source.ts'

const FILE_HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16
/** Offset in a record's header of the number of its captured bytes. */
const CAPTURED = 8

/** Whether the records of live captures have the byte order of the files that are written. */
export const isLittleEndian = endianness() === 'LE'

/** The packets of a live capture, one by one, from the records that it hands over. */
export class LiveRecords {
  private readonly reader: AnyReader

  /** The sink is told of the interface at once. `filter`: the words of the filter. */
  constructor(source: LiveSource, filter: string, sink: CaptureSink) {
    const name = source.device
    const filterWords = filter.trim() === '' ? null : filter
    const session = new CaptureSession()
    this.reader = openCapture(
      {
        capture: (info) => sink.capture(info),
        interface: (info) => sink.interface({ ...info, name, filter: filterWords }),
        packet: (record) => sink.packet(record),
      },
      session,
    )
    const header = fileHeader(source)
    this.reader.read(header, 0, header.length)
  }

  /** Hands on the records in bytes[at, end). */
  read(bytes: Uint8Array, at: number, end: number): void {
    this.reader.read(bytes, at, end)
  }
}

/** How many whole records of a little-endian pcap file are in bytes[at, end). */
export function countRecords(bytes: Uint8Array, at: number, end: number): number {
  let count = 0
  for (let next = nextRecord(bytes, at, end); next <= end; next = nextRecord(bytes, next, end)) count++
  return count
}

/** Where the last whole record of a little-endian pcap file in bytes[at, end) ends. */
export function endOfRecords(bytes: Uint8Array, at: number, end: number): number {
  let last = at
  for (let next = nextRecord(bytes, at, end); next <= end; next = nextRecord(bytes, next, end)) last = next
  return last
}

/** Where the record at `at` ends; beyond `end` if it is not whole. */
function nextRecord(bytes: Uint8Array, at: number, end: number): number {
  const lengthAt = at + CAPTURED
  if (at + RECORD_HEADER_BYTES > end) return end + 1
  const captured =
    bytes[lengthAt] + bytes[lengthAt + 1] * 0x100 + bytes[lengthAt + 2] * 0x10000 + bytes[lengthAt + 3] * 0x1000000
  return at + RECORD_HEADER_BYTES + captured
}

/** The header of a pcap file with such records, in this machine's byte order. */
function fileHeader({ link, snaplen, ticksPerSecond }: Pick<InterfaceInfo, 'link' | 'snaplen' | 'ticksPerSecond'>) {
  const bytes = new Uint8Array(FILE_HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, ticksPerSecond === 1e9 ? 0xa1b23c4d : 0xa1b2c3d4, isLittleEndian)
  view.setUint16(4, 2, isLittleEndian)
  view.setUint16(6, 4, isLittleEndian)
  view.setUint32(16, snaplen, isLittleEndian)
  view.setUint32(20, link, isLittleEndian)
  return bytes
}
