/** PPPoE header, RFC 2516 §4. `at` is the first header byte, after the Ethernet header.
 *  Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0                     1      2            4        6
 *      | version (4) type (4) | code | session ID | length | payload: PPP from its protocol field on
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'

const VERSION_TYPE = 0
const CODE = 1
const SESSION = 2
const LENGTH = 4
const HEADER_BYTES = 6

/** First byte after the header, TRUNCATED, or MALFORMED (version and type are not 1). */
export function headerEnd(b: Uint8Array, at: Offset, end: Offset): Offset {
  if (end - at < HEADER_BYTES) return TRUNCATED
  return b[at + VERSION_TYPE] === 0x11 ? at + HEADER_BYTES : MALFORMED
}

/** 0 = session data; others belong to discovery. */
export function code(b: Uint8Array, at: Offset): number {
  return b[at + CODE]
}

export function session(b: Uint8Array, at: Offset): number {
  return u16be(b, at + SESSION)
}

/** Bytes of the payload, without this header. */
export function payloadBytes(b: Uint8Array, at: Offset): number {
  return u16be(b, at + LENGTH)
}
