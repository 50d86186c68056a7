/** ICMP message, RFC 792. `at` is the first byte. Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0      1      2          4                      8
 *      | type | code | checksum | rest (by the type)   | data; errors quote the packet that caused them
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { TRUNCATED } from './outcome.ts'

const TYPE = 0
const CODE = 1
const CHECKSUM = 2
const REST = 4
/** Bytes of the header. */
export const FIXED_BYTES = 8

/** Message types (IANA "ICMP Parameters"). */
export const Type = {
  ECHO_REPLY: 0,
  UNREACHABLE: 3,
  SOURCE_QUENCH: 4,
  REDIRECT: 5,
  ECHO: 8,
  TIME_EXCEEDED: 11,
  PARAMETER_PROBLEM: 12,
} as const

/** First byte after the header, or TRUNCATED. */
export function headerEnd(_b: Uint8Array, at: Offset, end: Offset): Offset {
  return end - at < FIXED_BYTES ? TRUNCATED : at + FIXED_BYTES
}

export function type(b: Uint8Array, at: Offset): number {
  return b[at + TYPE]
}

export function code(b: Uint8Array, at: Offset): number {
  return b[at + CODE]
}

export function checksum(b: Uint8Array, at: Offset): number {
  return u16be(b, at + CHECKSUM)
}

/** Echo and echo reply: identifier. */
export function echoId(b: Uint8Array, at: Offset): number {
  return u16be(b, at + REST)
}

/** Echo and echo reply: sequence number. */
export function echoSequence(b: Uint8Array, at: Offset): number {
  return u16be(b, at + REST + 2)
}

/** Unreachable, code 4 (fragmentation needed): MTU of the next hop, 0 if the router does not say (RFC 1191 §4). */
export function nextHopMtu(b: Uint8Array, at: Offset): number {
  return u16be(b, at + REST + 2)
}

/** True for the types that quote a packet. */
export function isError(messageType: number): boolean {
  switch (messageType) {
    case Type.UNREACHABLE:
    case Type.SOURCE_QUENCH:
    case Type.REDIRECT:
    case Type.TIME_EXCEEDED:
    case Type.PARAMETER_PROBLEM:
      return true
    default:
      return false
  }
}

/** First byte of the quoted IPv4 packet, or -1 if the message quotes none. The quote may be cut anywhere. */
export function quotedAt(b: Uint8Array, at: Offset): Offset {
  return isError(type(b, at)) ? at + FIXED_BYTES : -1
}
