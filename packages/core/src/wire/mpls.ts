/** One MPLS label stack entry, RFC 3032 §2.1. `at` is its first byte.
 *  Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      | label (20) | traffic class (3) | bottom of stack (1) | TTL (8) |
 */
import { u32be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { TRUNCATED } from './outcome.ts'

const ENTRY_BYTES = 4

/** First byte after the entry, or TRUNCATED. */
export function headerEnd(_b: Uint8Array, at: Offset, end: Offset): Offset {
  return end - at < ENTRY_BYTES ? TRUNCATED : at + ENTRY_BYTES
}

export function label(b: Uint8Array, at: Offset): number {
  return u32be(b, at) >>> 12
}

export function trafficClass(b: Uint8Array, at: Offset): number {
  return (b[at + 2] >> 1) & 7
}

export function isBottom(b: Uint8Array, at: Offset): boolean {
  return (b[at + 2] & 1) !== 0
}

export function ttl(b: Uint8Array, at: Offset): number {
  return b[at + 3]
}
