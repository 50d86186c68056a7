import type { Bytes, Offset } from '../units.ts'

/** A WebAssembly.Memory that threads may share: what was read out of it stays where it is when it grows. */
export interface SharedMemory {
  readonly buffer: ArrayBufferLike
  grow(pages: number): number
}

/** Memory of generated code that may be filled from `from` on. */
export interface MemoryRoom {
  readonly memory: SharedMemory
  /** All of it as it was at first: what is read from files lands there. */
  readonly bytes: Uint8Array
  readonly from: Offset
  /** What it can grow to, in pages of 64 KiB. */
  readonly maxPages: number
}

const PAGE_BYTES = 65_536
/** Grown by so much at least: what is not written to costs nothing. */
const GROWTH_PAGES = 64
/** Of what is allocated: a cache line. */
const ALIGNMENT = 64

/** Gives out pieces of a memory that generated code reads and writes, too. Nothing comes back. */
export class Arena {
  readonly room: MemoryRoom
  private at: Offset

  constructor(room: MemoryRoom) {
    this.room = room
    this.at = room.from
  }

  /** The memory as it is now. */
  get buffer(): ArrayBufferLike {
    return this.room.memory.buffer
  }

  /** Address of so many bytes, all zero; 0 if there is no room. */
  allocate(bytes: Bytes): Offset {
    const at = Math.ceil(this.at / ALIGNMENT) * ALIGNMENT
    const { memory, maxPages } = this.room
    const pages = memory.buffer.byteLength / PAGE_BYTES
    const wanted = Math.ceil((at + bytes) / PAGE_BYTES)
    try {
      if (wanted > pages) memory.grow(Math.min(Math.max(wanted, pages + GROWTH_PAGES), maxPages) - pages)
    } catch {
      return 0
    }
    if (at + bytes > memory.buffer.byteLength) return 0
    this.at = at + bytes
    return at
  }
}
