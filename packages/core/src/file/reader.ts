import { decodeAscii } from '../bytes/text.ts'
import type { Bytes, Offset } from '../units.ts'
import { nameText } from './magic.ts'
import { PcapReader } from './pcap.ts'
import { PcapngReader } from './pcapng.ts'
import type { CaptureDamage, CaptureReader, CaptureSink, FileFormat } from './record.ts'
import { CaptureSession } from './session.ts'
import { type Sniffed, sniff } from './sniff.ts'
import { createTextReader } from './text/reader.ts'
import { TextSink } from './text-sink.ts'

export type RejectionCode =
  /** No byte at all. */
  | 'empty'
  /** gzip or zstd: whoever opened the reader inflates first. */
  | 'compressed'
  /** Compressed or archived in a way that is not read. */
  | 'unsupported-compression'
  /** A capture of another program. */
  | 'unsupported-capture'
  /** Something else altogether. */
  | 'not-a-capture'
  /** Text without a single line of tcpdump's. */
  | 'no-trace'

/** Why an input is not read at all. */
export interface Rejection {
  readonly code: RejectionCode
  /** English, one line: "this looks like a PNG image, not a capture". */
  readonly message: string
  /** What to do. */
  readonly hint: string
}

const ACCEPTED = 'give a pcap or pcapng file (gzip and zstd are opened too) or the text that tcpdump printed'
/** Enough of a text's beginning to say what it is. */
const BEGINNING_BYTES = 512

/** Reads a capture of any known format: recognises it by its first bytes and hands on to that format's reader. */
export class AnyReader implements CaptureReader {
  /** Null until the format is known. */
  format: FileFormat | null = null
  /** Set when the input is not read at all; `damage` then says the same. */
  rejection: Rejection | null = null
  private readonly sink: CaptureSink
  private readonly session: CaptureSession
  private inner: CaptureReader | null = null
  private wanted: Bytes = 12
  private textSink: TextSink | null = null
  private beginning = ''

  constructor(sink: CaptureSink, session: CaptureSession) {
    this.sink = sink
    this.session = session
  }

  get wants(): Bytes {
    return this.inner === null ? this.wanted : this.inner.wants
  }

  get damage(): CaptureDamage | null {
    if (this.rejection !== null) return { code: 'malformed', offset: 0, message: this.rejection.message }
    return this.inner === null ? null : this.inner.damage
  }

  get complaint(): string | null {
    return this.rejection !== null ? 'unknown file format' : (this.inner?.complaint ?? null)
  }

  read(bytes: Uint8Array, at: Offset, end: Offset): Offset {
    if (this.inner !== null) return this.inner.read(bytes, at, end)
    return this.open(bytes, at, end, false)
  }

  finish(bytes: Uint8Array, at: Offset, end: Offset): void {
    if (this.inner === null && this.rejection === null) this.open(bytes, at, end, true)
    if (this.inner === null) return
    const left = this.inner.read(bytes, at, end)
    if (left >= 0) this.inner.finish(bytes, left, end)
    if (this.textSink !== null && !this.textSink.hasPackets) {
      const message = `this looks like ${this.beginning}, without a line of tcpdump's output in it`
      this.rejection = { code: 'no-trace', message, hint: ACCEPTED }
    }
  }

  private open(bytes: Uint8Array, at: Offset, end: Offset, complete: boolean): Offset {
    const sniffed = sniff(bytes, at, end, complete)
    if (sniffed.kind === 'undecided') {
      this.wanted = sniffed.wants
      return at
    }
    if (sniffed.kind === 'pcap') {
      this.format = 'pcap'
      this.inner = new PcapReader(this.sink, this.session)
    } else if (sniffed.kind === 'pcapng') {
      this.format = 'pcapng'
      this.inner = new PcapngReader(this.sink, this.session)
    } else if (sniffed.kind === 'text') {
      this.format = 'tcpdump-text'
      this.beginning = nameText(decodeAscii(bytes, at, Math.min(end, at + BEGINNING_BYTES)))
      this.textSink = new TextSink(this.sink, this.session)
      this.inner = createTextReader(this.textSink)
    } else {
      this.rejection = reject(sniffed)
      return -1
    }
    // finish() hands it on itself.
    return complete ? at : this.inner.read(bytes, at, end)
  }
}

function reject(sniffed: Exclude<Sniffed, { kind: 'undecided' }>): Rejection {
  if (sniffed.kind === 'empty') return { code: 'empty', message: 'the input is empty: 0 bytes', hint: ACCEPTED }
  if (sniffed.kind === 'other') {
    const code =
      sniffed.family === 'capture'
        ? 'unsupported-capture'
        : sniffed.family === 'compressed'
          ? 'unsupported-compression'
          : 'not-a-capture'
    return { code, message: `this looks like ${sniffed.name}, not a capture`, hint: sniffed.hint ?? ACCEPTED }
  }
  return { code: 'compressed', message: `this is ${sniffed.kind}-compressed`, hint: 'decompress it first' }
}

/** Opens a capture of any known format, or several files of one capture if the session is handed on from one to
 *  the next. Feed it through a ChunkFeeder, or call read() with large buffers. */
export function openCapture(sink: CaptureSink, session: CaptureSession = new CaptureSession()): AnyReader {
  return new AnyReader(sink, session)
}
