import {
  type AnyReader,
  type CaptureDamage,
  type CaptureReader,
  CaptureSession,
  type CaptureSink,
  type InterfaceInfo,
  openCapture,
  type PacketRecord,
  type RecordScan,
} from '@wiretale/core'

/** What happens with the packets of an input. Both may throw: the exception comes out of `outcome()`. */
export interface InputSink {
  /** An interface that the file describes, the first one before opened(). */
  interface(info: InterfaceInfo): void
  /** The file's header has been read: link type, snapshot length … No packet has come yet. */
  opened(info: InterfaceInfo): void
  /** Returns false when no more packets are wanted. */
  packet(record: PacketRecord): boolean
}

/** The magic number of pcap, or the one within pcapng's first block, lies in these. */
const MAGIC_BYTES = 12

function isBigEndian(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xa1 || (bytes[at] === 0x0a && bytes[at + 8] === 0x1a)
}

/** Reads one capture as libpcap does: first as much as tells its link type, then packet by packet; one link type in
 *  a file, no text. Exceptions of the sink end the reading. */
export class CaptureInput implements CaptureReader {
  private readonly sink: InputSink
  private readonly inner: AnyReader
  private isOpen = false
  private goesOn = true
  private failure: unknown = null
  private hasFailed = false
  private first: InterfaceInfo | null = null
  private isText = false
  private seenBytes = 0
  private bigEndian = false

  /** `scan` may take packets over before they come to the sink; `aside` is told what the file says beside its packets. */
  constructor(sink: InputSink, scan: RecordScan | null, aside: Omit<CaptureSink, 'packet'> | null) {
    this.sink = sink
    const inner: CaptureSink = {
      capture: (info) => aside?.capture(info),
      interface: (info) => {
        this.first ??= info
        sink.interface(info)
        aside?.interface(info)
      },
      name: (address, name) => aside?.name?.(address, name),
      comment: (text) => aside?.comment?.(text),
      dropped: (index, packets) => aside?.dropped?.(index, packets),
      unknownBlock: (type) => aside?.unknownBlock?.(type),
      packet: (record) => {
        if (this.goesOn) this.goesOn = sink.packet(record)
      },
    }
    this.inner = openCapture(inner, new CaptureSession({ strict: true, scan }))
  }

  get wants(): number {
    return this.inner.wants
  }

  get damage(): CaptureDamage | null {
    return this.goesOn && !this.hasFailed ? this.inner.damage : null
  }

  read(bytes: Uint8Array, start: number, end: number): number {
    try {
      const at = this.isOpen ? start : this.open(bytes, start, end)
      const next = at >= 0 && this.isOpen ? this.inner.read(bytes, at, end) : at
      return this.goesOn ? next : -1
    } catch (error) {
      return this.fail(error)
    }
  }

  finish(bytes: Uint8Array, at: number, end: number): void {
    try {
      this.seenBytes += end - at
      if (this.goesOn && !this.hasFailed) this.inner.finish(bytes, at, end)
      this.checkText()
    } catch (error) {
      this.fail(error)
    }
  }

  /** How the input ended: null if well, else what libpcap says of it. `damage`: what reading the bytes has come to.
   *  Throws what the sink has thrown. */
  outcome(damage: CaptureDamage | null): string | null {
    if (this.hasFailed) throw this.failure
    if (!this.goesOn) return null
    if (!this.isOpen && this.seenBytes < 4) {
      return `truncated dump file; tried to read 4 file header bytes, only got ${this.seenBytes}`
    }
    if (this.isText) return 'unknown file format'
    if (damage !== null && damage !== this.inner.damage && this.inner.rejection === null) return damage.message
    return this.inner.complaint ?? damage?.message ?? null
  }

  /** What to do about an input that could not be opened. */
  get hint(): string | null {
    if (this.isText) return 'wiretale explain FILE reads the text that tcpdump printed'
    return this.inner.rejection?.hint ?? null
  }

  /** Whether a machine with big-endian numbers has written the file. */
  get isBigEndian(): boolean {
    return this.bigEndian
  }

  /** False if the file's header could not be read. */
  get wasOpened(): boolean {
    return this.isOpen
  }

  /** Hands on no more than what the header takes, so that opened() comes before the first packet. */
  private open(bytes: Uint8Array, start: number, end: number): number {
    const { inner } = this
    let at = start
    if (this.seenBytes === 0 && end - start >= MAGIC_BYTES) this.bigEndian = isBigEndian(bytes, start)
    while (!this.isOpen) {
      const upTo = Math.min(end, at + inner.wants)
      const next = inner.read(bytes, at, upTo)
      if (next < 0) {
        this.seenBytes += end - at
        return -1
      }
      this.seenBytes += next - at
      if (this.checkText()) return -1
      if (this.first !== null) {
        this.isOpen = true
        this.sink.opened(this.first)
      } else if (upTo === end) return next
      at = next
    }
    return at
  }

  private checkText(): boolean {
    if (this.inner.format === 'tcpdump-text') this.isText = true
    return this.isText
  }

  private fail(error: unknown): -1 {
    this.failure = error
    this.hasFailed = true
    return -1
  }
}
