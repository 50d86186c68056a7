/** IPv4 header, RFC 791 §3.1. `at` is the first header byte.
 *  Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0                2              4    6                 8     9          10         12       16            20
 *      | ver·IHL  | TOS | total length | id | flags · offset  | TTL | protocol | checksum | source | destination | options
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'

const VERSION_IHL = 0
const TRAFFIC_CLASS = 1
const TOTAL_LENGTH = 2
const ID = 4
const FLAGS_OFFSET = 6
const TTL = 8
const PROTOCOL = 9
const CHECKSUM = 10
const SOURCE = 12
const DESTINATION = 16
/** Bytes of a header without options. */
export const FIXED_BYTES = 20

/** Option kinds (RFC 791 §3.1; IANA "IP Option Numbers"). */
export const Option = { END: 0, NOP: 1 } as const

/** First byte after header and options, TRUNCATED, or MALFORMED (version is not 4, or IHL < 5). */
export function headerEnd(b: Uint8Array, at: Offset, end: Offset): Offset {
  if (end <= at) return TRUNCATED
  const first = b[at + VERSION_IHL]
  if (first >> 4 !== 4 || (first & 15) < 5) return MALFORMED
  const after = at + (first & 15) * 4
  return after > end ? TRUNCATED : after
}

/** Header length with options, 20–60. */
export function headerBytes(b: Uint8Array, at: Offset): number {
  return (b[at + VERSION_IHL] & 15) * 4
}

/** DSCP (upper six bits) and ECN (lower two), RFC 2474 and RFC 3168. */
export function trafficClass(b: Uint8Array, at: Offset): number {
  return b[at + TRAFFIC_CLASS]
}

/** Header and payload in bytes. 0 in packets captured before segmentation offload filled it in. */
export function totalLength(b: Uint8Array, at: Offset): number {
  return u16be(b, at + TOTAL_LENGTH)
}

/** Identification, the same in all fragments of a datagram. */
export function id(b: Uint8Array, at: Offset): number {
  return u16be(b, at + ID)
}

export function dontFragment(b: Uint8Array, at: Offset): boolean {
  return (b[at + FLAGS_OFFSET] & 0x40) !== 0
}

export function moreFragments(b: Uint8Array, at: Offset): boolean {
  return (b[at + FLAGS_OFFSET] & 0x20) !== 0
}

/** Where this fragment's data lies in the datagram's, in bytes. */
export function fragmentOffset(b: Uint8Array, at: Offset): number {
  return (u16be(b, at + FLAGS_OFFSET) & 0x1fff) * 8
}

export function isFragment(b: Uint8Array, at: Offset): boolean {
  return (u16be(b, at + FLAGS_OFFSET) & 0x3fff) !== 0
}

export function ttl(b: Uint8Array, at: Offset): number {
  return b[at + TTL]
}

export function protocol(b: Uint8Array, at: Offset): number {
  return b[at + PROTOCOL]
}

export function checksum(b: Uint8Array, at: Offset): number {
  return u16be(b, at + CHECKSUM)
}

export function sourceAt(at: Offset): Offset {
  return at + SOURCE
}

export function destinationAt(at: Offset): Offset {
  return at + DESTINATION
}

/** Calls `visit` for each option up to and including END; returns false if an option's length is impossible.
 *  `headerEnd` is the offset that headerEnd() returned; a value excludes the option's kind and length bytes. */
export function eachOption(
  b: Uint8Array,
  at: Offset,
  headerEnd: Offset,
  visit: (kind: number, valueAt: Offset, valueBytes: number) => void,
): boolean {
  let i = at + FIXED_BYTES
  while (i < headerEnd) {
    const kind = b[i]
    if (kind === Option.END || kind === Option.NOP) {
      visit(kind, i + 1, 0)
      if (kind === Option.END) return true
      i++
      continue
    }
    if (i + 1 >= headerEnd) return false
    const length = b[i + 1]
    if (length < 2 || i + length > headerEnd) return false
    visit(kind, i + 2, length - 2)
    i += length
  }
  return true
}

/** Offsets that the header's own fields are patched at when a datagram is put together again. */
export const Field = { TOTAL_LENGTH, FLAGS_OFFSET, CHECKSUM } as const
