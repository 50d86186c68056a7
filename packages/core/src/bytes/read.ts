import type { Offset } from '../units.ts'

/** Pure integer reads from bytes. No bounds check: the caller has made one for the whole header
 *  (past the end a read gives a number made from zeros, never an exception). All results are unsigned. */

/** 16 bits, network byte order. */
export function u16be(b: Uint8Array, at: Offset): number {
  return (b[at] << 8) | b[at + 1]
}

/** 24 bits, network byte order. */
export function u24be(b: Uint8Array, at: Offset): number {
  return (b[at] << 16) | (b[at + 1] << 8) | b[at + 2]
}

/** 32 bits, network byte order. */
export function u32be(b: Uint8Array, at: Offset): number {
  return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0
}

/** 16 bits, least significant byte first. */
export function u16le(b: Uint8Array, at: Offset): number {
  return b[at] | (b[at + 1] << 8)
}

/** 32 bits, least significant byte first. */
export function u32le(b: Uint8Array, at: Offset): number {
  return (b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24)) >>> 0
}
