/** UDP header, RFC 768. `at` is the first header byte.
 *  Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0             2                  4        6          8
 *      | source port | destination port | length | checksum | payload
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'

const SOURCE_PORT = 0
const DESTINATION_PORT = 2
const LENGTH = 4
const CHECKSUM = 6
/** Bytes of the header. */
export const FIXED_BYTES = 8

/** First byte after the header, TRUNCATED, or MALFORMED (a length of 1–7; 0 is a jumbogram's, RFC 2675 §4). */
export function headerEnd(b: Uint8Array, at: Offset, end: Offset): Offset {
  if (end - at < FIXED_BYTES) return TRUNCATED
  const bytes = length(b, at)
  return bytes > 0 && bytes < FIXED_BYTES ? MALFORMED : at + FIXED_BYTES
}

export function sourcePort(b: Uint8Array, at: Offset): number {
  return u16be(b, at + SOURCE_PORT)
}

export function destinationPort(b: Uint8Array, at: Offset): number {
  return u16be(b, at + DESTINATION_PORT)
}

/** Header and payload in bytes; 0 = by the IP header. */
export function length(b: Uint8Array, at: Offset): number {
  return u16be(b, at + LENGTH)
}

/** 0 = not computed (IPv4 only). */
export function checksum(b: Uint8Array, at: Offset): number {
  return u16be(b, at + CHECKSUM)
}
