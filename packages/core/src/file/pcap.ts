import { u32be } from '../bytes/read.ts'
import type { Bytes, Offset, PacketNumber } from '../units.ts'
import { libpcapMaxBytes, libpcapSnaplen, MAX_RECORD_BYTES } from './limits.ts'
import type { CaptureDamage, CaptureReader, CaptureSink, PcapLayout } from './record.ts'
import { CaptureSession } from './session.ts'

/*  pcap, https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html
 *
 *  file header                          record header
 *   0 magic                              0 seconds
 *   4 major version   6 minor version    4 microseconds or nanoseconds
 *   8 time zone, unused                  8 captured length
 *  12 accuracy, unused                  12 length on the wire
 *  16 snapshot length                   16 (Kuznetsov's variant: interface index,
 *  20 link type and flags                   protocol, packet type: 8 bytes)
 *  24 (IXIA: bytes of all records)                                                  */
const MAJOR = 4
const MINOR = 6
const SNAPLEN = 16
const LINK = 20
const HEADER_BYTES = 24
const SECONDS = 0
const FRACTION = 4
const CAPTURED = 8
const ON_WIRE = 12
const RECORD_BYTES = 16
const LINK_EN10MB = 1

interface Variant {
  readonly nano: boolean
  readonly headerBytes: Bytes
  readonly recordBytes: Bytes
}

const STANDARD: Variant = { nano: false, headerBytes: HEADER_BYTES, recordBytes: RECORD_BYTES }

/** Magic as read in the file's own byte order. */
const VARIANTS: ReadonlyMap<number, Variant> = new Map([
  [0xa1b2c3d4, STANDARD],
  [0xa1b23c4d, { ...STANDARD, nano: true }],
  /** Alexey Kuznetsov's, in old Linux distributions. */
  [0xa1b2cd34, { ...STANDARD, recordBytes: 24 }],
  /** IXIA's lcap from hardware (nanoseconds) and software. */
  [0x1c0001ac, { ...STANDARD, headerBytes: 28, nano: true }],
  [0x1c0001ab, { ...STANDARD, headerBytes: 28 }],
])

/** True if the four bytes at `at` are the magic of a pcap file that PcapReader reads. */
export function isPcapMagic(b: Uint8Array, at: Offset): boolean {
  const magic = u32be(b, at)
  return VARIANTS.has(magic) || VARIANTS.has(swap32(magic))
}

function swap32(n: number): number {
  return ((n << 24) | ((n << 8) & 0xff0000) | ((n >>> 8) & 0xff00) | (n >>> 24)) >>> 0
}

const TOO_MANY = 'the files describe too many interfaces'

/** Order of the two lengths in a record header. They changed places in version 2.3, but some writers of 2.3 did not
 *  follow, and DG/UX (543.0) never did. */
const Lengths = { NORMAL: 0, SWAPPED: 1, MAYBE_SWAPPED: 2 } as const
type LengthOrder = (typeof Lengths)[keyof typeof Lengths]

/** Reads pcap in all its variants and both byte orders, as libpcap reads it, but for the size of a packet:
 *  anything up to 16 MiB is accepted unless the session is strict. Packets are delivered in place, in the caller's buffer. */
export class PcapReader implements CaptureReader {
  damage: CaptureDamage | null = null
  complaint: string | null = null
  wants: Bytes = HEADER_BYTES
  private readonly sink: CaptureSink
  private readonly session: CaptureSession
  /** Input offset of the first byte not yet consumed. */
  private position = 0
  private ready = false
  private little = true
  private ticks = 1000
  private headerBytes: Bytes = HEADER_BYTES
  private recordBytes: Bytes = RECORD_BYTES
  private snaplen: Bytes = MAX_RECORD_BYTES
  private lengths: LengthOrder = Lengths.NORMAL
  private link = LINK_EN10MB
  private interfaceIndex = 0
  /** null where records are not of the common form. */
  private layout: PcapLayout | null = null
  private bytes: Uint8Array | null = null
  private view: DataView = new DataView(new ArrayBuffer(0))

  constructor(sink: CaptureSink, session: CaptureSession = new CaptureSession()) {
    this.sink = sink
    this.session = session
  }

  read(bytes: Uint8Array, start: Offset, end: Offset): Offset {
    if (this.damage !== null) return -1
    if (this.bytes !== bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    let at = start
    if (!this.ready) {
      if (end - at < this.wants) return at
      if (!this.readHeader(bytes, at, end)) return this.damage === null ? at : -1
      at += this.headerBytes
      this.position += this.headerBytes
    }
    for (;;) {
      at = this.scanRecords(bytes, at, end)
      if (at < 0) return -1
      const rest = this.session.packets + (this.session.scan?.rest ?? Number.POSITIVE_INFINITY)
      at = this.readRecords(bytes, at, end, rest)
      if (at < 0 || this.session.packets < rest) return at
    }
  }

  finish(bytes: Uint8Array, start: Offset, end: Offset): void {
    const at = this.read(bytes, start, end)
    if (at < 0 || at === end) return
    const what = this.ready
      ? `packet ${this.session.packets + 1}: ${end - at} of ${this.wants} bytes`
      : `the file header: ${end - at} of ${this.headerBytes} bytes`
    this.damage = { code: 'cut', offset: this.position, message: `the file ends inside ${what} are there` }
    this.complaint = this.truncated(at, end)
  }

  /** libpcap reads the magic, the rest of the file header, a record's header and its packet one by one. */
  private truncated(at: Offset, end: Offset): string {
    const left = end - at
    const tried = (bytes: Bytes, what: string, got: Bytes): string =>
      `truncated dump file; tried to read ${bytes} ${what} bytes, only got ${got}`
    if (!this.ready) return left < 4 ? tried(4, 'file header', left) : tried(this.headerBytes, 'file header', left - 4)
    if (left < this.recordBytes) return tried(this.recordBytes, 'header', left)
    const captured = this.wants - this.recordBytes
    const got = left - this.recordBytes
    // The snapshot length is read first, what exceeds it is skipped.
    return tried(got < this.snaplen ? Math.min(captured, this.snaplen) : captured, 'captured', got)
  }

  /** False if more bytes are wanted, or after damage. */
  private readHeader(bytes: Uint8Array, at: Offset, end: Offset): boolean {
    const magic = u32be(bytes, at)
    this.little = !VARIANTS.has(magic)
    const variant = VARIANTS.get(this.little ? swap32(magic) : magic)
    if (variant === undefined) {
      return this.fail(0, 'this is no pcap file: its magic number is unknown', 'unknown file format')
    }
    this.headerBytes = variant.headerBytes
    this.recordBytes = variant.recordBytes
    this.wants = this.headerBytes
    if (end - at < this.headerBytes) return false
    const { view, little } = this
    const major = view.getUint16(at + MAJOR, little)
    const minor = view.getUint16(at + MINOR, little)
    if (!((major === 2 && minor <= 4) || (major === 543 && minor === 0))) {
      const complaint =
        major < 2 ? 'archaic pcap savefile format' : `unsupported pcap savefile version ${major}.${minor}`
      return this.fail(0, `pcap version ${major}.${minor} is not known: the versions in use are 2.0 to 2.4`, complaint)
    }
    this.lengths = major === 543 || minor < 3 ? Lengths.SWAPPED : minor === 3 ? Lengths.MAYBE_SWAPPED : Lengths.NORMAL
    const linkField = view.getUint32(at + LINK, little)
    this.link = linkOf(linkField)
    let snaplen = view.getUint32(at + SNAPLEN, little)
    if (snaplen > 0x7fffffff) snaplen = 0
    // A cooked capture of this variant has a made-up Ethernet header in front of snaplen bytes.
    if (variant.recordBytes > RECORD_BYTES && this.link === LINK_EN10MB && snaplen > 0) snaplen += 14
    const unlimited = this.session.strict ? libpcapSnaplen(this.link, 0) : MAX_RECORD_BYTES
    this.snaplen = snaplen === 0 ? unlimited : snaplen
    this.ticks = variant.nano ? 1 : 1000
    const isCommon = variant.recordBytes === RECORD_BYTES && this.lengths === Lengths.NORMAL
    this.layout = isCommon ? { link: this.link, littleEndian: little, nano: variant.nano, snaplen: this.snaplen } : null
    const hasFcs = (linkField & 0x04000000) !== 0
    this.session.announce(this.sink, { format: 'pcap', dated: true })
    this.interfaceIndex = this.session.addInterface(this.sink, {
      name: null,
      link: this.link,
      snaplen,
      ticksPerSecond: variant.nano ? 1e9 : 1e6,
      filter: null,
      ...(hasFcs ? { fcsBytes: (linkField >>> 28) * 2 } : {}),
    })
    if (this.interfaceIndex < 0) return this.fail(0, TOO_MANY, TOO_MANY)
    this.ready = true
    this.wants = this.recordBytes
    return true
  }

  /** What the session's scan takes. Returns where readRecords has to begin, or -1 if nothing more is wanted. */
  private scanRecords(bytes: Uint8Array, start: Offset, end: Offset): Offset {
    const { session, layout } = this
    const { scan } = session
    if (scan === null || layout === null) return start
    const at = scan.scan(bytes, start, end, layout, session.packets)
    session.packets += scan.packets
    this.position += at - start
    return scan.isDone ? -1 : at
  }

  /** Up to packet number `until`. */
  private readRecords(bytes: Uint8Array, start: Offset, end: Offset, until: PacketNumber): Offset {
    const { view, little, recordBytes, lengths, snaplen, ticks, sink, session } = this
    const record = session.record
    const last = end - recordBytes
    const perSecond = 1e9 / ticks
    const most = session.strict ? Math.min(libpcapMaxBytes(this.link), MAX_RECORD_BYTES) : MAX_RECORD_BYTES
    let number = session.packets
    let at = start
    let wants = recordBytes
    record.bytes = bytes
    record.link = this.link
    record.interfaceIndex = this.interfaceIndex
    record.comment = null
    record.clock = null
    while (at <= last && number < until) {
      let captured = view.getUint32(at + CAPTURED, little)
      let onWire = view.getUint32(at + ON_WIRE, little)
      if (lengths !== Lengths.NORMAL && (lengths === Lengths.SWAPPED || captured > onWire)) {
        const swapped = captured
        captured = onWire
        onWire = swapped
      }
      if (captured > most) {
        session.packets = number
        const bound = captured > snaplen ? `snaplen of ${snaplen}` : `maximum of ${most}`
        const complaint = `invalid packet capture length ${captured}, bigger than ${bound}`
        this.fail(this.position + at - start, oversized(number + 1, captured), complaint)
        return -1
      }
      const dataAt = at + recordBytes
      const next = dataAt + captured
      if (next > end) {
        wants = recordBytes + captured
        break
      }
      let seconds = view.getUint32(at + SECONDS, little)
      let fraction = view.getUint32(at + FRACTION, little)
      let invalid = -1
      if (fraction >= perSecond) {
        invalid = fraction
        const carry = Math.floor(fraction / perSecond)
        seconds += carry
        fraction -= carry * perSecond
      }
      record.number = ++number
      record.seconds = seconds
      record.invalidFraction = invalid
      // An integer product: a plain one makes V8 keep the field as a boxed double.
      record.nanos = Math.imul(fraction, ticks)
      record.at = dataAt
      // libpcap, too, hands over no more than the snapshot length, whatever the record holds.
      record.end = captured > snaplen ? dataAt + snaplen : next
      record.wireBytes = onWire
      at = next
      sink.packet(record)
    }
    session.packets = number
    this.position += at - start
    this.wants = wants
    return at
  }

  private fail(offset: number, message: string, complaint: string): false {
    this.damage = { code: 'malformed', offset, message }
    this.complaint = complaint
    return false
  }
}

function oversized(number: number, captured: Bytes): string {
  return `packet ${number} claims ${captured} captured bytes, more than any packet has: the file is damaged here`
}

/** The link type without the flags that share its field: the length of the frame check sequence (bits 26 to 31),
 *  NetBSD's class (bits 16 to 25; 0x224 is "raw IP of an address family", from NetBSD's DLT_RAWAF). */
function linkOf(field: number): number {
  const low = field & 0xffff
  if (((field >>> 16) & 0x3ff) !== 0x224) return low
  if (low === 2) return 228
  if (low === 24) return 229
  return low
}
