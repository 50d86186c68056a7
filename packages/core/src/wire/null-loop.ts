/** BSD loopback header: a four-byte address family, in the capturing host's byte order (LINKTYPE_NULL) or big-endian
 *  (LINKTYPE_LOOP). `at` is its first byte. Accessors are safe only once headerEnd() returned an offset ≥ 0. */
import { u32be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { TRUNCATED } from './outcome.ts'

const HEADER_BYTES = 4

const AF_INET = 2
const AF_INET6_LINUX = 10
const AF_INET6_BSD = 24
const AF_INET6_FREEBSD = 28
const AF_INET6_DARWIN = 30

/** First byte after the header, or TRUNCATED. */
export function headerEnd(_b: Uint8Array, at: Offset, end: Offset): Offset {
  return end - at < HEADER_BYTES ? TRUNCATED : at + HEADER_BYTES
}

/** The address family, in whichever byte order makes it a 16-bit number: no AF_ value is larger. */
export function family(b: Uint8Array, at: Offset): number {
  const value = u32be(b, at)
  if (value <= 0xffff) return value
  return ((value >>> 24) | ((value >>> 8) & 0xff00) | ((value & 0xff00) << 8) | (value << 24)) >>> 0
}

/** IP version of an address family of any of the BSDs, Darwin or Linux, or 0. */
export function ipVersion(addressFamily: number): 0 | 4 | 6 {
  switch (addressFamily) {
    case AF_INET:
      return 4
    case AF_INET6_LINUX:
    case AF_INET6_BSD:
    case AF_INET6_FREEBSD:
    case AF_INET6_DARWIN:
      return 6
    default:
      return 0
  }
}
