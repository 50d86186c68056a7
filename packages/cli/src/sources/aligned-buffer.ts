import type { MemoryRoom, SharedMemory, WasmMemory } from '@wiretale/core'

/** The part of WebAssembly that is used; the ES library does not name it. */
declare const WebAssembly: {
  Memory: new (pages: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory & SharedMemory
}

const PAGE_BYTES = 65_536
/** Before the place where file bytes land: what the last read left over. */
const HEAD_BYTES = PAGE_BYTES
/** With room behind, of which another head could not take anything along: for nearly every record. */
const WIDE_HEAD_BYTES = 16 * PAGE_BYTES
/** 2 GiB: more than the records of as many conversations as are followed at once. */
const MAX_PAGES = 32_768
/** No capture has a record of this size: core's readers refuse it before. */
const MAX_HEAD_BYTES = 64 * 1024 * 1024

export interface BufferOptions {
  /** How much is read at once; whole pages of 64 KiB. */
  readonly bodyBytes?: number
  /** Leaves room behind, which grows as it is needed, for what generated code works on. */
  readonly hasRoom?: boolean
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
  /** Null once the head has grown, and where there is none. */
  room: MemoryRoom | null = null
  private readonly gathers: boolean
  private headAt = 0

  constructor({ bodyBytes = 4 * PAGE_BYTES, gathers = false, hasRoom = false }: BufferOptions = {}) {
    this.bodyBytes = bodyBytes
    this.gathers = gathers
    this.allocate(hasRoom ? WIDE_HEAD_BYTES : HEAD_BYTES, hasRoom)
  }

  /** Moves bytes[at, end) in front of the body, growing the head as needed. Returns where they begin, or -1 if they
   *  are more than any record. */
  carryOver(at: number, end: number): number {
    const left = end - at
    if (left > this.bodyAt - this.headAt) {
      if (left > MAX_HEAD_BYTES) return -1
      const carried = this.bytes.subarray(at, end)
      this.allocate(Math.ceil((2 * left) / PAGE_BYTES) * PAGE_BYTES, false)
      this.bytes.set(carried, this.bodyAt - left)
    } else if (left > 0) {
      this.bytes.copyWithin(this.bodyAt - left, at, end)
    }
    return this.bodyAt - left
  }

  private allocate(headBytes: number, hasRoom: boolean): void {
    const bytes = headBytes + this.bodyBytes
    this.headAt = this.gathers ? bytes : 0
    this.bodyAt = this.headAt + headBytes
    const from = this.bodyAt + this.bodyBytes
    const initial = from / PAGE_BYTES
    const growing = hasRoom ? createGrowing(initial) : null
    this.memory = growing ?? createMemory(initial)
    this.bytes = new Uint8Array(this.memory.buffer)
    this.room = growing === null ? null : { memory: growing, bytes: this.bytes, from, maxPages: MAX_PAGES }
  }
}

/** Without WebAssembly (node --jitless) any memory does, only slower. */
function createMemory(initial: number): WasmMemory {
  if (typeof WebAssembly === 'undefined') return { buffer: new ArrayBuffer(initial * PAGE_BYTES) }
  return new WebAssembly.Memory({ initial })
}

/** Null where so many addresses are not to be had, or no WebAssembly. */
function createGrowing(initial: number): (WasmMemory & SharedMemory) | null {
  try {
    return new WebAssembly.Memory({ initial, maximum: MAX_PAGES, shared: true })
  } catch {
    return null
  }
}
