/** The part of WebAssembly that is used; the ES library does not name it. */
declare const WebAssembly: { Memory: new (pages: { initial: number }) => { buffer: ArrayBuffer } }

const PAGE_BYTES = 65_536
/** Before the place where file bytes land: what the last read left over. */
const HEAD_BYTES = PAGE_BYTES
const BODY_BYTES = 4 * PAGE_BYTES
/** No capture has a record of this size: core's readers refuse it before. */
const MAX_HEAD_BYTES = 64 * 1024 * 1024

/** Buffer for reading files: [head: carried over bytes, right-aligned][body: the next bytes of the file].
 *  Its body begins on a page, which makes copying out of the page cache three to four times as fast as into a
 *  Uint8Array's own memory (that begins 16 bytes past one); a WebAssembly.Memory is the way to get such memory. */
export class AlignedBuffer {
  bytes: Uint8Array
  /** Offset of the body. */
  bodyAt = HEAD_BYTES
  readonly bodyBytes = BODY_BYTES

  constructor() {
    this.bytes = allocate(HEAD_BYTES + BODY_BYTES)
  }

  /** Moves bytes[at, end) in front of the body, growing the head as needed. Returns where they begin, or -1 if they
   *  are more than any record. */
  carryOver(at: number, end: number): number {
    const left = end - at
    if (left > this.bodyAt) {
      if (left > MAX_HEAD_BYTES) return -1
      const bodyAt = Math.ceil((2 * left) / PAGE_BYTES) * PAGE_BYTES
      const grown = allocate(bodyAt + BODY_BYTES)
      grown.set(this.bytes.subarray(at, end), bodyAt - left)
      this.bytes = grown
      this.bodyAt = bodyAt
    } else if (left > 0) {
      this.bytes.copyWithin(this.bodyAt - left, at, end)
    }
    return this.bodyAt - left
  }
}

function allocate(bytes: number): Uint8Array {
  return new Uint8Array(new WebAssembly.Memory({ initial: bytes / PAGE_BYTES }).buffer)
}
