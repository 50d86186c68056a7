/** Bytes in front of the first record. */
export const HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16
const MICROSECONDS = 0xa1b2c3d4
const NANOSECONDS = 0xa1b23c4d
/** Bits of the link type in the last word of the file's header. */
const LINK_BITS = 0x03ffffff
/** No packet of any interface is larger. */
const LARGEST_SNAPLEN = 0x8000000
const BUFFER_BYTES = 2 ** 20

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** A pcap file in this machine's byte order that comes in pieces, cut into whole records. Memory: one buffer. */
export class RecordStream {
  readonly bytes: Uint8Array
  readonly link: number
  readonly snaplen: number
  readonly isNano: boolean
  /** What has not been released is at [start, end). */
  start: number = 0
  /** Records that the last wholeRecords() found. */
  packets = 0
  /** What is wrong with the stream; nothing more is to be had of it then. */
  damage: string | null = null
  private end: number = 0
  private readonly view: DataView

  /** `header`: at least the first HEADER_BYTES of the file. Throws RangeError if they begin no such file. */
  constructor(header: Uint8Array) {
    const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES)
    const magic = view.getUint32(0, IS_LITTLE_ENDIAN)
    this.snaplen = view.getUint32(16, IS_LITTLE_ENDIAN)
    this.link = view.getUint32(20, IS_LITTLE_ENDIAN) & LINK_BITS
    this.isNano = magic === NANOSECONDS
    if ((magic !== MICROSECONDS && magic !== NANOSECONDS) || this.snaplen > LARGEST_SNAPLEN)
      throw new RangeError('not a pcap file')
    this.bytes = new Uint8Array(Math.max(BUFFER_BYTES, 2 * (this.snaplen + RECORD_HEADER_BYTES)))
    this.view = new DataView(this.bytes.buffer)
  }

  /** Takes in what there is room for of chunk[at, …), which follows the header; returns the first offset that it did
   *  not take. Room comes from release(). */
  add(chunk: Uint8Array, at: number): number {
    if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end)
      this.end -= this.start
      this.start = 0
    }
    const taken = Math.min(chunk.length - at, this.bytes.length - this.end)
    this.bytes.set(chunk.subarray(at, at + taken), this.end)
    this.end += taken
    return at + taken
  }

  /** End of the whole records from `start` on, at most `limit` of them. */
  wholeRecords(limit: number): number {
    let at = this.start
    this.packets = 0
    while (this.packets < limit && this.end - at >= RECORD_HEADER_BYTES) {
      const captured = this.view.getUint32(at + 8, IS_LITTLE_ENDIAN)
      if (captured > this.snaplen) {
        this.damage = `a packet of ${captured} bytes where there can be ${this.snaplen}`
        break
      }
      if (this.end - at < RECORD_HEADER_BYTES + captured) break
      at += RECORD_HEADER_BYTES + captured
      this.packets++
    }
    return at
  }

  release(end: number): void {
    this.start = end
  }
}
