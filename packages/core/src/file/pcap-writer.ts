import { ByteWriter, type Flush } from '../bytes/writer.ts'
import type { Bytes, Offset } from '../units.ts'
import { convertInvalidFraction, type PacketRecord } from './record.ts'

export interface PcapOptions {
  /** LINKTYPE_ value, with the flags that share its field. */
  readonly link: number
  /** As tcpdump -s; 262144 is its default. */
  readonly snaplen: Bytes
  /** Nanosecond time stamps (magic a1b23c4d) in place of microseconds. */
  readonly nano: boolean
  /** Units of the source's time stamps, which tell what a record's invalidFraction means. */
  readonly ticksPerSecond?: number
}

const RECORD_HEADER_BYTES = 16

/** Writes pcap 2.4 as tcpdump does, little-endian. Microseconds are rounded down.
 *  A time before 1970 or after 2106 does not fit the format and is written as its border. */
export class PcapWriter {
  private readonly out: ByteWriter
  private readonly unitsPerSecond: number
  private readonly ticksPerSecond: number

  /** Writes the file header. */
  constructor(onFlush: Flush, options: PcapOptions) {
    this.out = new ByteWriter(onFlush)
    this.unitsPerSecond = options.nano ? 1e9 : 1e6
    this.ticksPerSecond = options.ticksPerSecond ?? this.unitsPerSecond
    this.out.u32(options.nano ? 0xa1b23c4d : 0xa1b2c3d4)
    this.out.u16(2)
    this.out.u16(4)
    this.out.zeros(8)
    this.out.u32(options.snaplen)
    this.out.u32(options.link)
  }

  /** The record's link type must be the file's: a pcap file has only one. */
  packet(record: PacketRecord): void {
    const { out, unitsPerSecond, ticksPerSecond } = this
    const captured = record.end - record.at
    // Whoever reads the file while it grows, or after a kill, finds whole records.
    out.keepTogether(RECORD_HEADER_BYTES + captured)
    let { seconds } = record
    let fraction = unitsPerSecond === 1e9 ? record.nanos : Math.floor(record.nanos / 1000)
    if (record.invalidFraction >= 0) {
      // As libpcap does: what is wrong stays wrong.
      seconds -= Math.floor(record.invalidFraction / ticksPerSecond)
      fraction = convertInvalidFraction(record.invalidFraction, ticksPerSecond, unitsPerSecond)
    }
    out.u32(Math.min(Math.max(seconds, 0), 0xffffffff))
    out.u32(fraction)
    out.u32(captured)
    out.u32(record.wireBytes)
    out.copy(record.bytes, record.at, record.end)
  }

  /** Records that have this file's form already: little-endian, with its unit of time. */
  records(bytes: Uint8Array, at: Offset, end: Offset): void {
    this.out.copy(bytes, at, end)
  }

  /** Hands on what is still held; the writer can go on afterwards. */
  flush(): void {
    this.out.flush()
  }
}
