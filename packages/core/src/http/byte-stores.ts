import type { Bytes } from '../units.ts'

/** What a head, or a trailer section, is kept of while it waits for its end. */
export const MAX_STORED: Bytes = 65536
const FIRST: Bytes = 1024
const MAX_FREE = 64

/** Byte buffers of 1 to 64 KiB, lent to messages. All of them together stay under `budget`, however many connections
 *  leave a head unfinished. */
export class ByteStores {
  private budget: Bytes
  private used: Bytes = 0
  private free: Uint8Array[] = []

  constructor(budget: Bytes | undefined) {
    this.budget = budget ?? 64 * 1024 * 1024
  }

  /** A buffer of at least `bytes` (≤ MAX_STORED) with the content of `old`, which is given back; null: over budget, `old` stays. */
  grow(old: Uint8Array | null, bytes: Bytes): Uint8Array | null {
    let size = old === null ? FIRST : old.length
    while (size < bytes) size *= 2
    if (old !== null && size === old.length) return old
    if (this.used + size > this.budget) return null
    this.used += size
    const store = size === FIRST && this.free.length > 0 ? (this.free.pop() as Uint8Array) : new Uint8Array(size)
    if (old !== null) {
      store.set(old)
      this.release(old)
    }
    return store
  }

  release(store: Uint8Array): void {
    this.used -= store.length
    if (store.length === FIRST && this.free.length < MAX_FREE) this.free.push(store)
  }
}
