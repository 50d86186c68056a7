import type { Offset } from '../units.ts'

/** Pure integer reads from bytes. No bounds check: the caller has made one for the whole header
 *  (past the end a read gives a number made from zeros, never an exception). All results are unsigned. */

/** 16 bits, network byte order. */
export function u16be(b: Uint8Array, at: Offset): number {
  return (b[at] << 8) | b[at + 1]
}

/** 32 bits, network byte order. */
export function u32be(b: Uint8Array, at: Offset): number {
  return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0
}
