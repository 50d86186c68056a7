/** TCP segment header, RFC 9293 §3.1. `at` is the first header byte.
 *  Accessors are safe only once headerEnd() returned an offset ≥ 0, or FIXED_BYTES bytes are known to be there.
 *  Options are in tcp-options.ts.
 *
 *      0             2                  4     8     12                13      14       16         18       20
 *      | source port | destination port | seq | ack | offset·rsvd·AE | flags | window | checksum | urgent | options
 */
import { u16be, u32be } from '../bytes/read.ts'
import type { Offset, SequenceNumber } from '../units.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'

const SOURCE_PORT = 0
const DESTINATION_PORT = 2
const SEQ = 4
const ACK = 8
const DATA_OFFSET = 12
const FLAGS = 13
const WINDOW = 14
const CHECKSUM = 16
const URGENT = 18
/** Bytes of a header without options. */
export const FIXED_BYTES = 20

/** Flag bits (RFC 9293 §3.1; AE of RFC 9768, which was NS of RFC 3540). */
export const Flag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128, AE: 256 } as const

/** First byte after header and options, TRUNCATED, or MALFORMED (data offset < 5 words). */
export function headerEnd(b: Uint8Array, at: Offset, end: Offset): Offset {
  if (end - at <= DATA_OFFSET) return TRUNCATED
  const bytes = headerBytes(b, at)
  if (bytes < FIXED_BYTES) return MALFORMED
  return at + bytes > end ? TRUNCATED : at + bytes
}

export function sourcePort(b: Uint8Array, at: Offset): number {
  return u16be(b, at + SOURCE_PORT)
}

export function destinationPort(b: Uint8Array, at: Offset): number {
  return u16be(b, at + DESTINATION_PORT)
}

export function seq(b: Uint8Array, at: Offset): SequenceNumber {
  return u32be(b, at + SEQ)
}

/** Meaningful only with Flag.ACK. */
export function ack(b: Uint8Array, at: Offset): SequenceNumber {
  return u32be(b, at + ACK)
}

/** Data offset in bytes: header with options, 0–60. */
export function headerBytes(b: Uint8Array, at: Offset): number {
  return (b[at + DATA_OFFSET] >> 4) * 4
}

/** Bits of Flag. */
export function flags(b: Uint8Array, at: Offset): number {
  return ((b[at + DATA_OFFSET] & 1) << 8) | b[at + FLAGS]
}

/** Unscaled: scaling needs the handshake (RFC 7323 §2.2). */
export function window(b: Uint8Array, at: Offset): number {
  return u16be(b, at + WINDOW)
}

export function checksum(b: Uint8Array, at: Offset): number {
  return u16be(b, at + CHECKSUM)
}

/** Urgent pointer; meaningful only with Flag.URG. */
export function urgent(b: Uint8Array, at: Offset): number {
  return u16be(b, at + URGENT)
}
