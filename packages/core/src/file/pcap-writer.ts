import { ByteWriter, type Flush } from '../bytes/writer.ts'
import type { Bytes } from '../units.ts'
import type { PacketRecord } from './record.ts'

export interface PcapOptions {
  readonly link: number
  /** As tcpdump -s; 262144 is its default. */
  readonly snaplen: Bytes
  /** Nanosecond time stamps (magic a1b23c4d) in place of microseconds. */
  readonly nano: boolean
}

/** Writes pcap 2.4 as tcpdump does, little-endian. Microseconds are rounded down.
 *  A time before 1970 or after 2106 does not fit the format and is written as its border. */
export class PcapWriter {
  private readonly out: ByteWriter
  private readonly nano: boolean

  /** Writes the file header. */
  constructor(onFlush: Flush, options: PcapOptions) {
    this.out = new ByteWriter(onFlush)
    this.nano = options.nano
    this.out.u32(options.nano ? 0xa1b23c4d : 0xa1b2c3d4)
    this.out.u16(2)
    this.out.u16(4)
    this.out.zeros(8)
    this.out.u32(options.snaplen)
    this.out.u32(options.link)
  }

  /** The record's link type must be the file's: a pcap file has only one. */
  packet(record: PacketRecord): void {
    const { out } = this
    const captured = record.end - record.at
    out.u32(Math.min(Math.max(record.seconds, 0), 0xffffffff))
    out.u32(this.nano ? record.nanos : Math.floor(record.nanos / 1000))
    out.u32(captured)
    out.u32(record.wireBytes)
    out.copy(record.bytes, record.at, record.end)
  }

  /** Hands on what is still held; the writer can go on afterwards. */
  flush(): void {
    this.out.flush()
  }
}
