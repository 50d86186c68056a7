import { endianness } from 'node:os'

const RECORD_HEADER_BYTES = 16
/** Offset in a record's header of the number of its captured bytes. */
const CAPTURED = 8

/** Whether the records of live captures have the byte order of the files that are written. */
export const isLittleEndian = endianness() === 'LE'

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
