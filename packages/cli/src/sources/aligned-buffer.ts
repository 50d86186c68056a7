import type { WasmMemory } from '@wiretale/core'

/** The part of WebAssembly that is used; the ES library does not name it. */
declare const WebAssembly: { Memory: new (pages: { initial: number }) => WasmMemory }

const PAGE_BYTES = 65_536
/** Before the place where file bytes land: what the last read left over. */
const HEAD_BYTES = PAGE_BYTES
/** No capture has a record of this size: core's readers refuse it before. */
const MAX_HEAD_BYTES = 64 * 1024 * 1024

export interface BufferOptions {
  /** How much is read at once; whole pages of 64 KiB. */
  readonly bodyBytes?: number
  /** Keeps room for as many bytes as head and body have at the beginning of the memory: generated code gathers there. */
  readonly gathers?: boolean
}

/** Buffer for reading files: [room to gather][head: carried over bytes, right-aligned][body: the next bytes of the file].
 *  Its body begins on a page, which makes copying out of the page cache three to four times as fast as into a
 *  Uint8Array's own memory (that begins 16 bytes past one); a WebAssembly.Memory is the way to get such memory. */
export class AlignedBuffer {
  /** The memory as it is now, and its bytes: both are others when the head has grown. */
  memory!: WasmMemory
  bytes!: Uint8Array
  /** Offset of the body. */
  bodyAt = 0
  readonly bodyBytes: number
  private readonly gathers: boolean
  private headAt = 0

  constructor({ bodyBytes = 4 * PAGE_BYTES, gathers = false }: BufferOptions = {}) {
    this.bodyBytes = bodyBytes
    this.gathers = gathers
    this.allocate(HEAD_BYTES)
  }

  /** Moves bytes[at, end) in front of the body, growing the head as needed. Returns where they begin, or -1 if they
   *  are more than any record. */
  carryOver(at: number, end: number): number {
    const left = end - at
    if (left > this.bodyAt - this.headAt) {
      if (left > MAX_HEAD_BYTES) return -1
      const carried = this.bytes.subarray(at, end)
      this.allocate(Math.ceil((2 * left) / PAGE_BYTES) * PAGE_BYTES)
      this.bytes.set(carried, this.bodyAt - left)
    } else if (left > 0) {
      this.bytes.copyWithin(this.bodyAt - left, at, end)
    }
    return this.bodyAt - left
  }

  private allocate(headBytes: number): void {
    const bytes = headBytes + this.bodyBytes
    this.headAt = this.gathers ? bytes : 0
    this.bodyAt = this.headAt + headBytes
    this.memory = new WebAssembly.Memory({ initial: (this.bodyAt + this.bodyBytes) / PAGE_BYTES })
    this.bytes = new Uint8Array(this.memory.buffer)
  }
}
