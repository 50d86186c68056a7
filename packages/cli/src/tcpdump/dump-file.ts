import { closeSync, fchownSync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import { type InterfaceInfo, type PacketRecord, PcapngWriter, PcapWriter } from '@wiretale/core'
import { endOfRecords } from '../capture/live-records.ts'
import { writeFully } from '../terminal/write.ts'
import { Failure, systemWords } from './failure.ts'
import type { WriteBytes } from './tell.ts'

/** What a written file says of itself. */
export interface DumpFormat {
  readonly pcapng: boolean
  /** Nanosecond time stamps. */
  readonly nano: boolean
  /** Where the packets come from. `snaplen` as libpcap takes it. */
  readonly source: InterfaceInfo
  /** For pcapng: all interfaces that have been met so far. */
  readonly interfaces: Interfaces
  /** To standard output. */
  readonly write: WriteBytes
}

/** The interfaces of all inputs in a row. Grows while it is read. */
export class Interfaces {
  readonly list: InterfaceInfo[] = []
  /** Where those of the current input begin. */
  private begin = 0

  /** The next input counts its interfaces anew. */
  nextInput(): void {
    this.begin = this.list.length
  }

  /** Place in the list of the current input's interface. */
  indexOf(record: PacketRecord): number {
    return this.begin + record.interfaceIndex
  }
}

/** Who shall own files that root writes. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

const FILE_HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16
/** Bit 26: the field's upper four bits hold the length of the frame check sequence, in units of two bytes. */
const HAS_FCS = 0x04000000

/** One file that -w writes. */
export class DumpFile {
  readonly path: string
  /** Bytes written so far, those held back included. pcapng: as if it were pcap. */
  size = FILE_HEADER_BYTES
  private readonly fd: number
  private readonly write: WriteBytes
  /** Bytes that are in the file. */
  private written = 0
  /** Where the record that is being written begins. */
  private recordAt = FILE_HEADER_BYTES
  /** Nothing more can be written. */
  private hasFailed = false
  private readonly interfaces: Interfaces
  /** Interfaces that this file describes. */
  private described = 0
  private readonly writer: PcapWriter | PcapngWriter

  /** Creates or empties the file and writes its header; `-` is standard output. Throws Failure. */
  constructor(path: string, format: DumpFormat, owner: Owner | null) {
    this.path = path
    this.fd = path === '-' ? 1 : open(path, owner)
    this.write = format.write
    this.interfaces = format.interfaces
    this.writer = format.pcapng ? this.beginPcapng() : this.beginPcap(format)
    this.describe()
  }

  packet(record: PacketRecord): void {
    this.recordAt = this.size
    this.size += RECORD_HEADER_BYTES + record.end - record.at
    if (this.writer instanceof PcapWriter) this.writer.packet(record)
    else this.pcapngPacket(this.writer, record)
  }

  /** Records of a pcap file that are in this file's form; not for pcapng. */
  records(bytes: Uint8Array, at: number, end: number): void {
    this.recordAt = this.size
    this.size += end - at
    if (this.writer instanceof PcapWriter) this.writer.records(bytes, at, end)
  }

  flush(): void {
    this.writer.flush()
  }

  close(): void {
    this.writer.flush()
    if (this.fd !== 1) closeSync(this.fd)
  }

  /** What was collected, into the file. Throws Failure. */
  private put(bytes: Uint8Array, at: number, end: number): void {
    if (this.hasFailed) return
    try {
      if (this.fd === 1) this.write(bytes, at, end)
      else writeFully(this.fd, bytes, at, end)
      this.written += end - at
    } catch (error) {
      this.hasFailed = true
      if (this.fd !== 1) this.cutOff(bytes, at)
      if (error instanceof Error && 'code' in error) throw new Failure(`${this.path}: ${systemWords(error)}`)
      throw error
    }
  }

  /** Not all that begins at bytes[at] fitted: takes the part of a record at the file's end away. */
  private cutOff(bytes: Uint8Array, at: number): void {
    if (!(this.writer instanceof PcapWriter)) return
    const { written, recordAt } = this
    try {
      const stat = fstatSync(this.fd)
      if (!stat.isFile()) return
      const first = written === 0 ? at + FILE_HEADER_BYTES : at
      const last = endOfRecords(bytes, first, Math.max(first, at + stat.size - written))
      // A record that is longer than the writer's buffer comes in two parts.
      ftruncateSync(this.fd, Math.min(stat.size, written > recordAt ? recordAt : written + last - at))
    } catch {
      // It stays: readers say that the file was cut short.
    }
  }

  private beginPcap({ nano, source }: DumpFormat): PcapWriter {
    const fcs = source.fcsBytes === undefined ? 0 : HAS_FCS + (source.fcsBytes / 2) * 2 ** 28
    return new PcapWriter((bytes, at, end) => this.put(bytes, at, end), {
      link: source.link + fcs,
      snaplen: source.snaplen,
      nano,
      ticksPerSecond: source.ticksPerSecond,
    })
  }

  private beginPcapng(): PcapngWriter {
    const writer = new PcapngWriter((bytes, at, end) => this.put(bytes, at, end))
    writer.section()
    return writer
  }

  /** Interfaces may come between packets. */
  private describe(): void {
    const { writer } = this
    const { list } = this.interfaces
    if (writer instanceof PcapWriter) return
    for (; this.described < list.length; this.described++) writer.interface(list[this.described])
  }

  private pcapngPacket(writer: PcapngWriter, record: PacketRecord): void {
    if (this.described < this.interfaces.list.length) this.describe()
    writer.packet(record, this.interfaces.indexOf(record))
  }
}

function open(path: string, owner: Owner | null): number {
  try {
    const fd = openSync(path, 'w', 0o666)
    // Not a device: giving /dev/null away would harm everybody else.
    if (owner !== null && fstatSync(fd).isFile()) fchownSync(fd, owner.uid, owner.gid)
    return fd
  } catch (error) {
    throw new Failure(`${path}: ${systemWords(error)}`)
  }
}
