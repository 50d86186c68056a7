import { readFileSync } from 'node:fs'

/** A record of a pcap file as its bytes have it. */
export interface PcapRecord {
  readonly seconds: number
  readonly fraction: number
  readonly wireBytes: number
  readonly bytes: Buffer
}

export interface PcapContent {
  readonly header: Buffer
  readonly link: number
  readonly records: readonly PcapRecord[]
  /** Bytes at the end that are no whole record. */
  readonly rest: number
}

/** Takes a little-endian pcap file apart. */
export function readPcap(path: string): PcapContent {
  const file = readFileSync(path)
  const records: PcapRecord[] = []
  let at = 24
  while (at + 16 <= file.length) {
    const end = at + 16 + file.readUInt32LE(at + 8)
    if (end > file.length) break
    records.push({
      seconds: file.readUInt32LE(at),
      fraction: file.readUInt32LE(at + 4),
      wireBytes: file.readUInt32LE(at + 12),
      bytes: file.subarray(at + 16, end),
    })
    at = end
  }
  return { header: file.subarray(0, 24), link: file.readUInt32LE(20), records, rest: file.length - at }
}
