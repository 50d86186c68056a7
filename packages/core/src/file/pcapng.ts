import { formatIpv4, formatIpv6 } from '../bytes/address.ts'
import { u32be } from '../bytes/read.ts'
import { decodeUtf8 } from '../bytes/text.ts'
import type { Bytes, Offset } from '../units.ts'
import { libpcapSnaplen, MAX_RECORD_BYTES } from './limits.ts'
import {
  BLOCK_FRAME_BYTES,
  BLOCK_HEAD_BYTES,
  Block,
  BYTE_ORDER_MAGIC,
  eachOption,
  NameRecord,
  Option,
  padded,
} from './pcapng-blocks.ts'
import { MICROSECONDS, type Resolution, readResolution, splitTime, ticksPerSecond } from './pcapng-time.ts'
import type { CaptureDamage, CaptureReader, CaptureSink } from './record.ts'
import { CaptureSession } from './session.ts'

const SECTION_MIN_BYTES = 28
/** libpcap takes a longer first section header for a mistake. */
const SECTION_MAX_BYTES = 1024 * 1024
/** Room for the options of a packet of the greatest length. */
const MAX_BLOCK_BYTES = MAX_RECORD_BYTES + 256 * 1024

interface SectionInterface {
  readonly index: number
  readonly link: number
  readonly snaplen: Bytes
  readonly resolution: Resolution
  /** Drops told to the sink so far: packets' own counts and the statistics block's total speak of the same packets. */
  dropped: number
}

/** True if the 12 bytes at `at` begin a pcapng file: a section header block with its byte-order magic. */
export function isPcapngStart(b: Uint8Array, at: Offset): boolean {
  if (u32be(b, at) !== Block.SECTION) return false
  const magic = u32be(b, at + 8)
  return magic === BYTE_ORDER_MAGIC || magic === 0x4d3c2b1a
}

/** Reads pcapng: any number of sections, each in its own byte order, each with its own interfaces, whose
 *  indexes go on counting over sections. Packets are delivered in place, in the caller's buffer.
 *  Malformed options are left out; a malformed block is damage, as it is for libpcap. A strict session takes, as
 *  libpcap does, one byte order, one link type and one snapshot length in a file. */
export class PcapngReader implements CaptureReader {
  damage: CaptureDamage | null = null
  complaint: string | null = null
  wants: Bytes = BLOCK_FRAME_BYTES
  private readonly sink: CaptureSink
  private readonly session: CaptureSession
  private position = 0
  private inSection = false
  private little = true
  private interfaces: SectionInterface[] = []
  /** Link type and snapshot length of the file's first interface, for strict sessions; -1 before it. */
  private firstLink = -1
  private firstSnaplen: Bytes = 0
  private bytes: Uint8Array = new Uint8Array(0)
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
    const { record } = this.session
    record.bytes = bytes
    record.clock = null
    record.comment = null
    record.invalidFraction = -1
    const { view } = this
    let at = start
    this.wants = BLOCK_FRAME_BYTES
    while (end - at >= BLOCK_FRAME_BYTES) {
      const blockBytes = this.readFrame(at)
      if (blockBytes < 0) return -1
      if (blockBytes > end - at) {
        this.wants = blockBytes
        break
      }
      const blockEnd = at + blockBytes
      if (view.getUint32(blockEnd - 4, this.little) !== blockBytes) {
        const complaint = "block total length in header and trailer don't match"
        this.fail('a block gives two different lengths at its two ends', complaint)
        return -1
      }
      const type = view.getUint32(at, this.little)
      if (!this.readBlock(type, at + BLOCK_HEAD_BYTES, blockEnd - 4)) return -1
      at = blockEnd
      this.position += blockBytes
    }
    return at
  }

  finish(bytes: Uint8Array, start: Offset, end: Offset): void {
    const at = this.read(bytes, start, end)
    if (at < 0) return
    if (at === end) {
      if (this.session.strict && this.firstLink < 0) {
        this.fail('the file describes no interface', 'the capture file has no Interface Description Blocks')
      }
      return
    }
    const left = end - at
    const message = `the file ends inside a block: ${left} of ${this.wants} bytes are there`
    this.damage = { code: 'cut', offset: this.position, message }
    this.complaint = this.truncated(at, left)
  }

  /** libpcap reads a block's head and its rest one by one; 12 bytes of the first section header belong to the head. */
  private truncated(at: Offset, left: Bytes): string {
    if (this.position === 0 && left < BLOCK_FRAME_BYTES) return 'unknown file format'
    const head = this.position === 0 ? BLOCK_FRAME_BYTES : BLOCK_HEAD_BYTES
    if (left < head) return truncated(head, left)
    const blockBytes = this.view.getUint32(at + 4, this.little)
    return blockBytes < BLOCK_FRAME_BYTES ? impossibleLength(blockBytes) : truncated(blockBytes - head, left - head)
  }

  /** Length of the block whose first 12 bytes lie at `at`, or -1 after damage. A section header sets the byte order. */
  private readFrame(at: Offset): Bytes {
    const { view } = this
    const isSection = view.getUint32(at, true) === Block.SECTION
    if (isSection && !this.readByteOrder(at)) return -1
    const blockBytes = view.getUint32(at + 4, this.little)
    const least = isSection ? SECTION_MIN_BYTES : BLOCK_FRAME_BYTES
    if (!isSection && !this.inSection) this.fail('the file does not begin with a section header', 'unknown file format')
    else if (isSection && this.position === 0 && (blockBytes < least || blockBytes > SECTION_MAX_BYTES)) {
      const complaint = `Section Header Block in pcapng dump file has invalid length 28 < _${blockBytes}_ < ${SECTION_MAX_BYTES} (BT_SHB_INSANE_MAX)`
      this.fail(`the section header claims a length of ${blockBytes} bytes, which none can have`, complaint)
    } else if (blockBytes < least || blockBytes % 4 !== 0) {
      const complaint = impossibleLength(blockBytes)
      this.fail(`a block claims a length of ${blockBytes} bytes, which no block can have`, complaint)
    } else if (blockBytes > MAX_BLOCK_BYTES) {
      const complaint = `pcapng block size ${blockBytes} > maximum ${MAX_RECORD_BYTES}`
      this.fail(`a block claims ${blockBytes} bytes, more than any block of a capture has`, complaint)
    }
    return this.damage === null ? blockBytes : -1
  }

  private readByteOrder(at: Offset): boolean {
    const magic = this.view.getUint32(at + 8, true)
    const little = magic === BYTE_ORDER_MAGIC
    if (!little && magic !== 0x4d3c2b1a) {
      const complaint = 'the file has a section with a bad byte order magic field'
      return this.fail(
        'a section header lacks the byte-order magic',
        this.inSection ? complaint : 'unknown file format',
      )
    }
    if (this.session.strict && this.inSection && little !== this.little) {
      const complaint = 'the file has sections with different byte orders'
      return this.fail('a section has another byte order than the first one', complaint)
    }
    this.little = little
    return true
  }

  /** The body of a whole block lies at [at, end). False after damage. */
  private readBlock(type: number, at: Offset, end: Offset): boolean {
    switch (type) {
      case Block.ENHANCED_PACKET:
        return this.readEnhancedPacket(at, end)
      case Block.SIMPLE_PACKET:
        return this.readSimplePacket(at, end)
      case Block.PACKET:
        return this.readOldPacket(at, end)
      case Block.SECTION:
        return this.readSection(at, end)
      case Block.INTERFACE:
        return this.readInterface(at, end)
      case Block.NAMES:
        this.readNames(at, end)
        return true
      case Block.STATISTICS:
        this.readStatistics(at, end)
        return true
      case Block.SECRETS:
        this.readSecrets(at, end)
        return true
      default:
        this.sink.unknownBlock?.(type)
        return true
    }
  }

  /*  0 byte-order magic   4 major version   6 minor version   8 section length, unused   16 options */
  private readSection(at: Offset, end: Offset): boolean {
    const major = this.view.getUint16(at + 4, this.little)
    const minor = this.view.getUint16(at + 6, this.little)
    const { strict } = this.session
    if (major !== 1 || (strict && !this.inSection && minor !== 0 && minor !== 2)) {
      const complaint = this.inSection
        ? `unknown pcapng savefile major version number ${major}`
        : `unsupported pcapng savefile version ${major}.${minor}`
      return this.fail(`pcapng version ${major}.${minor} is not known: the version in use is 1.0`, complaint)
    }
    this.inSection = true
    this.interfaces = []
    this.session.announce(this.sink, { format: 'pcapng', dated: true })
    this.readComments(at + 16, end)
    return true
  }

  /*  0 link type   2 reserved   4 snapshot length   8 options */
  private readInterface(at: Offset, end: Offset): boolean {
    const { view, little, bytes } = this
    if (end - at < 8) return this.tooShort('interface description', Block.INTERFACE)
    let name: string | null = null
    let filter: string | null = null
    let fcsBytes = -1
    let tsresol = -1
    let offsetSeconds = 0
    eachOption(view, at + 8, end, little, (code, valueAt, valueBytes) => {
      if (code === Option.IF_NAME) name = decodeUtf8(bytes, valueAt, valueAt + valueBytes)
      else if (code === Option.IF_TSRESOL && valueBytes >= 1) tsresol = bytes[valueAt]
      else if (code === Option.IF_FCSLEN && valueBytes >= 1) fcsBytes = bytes[valueAt]
      // The first byte tells the form: 0 is pcap-filter text, 1 a program.
      else if (code === Option.IF_FILTER && valueBytes >= 1 && bytes[valueAt] === 0) {
        filter = decodeUtf8(bytes, valueAt + 1, valueAt + valueBytes)
      } else if (code === Option.IF_TSOFFSET && valueBytes >= 8) {
        const high = little ? view.getInt32(valueAt + 4, true) : view.getInt32(valueAt, false)
        const low = little ? view.getUint32(valueAt, true) : view.getUint32(valueAt + 4, false)
        offsetSeconds = high * 2 ** 32 + low
      }
    })
    this.readComments(at + 8, end)
    const resolution = tsresol < 0 ? { ...MICROSECONDS, offsetSeconds } : readResolution(tsresol, offsetSeconds)
    if (resolution === null) {
      const units = tsresol & 0x80 ? `2^-${tsresol & 0x7f}` : `10^-${tsresol}`
      return this.fail(
        `an interface has time stamps in units (if_tsresol ${tsresol}) too fine for their 64 bits`,
        `Interface Description Block if_tsresol option resolution ${units} is too high`,
      )
    }
    const link = view.getUint16(at, little)
    const snaplen = view.getUint32(at + 4, little)
    if (this.firstLink < 0) {
      this.firstLink = link
      this.firstSnaplen = libpcapSnaplen(link, snaplen)
    } else if (this.session.strict && !this.isLikeFirst(link, snaplen)) return false
    const index = this.session.addInterface(this.sink, {
      name,
      link,
      snaplen,
      ticksPerSecond: ticksPerSecond(resolution),
      filter,
      ...(fcsBytes >= 0 ? { fcsBytes } : {}),
    })
    if (index < 0) {
      const message = 'the file describes too many interfaces'
      return this.fail(message, message)
    }
    this.interfaces.push({ index, link, snaplen, resolution, dropped: 0 })
    return true
  }

  private isLikeFirst(link: number, snaplen: Bytes): boolean {
    if (link !== this.firstLink) {
      const complaint = `an interface has a type ${link} different from the type of the first interface`
      return this.fail(`an interface has link type ${link}, the first one ${this.firstLink}`, complaint)
    }
    if (libpcapSnaplen(link, snaplen) === this.firstSnaplen) return true
    const complaint = `an interface has a snapshot length ${snaplen} different from the snapshot length of the first interface`
    return this.fail(`an interface has snapshot length ${snaplen}, the first one ${this.firstSnaplen}`, complaint)
  }

  /*  0 interface   4 time, high half   8 low half   12 captured length   16 length on the wire   20 data, options */
  private readEnhancedPacket(at: Offset, end: Offset): boolean {
    const { view, little } = this
    if (end - at < 20) return this.tooShort('packet', Block.ENHANCED_PACKET)
    const from = this.interfaces[view.getUint32(at, little)]
    if (from === undefined) return this.noInterface(view.getUint32(at, little))
    const captured = view.getUint32(at + 12, little)
    if (captured > end - at - 20 || this.isOverSnaplen(captured))
      return this.packetTooLong(captured, Block.ENHANCED_PACKET)
    splitTime(this.session.record, view.getUint32(at + 4, little), view.getUint32(at + 8, little), from.resolution)
    const optionsAt = at + 20 + padded(captured)
    const comment = optionsAt + 4 <= end ? this.readPacketOptions(from, optionsAt, end) : null
    this.deliver(from, at + 20, captured, view.getUint32(at + 16, little), comment)
    return true
  }

  /*  0 interface   2 drops   4 time, high half   8 low half   12 captured length   16 length on the wire   20 data, options */
  private readOldPacket(at: Offset, end: Offset): boolean {
    const { view, little } = this
    if (end - at < 20) return this.tooShort('packet', Block.PACKET)
    const from = this.interfaces[view.getUint16(at, little)]
    if (from === undefined) return this.noInterface(view.getUint16(at, little))
    const captured = view.getUint32(at + 12, little)
    if (captured > end - at - 20 || this.isOverSnaplen(captured)) return this.packetTooLong(captured, Block.PACKET)
    const drops = view.getUint16(at + 2, little)
    if (drops !== 0 && drops !== 0xffff) this.addDrops(from, drops)
    splitTime(this.session.record, view.getUint32(at + 4, little), view.getUint32(at + 8, little), from.resolution)
    const optionsAt = at + 20 + padded(captured)
    const comment = optionsAt + 4 <= end ? this.readPacketOptions(null, optionsAt, end) : null
    this.deliver(from, at + 20, captured, view.getUint32(at + 16, little), comment)
    return true
  }

  /*  0 length on the wire   4 data: as much of it as the first interface's snapshot length lets through, without time */
  private readSimplePacket(at: Offset, end: Offset): boolean {
    if (end - at < 4) return this.tooShort('packet', Block.SIMPLE_PACKET)
    const from = this.interfaces[0]
    if (from === undefined) return this.noInterface(0)
    const onWire = this.view.getUint32(at, this.little)
    const cut = from.snaplen === 0 ? onWire : Math.min(onWire, from.snaplen)
    if (this.session.strict && cut > end - at - 4) return this.tooShort('packet', Block.SIMPLE_PACKET)
    const captured = Math.min(cut, end - at - 4)
    this.session.record.seconds = 0
    this.session.record.nanos = 0
    this.deliver(from, at + 4, captured, onWire, null)
    return true
  }

  /** The record's time is set already. */
  private deliver(from: SectionInterface, at: Offset, captured: Bytes, onWire: Bytes, comment: string | null): void {
    const { session } = this
    const { record } = session
    record.number = ++session.packets
    record.at = at
    record.end = at + captured
    record.wireBytes = onWire
    record.interfaceIndex = from.index
    record.link = from.link
    record.comment = comment
    this.sink.packet(record)
  }

  /** The packet's comments, one a line; its drop count goes to the sink (enhanced packets only). */
  private readPacketOptions(from: SectionInterface | null, at: Offset, end: Offset): string | null {
    const { view, little, bytes } = this
    let comment: string | null = null
    // A loop of its own, since a closure a packet costs more than the rest.
    while (at + 4 <= end) {
      const code = view.getUint16(at, little)
      const valueBytes = view.getUint16(at + 2, little)
      const valueAt = at + 4
      if (code === Option.END || valueAt + valueBytes > end) break
      if (code === Option.COMMENT) {
        const text = decodeUtf8(bytes, valueAt, valueAt + valueBytes)
        comment = comment === null ? text : `${comment}\n${text}`
      } else if (code === Option.EPB_DROPCOUNT && valueBytes >= 8 && from !== null) {
        this.addDrops(from, this.readU64(valueAt))
      }
      at = valueAt + padded(valueBytes)
    }
    return comment
  }

  private readComments(at: Offset, end: Offset): void {
    const { sink, bytes } = this
    if (sink.comment === undefined) return
    eachOption(this.view, at, end, this.little, (code, valueAt, valueBytes) => {
      if (code === Option.COMMENT) sink.comment?.(decodeUtf8(bytes, valueAt, valueAt + valueBytes))
    })
  }

  /*  Records of type, length, value; a value is an address and its names, each ended by a zero byte. */
  private readNames(at: Offset, end: Offset): void {
    const { view, little, bytes, sink } = this
    while (at + 4 <= end) {
      const type = view.getUint16(at, little)
      const valueBytes = view.getUint16(at + 2, little)
      const valueAt = at + 4
      const valueEnd = valueAt + valueBytes
      at = valueAt + padded(valueBytes)
      if (type === NameRecord.END) break
      if (valueEnd > end) return
      const addressBytes = type === NameRecord.IPV4 ? 4 : type === NameRecord.IPV6 ? 16 : 0
      if (addressBytes === 0 || valueBytes < addressBytes) continue
      const address = addressBytes === 4 ? formatIpv4(bytes, valueAt) : formatIpv6(bytes, valueAt)
      let nameAt = valueAt + addressBytes
      while (nameAt < valueEnd) {
        let nameEnd = nameAt
        while (nameEnd < valueEnd && bytes[nameEnd] !== 0) nameEnd++
        if (nameEnd > nameAt) sink.name?.(address, decodeUtf8(bytes, nameAt, nameEnd))
        nameAt = nameEnd + 1
      }
    }
    this.readComments(at, end)
  }

  /*  0 interface   4 time   12 options */
  private readStatistics(at: Offset, end: Offset): void {
    const { view, little } = this
    if (end - at < 12) return
    const from = this.interfaces[view.getUint32(at, little)]
    if (from === undefined) return
    let total = 0
    eachOption(view, at + 12, end, little, (code, valueAt, valueBytes) => {
      if ((code === Option.ISB_IFDROP || code === Option.ISB_OSDROP) && valueBytes >= 8) total += this.readU64(valueAt)
    })
    if (total > from.dropped) this.addDrops(from, total - from.dropped)
    this.readComments(at + 12, end)
  }

  /*  0 type of secrets   4 length   8 data, options */
  private readSecrets(at: Offset, end: Offset): void {
    const { view, little, bytes, sink } = this
    if (end - at < 8) return
    const length = view.getUint32(at + 4, little)
    if (length > end - at - 8) return
    sink.secrets?.(view.getUint32(at, little), bytes.slice(at + 8, at + 8 + length))
    this.readComments(at + 8 + padded(length), end)
  }

  private addDrops(from: SectionInterface, packets: number): void {
    if (packets === 0) return
    from.dropped += packets
    this.sink.dropped?.(from.index, packets)
  }

  /** Exact up to 2^53. */
  private readU64(at: Offset): number {
    const { view, little } = this
    const high = view.getUint32(little ? at + 4 : at, little)
    return high * 2 ** 32 + view.getUint32(little ? at : at + 4, little)
  }

  private isOverSnaplen(captured: Bytes): boolean {
    return this.session.strict && captured > this.firstSnaplen
  }

  private tooShort(what: string, type: number): false {
    return this.fail(`a ${what} block is too short for its fixed fields`, shortBlock(type))
  }

  private noInterface(id: number): false {
    const complaint =
      this.firstLink < 0
        ? 'the capture file has a packet block before any Interface Description Blocks'
        : `a packet arrived on interface ${id}, but there's no Interface Description Block for that interface`
    return this.fail(`a packet names interface ${id}, which this section of the file does not describe`, complaint)
  }

  private packetTooLong(captured: Bytes, type: number): false {
    const [holds, complaint] = this.isOverSnaplen(captured)
      ? [
          'its interface captures',
          `invalid packet capture length ${captured}, bigger than snaplen of ${this.firstSnaplen}`,
        ]
      : ['its block holds', shortBlock(type)]
    const number = this.session.packets + 1
    return this.fail(`packet ${number} claims ${captured} captured bytes, more than ${holds}`, complaint)
  }

  private fail(message: string, complaint: string): false {
    this.complaint = complaint
    this.damage = { code: 'malformed', offset: this.position, message }
    return false
  }
}

function truncated(tried: Bytes, got: Bytes): string {
  return `truncated pcapng dump file; tried to read ${tried} bytes, only got ${got}`
}

function impossibleLength(blockBytes: Bytes): string {
  const rule = blockBytes < BLOCK_FRAME_BYTES ? `< ${BLOCK_FRAME_BYTES}` : 'that is not a multiple of 4'
  return `block in pcapng dump file has a length of ${blockBytes} ${rule}`
}

function shortBlock(type: number): string {
  return `block of type ${type} in pcapng dump file is too short`
}
