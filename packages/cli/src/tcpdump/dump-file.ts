import { closeSync, fchownSync, fstatSync, openSync } from 'node:fs'
import { type InterfaceInfo, type PacketRecord, PcapngWriter, PcapWriter } from '@wiretale/core'
import { writeFully } from '../terminal/write.ts'
import { Failure, systemWords } from './failure.ts'

/** What a written file says of itself. */
export interface DumpFormat {
  readonly pcapng: boolean
  /** Nanosecond time stamps. */
  readonly nano: boolean
  /** Where the packets come from. `snaplen` as libpcap takes it. */
  readonly source: InterfaceInfo
  /** For pcapng: all interfaces that have been met so far. */
  readonly interfaces: Interfaces
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
  private readonly interfaces: Interfaces
  /** Interfaces that this file describes. */
  private described = 0
  private readonly writer: PcapWriter | PcapngWriter
  private readonly flushBytes: (bytes: Uint8Array, at: number, end: number) => void

  /** Creates or empties the file and writes its header; `-` is standard output. Throws Failure. */
  constructor(path: string, format: DumpFormat, owner: Owner | null) {
    this.path = path
    this.fd = path === '-' ? 1 : open(path, owner)
    this.flushBytes = (bytes, at, end) => {
      try {
        writeFully(this.fd, bytes, at, end)
      } catch (error) {
        if (error instanceof Error && 'code' in error) throw new Failure(`${path}: ${systemWords(error)}`)
        throw error
      }
    }
    this.interfaces = format.interfaces
    this.writer = format.pcapng ? this.beginPcapng() : this.beginPcap(format)
    this.describe()
  }

  packet(record: PacketRecord): void {
    this.size += RECORD_HEADER_BYTES + record.end - record.at
    if (this.writer instanceof PcapWriter) this.writer.packet(record)
    else this.pcapngPacket(this.writer, record)
  }

  /** Records of a pcap file that are in this file's form; not for pcapng. */
  records(bytes: Uint8Array, at: number, end: number): void {
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

  private beginPcap({ nano, source }: DumpFormat): PcapWriter {
    const fcs = source.fcsBytes === undefined ? 0 : HAS_FCS + (source.fcsBytes / 2) * 2 ** 28
    return new PcapWriter(this.flushBytes, {
      link: source.link + fcs,
      snaplen: source.snaplen,
      nano,
      ticksPerSecond: source.ticksPerSecond,
    })
  }

  private beginPcapng(): PcapngWriter {
    const writer = new PcapngWriter(this.flushBytes)
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
