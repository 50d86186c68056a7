/** ICMPv6 message, RFC 4443 §2.1. `at` is the first byte.
 *  Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0      1      2          4
 *      | type | code | checksum | body; errors: 4 bytes by the type, then the packet that caused them
 */
import { u16be, u32be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { TRUNCATED } from './outcome.ts'

const TYPE = 0
const CODE = 1
const CHECKSUM = 2
const BODY = 4
const QUOTE = 8
/** Bytes that every message has; all those that are named here have at least four more. */
export const FIXED_BYTES = 8

/** Message types (IANA "ICMPv6 Parameters"). */
export const Type = {
  UNREACHABLE: 1,
  PACKET_TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  PARAMETER_PROBLEM: 4,
  ECHO: 128,
  ECHO_REPLY: 129,
  ROUTER_SOLICITATION: 133,
  ROUTER_ADVERTISEMENT: 134,
  NEIGHBOR_SOLICITATION: 135,
  NEIGHBOR_ADVERTISEMENT: 136,
  REDIRECT: 137,
} as const

/** First byte after type, code, checksum and the four bytes that follow them, or TRUNCATED. */
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
  return u16be(b, at + BODY)
}

/** Echo and echo reply: sequence number. */
export function echoSequence(b: Uint8Array, at: Offset): number {
  return u16be(b, at + BODY + 2)
}

/** Packet Too Big: MTU of the next hop. */
export function mtu(b: Uint8Array, at: Offset): number {
  return u32be(b, at + BODY)
}

/** Error messages are those with the high bit clear (RFC 4443 §2.1). */
export function isError(messageType: number): boolean {
  return messageType < 128
}

/** First byte of the quoted IPv6 packet, or -1 if the message is no error. The quote may be cut anywhere. */
export function quotedAt(b: Uint8Array, at: Offset): Offset {
  const messageType = type(b, at)
  return messageType >= Type.UNREACHABLE && messageType <= Type.PARAMETER_PROBLEM ? at + QUOTE : -1
}
