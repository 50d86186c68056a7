/** IPv6 header, RFC 8200 §3, and its extension headers, §4. `at` is the first header byte.
 *  Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0                             4                6             7           8        24            40
 *      | version · class · flow label | payload length | next header | hop limit | source | destination | extensions
 */
import { u16be, u32be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'

const PAYLOAD_LENGTH = 4
const NEXT_HEADER = 6
const HOP_LIMIT = 7
const SOURCE = 8
const DESTINATION = 24
/** Bytes of the header without extensions. */
export const FIXED_BYTES = 40

/** Next header values of extension headers (IANA "IPv6 Extension Header Types"). */
export const NextHeader = {
  HOP_BY_HOP: 0,
  ROUTING: 43,
  FRAGMENT: 44,
  AUTHENTICATION: 51,
  NONE: 59,
  DESTINATION_OPTIONS: 60,
} as const

const PAD1 = 0
const JUMBO_PAYLOAD = 0xc2
/** More than any real packet chains; a packet made of thousands of headers is not followed. */
const MAX_EXTENSIONS = 32

/** First byte after the fixed header, TRUNCATED, or MALFORMED (version is not 6). */
export function headerEnd(b: Uint8Array, at: Offset, end: Offset): Offset {
  if (end <= at) return TRUNCATED
  if (b[at] >> 4 !== 6) return MALFORMED
  return end - at < FIXED_BYTES ? TRUNCATED : at + FIXED_BYTES
}

/** DSCP (upper six bits) and ECN (lower two). */
export function trafficClass(b: Uint8Array, at: Offset): number {
  return (u16be(b, at) >> 4) & 0xff
}

export function flowLabel(b: Uint8Array, at: Offset): number {
  return u32be(b, at) & 0xfffff
}

/** Bytes after the fixed header, extensions included. 0 in a jumbogram. */
export function payloadLength(b: Uint8Array, at: Offset): number {
  return u16be(b, at + PAYLOAD_LENGTH)
}

export function nextHeader(b: Uint8Array, at: Offset): number {
  return b[at + NEXT_HEADER]
}

export function hopLimit(b: Uint8Array, at: Offset): number {
  return b[at + HOP_LIMIT]
}

export function sourceAt(at: Offset): Offset {
  return at + SOURCE
}

export function destinationAt(at: Offset): Offset {
  return at + DESTINATION
}

/** What walkExtensions() found; reuse one instance. */
export class Extensions {
  /** Protocol of what follows the last extension header; of a fragment's data, if the packet is one. */
  protocol = -1
  /** Length by the jumbo payload option (RFC 2675 §2), or -1. */
  jumboBytes = -1
  /** First byte of the fragment header of a packet that is one of several, or -1.
   *  An atomic fragment (offset 0, no more to come) is a whole packet and is passed through (RFC 6946). */
  fragmentAt: Offset = -1
  /** The next header field that names the fragment header, or -1. */
  fragmentNamedAt: Offset = -1
}

/** Follows the extension headers of the packet at `at` and fills `out`. Returns the first byte after the last one,
 *  TRUNCATED, or MALFORMED (more than 32 of them, or an impossible length). Stops behind a fragment header:
 *  what follows it belongs to the whole datagram. */
export function walkExtensions(b: Uint8Array, at: Offset, end: Offset, out: Extensions): Offset {
  out.jumboBytes = -1
  out.fragmentAt = -1
  out.fragmentNamedAt = -1
  let namedAt = at + NEXT_HEADER
  let i = at + FIXED_BYTES
  for (let n = 0; n < MAX_EXTENSIONS; n++) {
    const kind = b[namedAt]
    out.protocol = kind
    if (!isExtension(kind)) return i
    if (end - i < 8) return TRUNCATED
    const bytes = extensionBytes(b, kind, i)
    if (i + bytes > end) return TRUNCATED
    if (kind === NextHeader.AUTHENTICATION && bytes < 12) return MALFORMED
    if (kind === NextHeader.HOP_BY_HOP) {
      const jumbo = readJumbo(b, i, i + bytes)
      if (jumbo === MALFORMED) return MALFORMED
      if (jumbo >= 0) out.jumboBytes = jumbo
    }
    if (kind === NextHeader.FRAGMENT && isFragment(b, i)) {
      out.fragmentAt = i
      out.fragmentNamedAt = namedAt
      out.protocol = b[i]
      return i + bytes
    }
    namedAt = i
    i += bytes
  }
  return MALFORMED
}

/** Fragment header (RFC 8200 §4.5): next header, reserved, offset · M, identification. Offset in bytes. */
export function fragmentOffset(b: Uint8Array, fragmentAt: Offset): number {
  return u16be(b, fragmentAt + 2) & 0xfff8
}

export function moreFragments(b: Uint8Array, fragmentAt: Offset): boolean {
  return (b[fragmentAt + 3] & 1) !== 0
}

export function fragmentId(b: Uint8Array, fragmentAt: Offset): number {
  return u32be(b, fragmentAt + 4)
}

function isFragment(b: Uint8Array, fragmentAt: Offset): boolean {
  return (u16be(b, fragmentAt + 2) & 0xfff9) !== 0
}

function isExtension(kind: number): boolean {
  switch (kind) {
    case NextHeader.HOP_BY_HOP:
    case NextHeader.ROUTING:
    case NextHeader.FRAGMENT:
    case NextHeader.AUTHENTICATION:
    case NextHeader.DESTINATION_OPTIONS:
      return true
    default:
      return false
  }
}

/** The second byte counts 8-byte units beyond the first 8; in an authentication header 4-byte units less 2
 *  (RFC 4302 §2.2); in a fragment header it is reserved. */
function extensionBytes(b: Uint8Array, kind: number, at: Offset): number {
  if (kind === NextHeader.FRAGMENT) return 8
  if (kind === NextHeader.AUTHENTICATION) return (b[at + 1] + 2) * 4
  return (b[at + 1] + 1) * 8
}

/** Jumbo payload length among the options of the hop-by-hop header at [at, end), -1 if it is not there, or MALFORMED. */
function readJumbo(b: Uint8Array, at: Offset, end: Offset): number {
  let i = at + 2
  while (i < end) {
    if (b[i] === PAD1) {
      i++
      continue
    }
    if (i + 2 > end || i + 2 + b[i + 1] > end) return MALFORMED
    if (b[i] === JUMBO_PAYLOAD) return b[i + 1] === 4 ? u32be(b, i + 2) : MALFORMED
    i += 2 + b[i + 1]
  }
  return -1
}

/** Offset that the length field is patched at when a datagram is put together again. */
export const Field = { PAYLOAD_LENGTH } as const
