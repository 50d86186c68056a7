import type { Bytes, Offset, PacketNumber } from '../units.ts'

/** PacketRecord's invalidFraction in `unitsPerSecond` instead of the file's `ticksPerSecond`, as libpcap converts it: as
 *  a signed number of 32 bits, towards zero. The result has the same 32 bits, unsigned. */
export function convertInvalidFraction(fraction: number, ticksPerSecond: number, unitsPerSecond: number): number {
  const signed = fraction | 0
  const converted =
    unitsPerSecond < ticksPerSecond
      ? Math.trunc(signed / (ticksPerSecond / unitsPerSecond))
      : signed * (unitsPerSecond / ticksPerSecond)
  return converted >>> 0
}

/** One packet as a capture file holds it. The reader reuses a single instance:
 *  whoever keeps anything past `packet()` copies it. */
export class PacketRecord {
  /** 1-based over the whole input. */
  number: PacketNumber = 0
  /** Buffer that holds the captured bytes at [at, end). */
  bytes: Uint8Array = new Uint8Array(0)
  at: Offset = 0
  end: Offset = 0
  /** Length on the wire, ≥ end - at when the snapshot length cut the packet. */
  wireBytes: Bytes = 0
  /** Unix time: whole seconds, and nanoseconds within the second. For a source without a date,
   *  seconds since midnight of an unknown day (`CaptureInfo.dated` is false). */
  seconds = 0
  nanos = 0
  /** The file's own field for the fraction of a second where it says a second or more (tcpdump prints it as
   *  "invalid us" or "invalid ns"; `seconds` and `nanos` have it carried over), else -1. */
  invalidFraction = -1
  /** Index into the interfaces announced so far. */
  interfaceIndex = 0
  /** LINKTYPE_ value as in the file (https://www.tcpdump.org/linktypes.html). */
  link = 1
  /** pcapng opt_comment, else null. */
  comment: string | null = null
  /** Text sources only: the time stamp as printed. */
  clock: string | null = null
}

export interface InterfaceInfo {
  readonly index: number
  readonly name: string | null
  readonly link: number
  /** 0 = unlimited. */
  readonly snaplen: Bytes
  /** Units of time stamps in the file: 1e6 microseconds, 1e9 nanoseconds … per second. */
  readonly ticksPerSecond: number
  /** Capture filter, where the file or the text's banner names it. */
  readonly filter: string | null
  /** Bytes of frame check sequence at the end of each packet, where the file says so. */
  readonly fcsBytes?: Bytes
}

export type FileFormat = 'pcap' | 'pcapng' | 'tcpdump-text'

export interface CaptureInfo {
  readonly format: FileFormat
  /** False when time stamps carry no date (pasted text). */
  readonly dated: boolean
}

/** Cut or damaged input: every whole packet before it has been delivered. */
export interface CaptureDamage {
  readonly code: 'cut' | 'malformed'
  /** Byte offset in the (decompressed) input where the damaged record begins. */
  readonly offset: number
  /** English, one line: what is wrong there. */
  readonly message: string
}

/** A line of an HTTP client's log that was pasted with the trace. */
export interface ClientLogLine {
  readonly kind:
    | 'resolved'
    | 'connecting'
    | 'connected'
    | 'request-line'
    | 'request-header'
    | 'request-sent'
    | 'data'
    | 'response-header'
    | 'complete'
  /** As pasted, without surrounding white space. */
  readonly text: string
  /** resolved/connecting/connected: address; request-line: method and target; headers: name and value;
   *  request-sent: bytes; data: bytes and total; complete: status. */
  readonly host: string | null
  readonly address: string | null
  readonly name: string | null
  readonly value: string | null
  readonly bytes: Bytes | null
  readonly total: Bytes | null
  readonly status: number | null
}

/** What a reader tells. Methods other than `packet` are called rarely. */
export interface CaptureSink {
  capture(info: CaptureInfo): void
  interface(info: InterfaceInfo): void
  packet(record: PacketRecord): void
  /** Name resolution block, or a host name in a text source that got the stand-in `address`. */
  name?(address: string, name: string): void
  /** pcapng Decryption Secrets Block: kept for TLS. */
  secrets?(type: number, data: Uint8Array): void
  comment?(text: string): void
  /** Interface statistics: packets newly known to be dropped by the interface or the capturing system.
   *  The sum over all calls is the total. */
  dropped?(interfaceIndex: number, packets: number): void
  unknownBlock?(type: number): void
  clientLog?(lines: readonly ClientLogLine[]): void
}

/** What the header of a pcap file says of its records, all of which have a header of 16 bytes. */
export interface PcapLayout {
  /** LINKTYPE_ value. */
  readonly link: number
  readonly littleEndian: boolean
  /** Time stamps are in nanoseconds, else in microseconds. */
  readonly nano: boolean
  readonly snaplen: Bytes
}

/** Takes records of a pcap file over from its reader, many at a time: they do not reach the sink. */
export interface RecordScan {
  /** Takes whole records from bytes[at, end), as many in a row as it can; what it cannot take, and what follows in
   *  these bytes, up to `rest` records, the reader then reads itself. Returns the offset of the first byte that it did
   *  not take. `before`: number of the packet before. */
  scan(bytes: Uint8Array, at: Offset, end: Offset, layout: PcapLayout, before: PacketNumber): Offset
  /** Records that the last scan() took. */
  readonly packets: number
  /** Records that the reader reads before it asks again, where it has as many. */
  readonly rest: number
  /** No more records are wanted. */
  readonly isDone: boolean
}

/** Incremental reader of one format. Feeding the same bytes in any split gives the same calls. */
export interface CaptureReader {
  /** Delivers every whole record in bytes[at, end) and returns the offset of the first byte not consumed.
   *  The caller presents the unconsumed bytes again, in front of what follows them.
   *  Returns -1 after damage, or when nothing more is wanted: nothing more will be read. */
  read(bytes: Uint8Array, at: Offset, end: Offset): Offset
  /** Bytes needed before read() can make progress: a hint for the caller's buffer, ≥ 1. */
  readonly wants: Bytes
  /** Call once at the end of the input with the bytes that were left over. */
  finish(bytes: Uint8Array, at: Offset, end: Offset): void
  readonly damage: CaptureDamage | null
  /** What libpcap says of the damage, in its own words; only readers of its formats know. */
  readonly complaint?: string | null
}
