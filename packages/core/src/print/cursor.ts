import type { Bytes, Offset } from '../units.ts'

/** Thrown by a read beyond the end of what was captured; only PacketPrinter catches it, once a packet, and prints
 *  ` [|protocol]` behind what was printed so far. */
export const TRUNCATED = new Error('the capture ends inside the packet')

/** Bounded reads at absolute offsets of the packet's buffer: what a printer reads is there, or it ends. */
export class Cursor {
  bytes: Uint8Array = new Uint8Array(0)
  /** First byte of the captured packet. */
  start: Offset = 0
  /** End of what may be read: of the captured bytes, or of a layer that says that it ends before. */
  end: Offset = 0
  private viewed: Uint8Array | null = null
  private words: DataView = new DataView(new ArrayBuffer(0))

  open(bytes: Uint8Array, start: Offset, end: Offset): void {
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  /** The buffer for reads of several bytes at once; made once for each buffer. The reader minds `end` itself. */
  get view(): DataView {
    const { bytes } = this
    if (this.viewed !== bytes) {
      this.viewed = bytes
      this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    return this.words
  }

  /** Lets nothing be read at or beyond `end`; an end beyond the present one changes nothing. Returns the present end,
   *  which the caller assigns to `end` when its layer is done. (PacketPrinter does so after a TRUNCATED.) */
  narrow(end: Offset): Offset {
    const before = this.end
    if (end < before) this.end = end
    return before
  }

  /** True if [at, at + bytes) may be read. */
  has(at: Offset, bytes: Bytes): boolean {
    return at + bytes <= this.end
  }

  /** Throws TRUNCATED unless [at, at + bytes) may be read. */
  need(at: Offset, bytes: Bytes): void {
    if (at + bytes > this.end) throw TRUNCATED
  }

  /** Bytes that may be read from `at` on; 0 where it lies behind the end. */
  left(at: Offset): Bytes {
    return at < this.end ? this.end - at : 0
  }

  u8(at: Offset): number {
    if (at >= this.end) throw TRUNCATED
    return this.bytes[at]
  }

  u16(at: Offset): number {
    if (at + 2 > this.end) throw TRUNCATED
    return (this.bytes[at] << 8) | this.bytes[at + 1]
  }

  u24(at: Offset): number {
    if (at + 3 > this.end) throw TRUNCATED
    const b = this.bytes
    return (b[at] << 16) | (b[at + 1] << 8) | b[at + 2]
  }

  u32(at: Offset): number {
    if (at + 4 > this.end) throw TRUNCATED
    const b = this.bytes
    return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0
  }

  /** 64 bits; allocates: not for hot paths. */
  u64(at: Offset): bigint {
    return (BigInt(this.u32(at)) << 32n) | BigInt(this.u32(at + 4))
  }

  /** Little-endian 16 bits. */
  le16(at: Offset): number {
    if (at + 2 > this.end) throw TRUNCATED
    return this.bytes[at] | (this.bytes[at + 1] << 8)
  }

  /** Little-endian 32 bits. */
  le32(at: Offset): number {
    if (at + 4 > this.end) throw TRUNCATED
    const b = this.bytes
    return (b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24)) >>> 0
  }
}
