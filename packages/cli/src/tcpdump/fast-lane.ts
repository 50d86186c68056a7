import {
  type BpfProgram,
  type PcapLayout,
  PcapScanner,
  type RecordScan,
  type ScanOptions,
  ScanStop,
} from '@wiretale/core'
import { AlignedBuffer } from '../sources/aligned-buffer.ts'

/** As libpcap for all but two link types; longer records are left to the reader, which knows. */
const MAX_BYTES = 262_144

/** More than for other ways of reading: here every read is followed by next to nothing. */
const READ_BYTES = 8 * 65_536

/** How many more packets are wanted, and where those that match are counted. */
export interface Tally {
  readonly left: number
  add(packets: number): void
}

export interface LaneTask {
  /** null: all packets. */
  readonly program: BpfProgram | null
  /** Takes the records that match, null if they are only to be counted: bytes of a little-endian pcap file. */
  readonly write: ((bytes: Uint8Array, at: number, end: number) => void) | null
  /** What is written has nanosecond time stamps. */
  readonly nano: boolean
}

/** Counts or copies the packets that match without handing over any: several times as fast as one by one. */
export class FastLane implements RecordScan {
  packets = 0
  readonly rest = Number.POSITIVE_INFINITY
  /** Where files have to be read for this. What lies elsewhere (pipes, decompressed bytes) is not taken. */
  readonly buffer: AlignedBuffer
  private readonly tally: Tally
  private task: LaneTask | null = null
  /** Made for these bytes and this layout. */
  private scanner: PcapScanner | null = null
  private bytes: Uint8Array | null = null
  private layout: PcapLayout | null = null
  private rewrites = false
  /** Gathered bytes that are not written yet: [0, gathered) of the buffer. */
  private gathered = 0

  constructor(tally: Tally, readBytes = READ_BYTES) {
    this.tally = tally
    this.buffer = new AlignedBuffer({ bodyBytes: readBytes, gathers: true })
  }

  /** From now on this is done; before, nothing is taken. */
  begin(task: LaneTask): void {
    this.task = task
    this.bytes = null
  }

  get isDone(): boolean {
    return this.task !== null && this.tally.left <= 0
  }

  scan(bytes: Uint8Array, start: number, end: number, layout: PcapLayout): number {
    const { task, tally } = this
    this.packets = 0
    if (task === null || bytes !== this.buffer.bytes) return start
    if (bytes !== this.bytes || layout !== this.layout) this.prepare(task, bytes, layout)
    let at = start
    while (this.scanner !== null && !this.isDone) {
      const { scanner } = this
      at = scanner.scan(at, end, this.gathered, tally.left)
      this.packets += scanner.packets
      tally.add(scanner.matches)
      this.gathered = scanner.outEnd
      if (scanner.runEnd > scanner.runAt) {
        this.flush(task, bytes)
        task.write?.(bytes, scanner.runAt, scanner.runEnd)
      }
      if (scanner.stop === ScanStop.RECORD && !this.rewrites && task.write !== null) {
        // Perhaps only a packet that is longer than the snapshot length of its file.
        this.rewrites = true
        this.scanner = this.create(task, layout)
      } else if (scanner.stop !== ScanStop.LONG_RUN) break
    }
    this.flush(task, bytes)
    return at
  }

  private prepare(task: LaneTask, bytes: Uint8Array, layout: PcapLayout): void {
    this.bytes = bytes
    this.layout = layout
    this.rewrites = !layout.littleEndian || layout.nano !== task.nano
    this.scanner = this.create(task, layout)
  }

  private create(task: LaneTask, { littleEndian, nano, snaplen }: PcapLayout): PcapScanner | null {
    const scan: ScanOptions = {
      program: task.program,
      littleEndian,
      snaplen,
      maxBytes: MAX_BYTES,
      output: task.write === null ? 'count' : this.rewrites ? 'rewrite' : 'copy',
      fraction: nano === task.nano ? 'keep' : nano ? 'down' : 'up',
    }
    return PcapScanner.create(this.buffer.memory, scan)
  }

  private flush(task: LaneTask, bytes: Uint8Array): void {
    if (this.gathered > 0) task.write?.(bytes, 0, this.gathered)
    this.gathered = 0
  }
}
