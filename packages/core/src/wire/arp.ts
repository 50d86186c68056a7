/** ARP packet, RFC 826. `at` is the first byte. Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0          2          4        5        6           8
 *      | hardware | protocol | hw len | pr len | operation | sender hw, sender pr, target hw, target pr
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { TRUNCATED } from './outcome.ts'

const HARDWARE = 0
const PROTOCOL = 2
const HARDWARE_BYTES = 4
const PROTOCOL_BYTES = 5
const OPERATION = 6
const ADDRESSES = 8

/** Operation codes (RFC 826, RFC 903). */
export const Operation = { REQUEST: 1, REPLY: 2, REVERSE_REQUEST: 3, REVERSE_REPLY: 4 } as const

/** First byte after the four addresses, or TRUNCATED. */
export function headerEnd(b: Uint8Array, at: Offset, end: Offset): Offset {
  if (end - at < ADDRESSES) return TRUNCATED
  const after = at + ADDRESSES + 2 * (b[at + HARDWARE_BYTES] + b[at + PROTOCOL_BYTES])
  return after > end ? TRUNCATED : after
}

/** 1 = Ethernet (IANA "ARP Parameters"). */
export function hardware(b: Uint8Array, at: Offset): number {
  return u16be(b, at + HARDWARE)
}

/** EtherType of the protocol addresses: 0x0800 for IPv4. */
export function protocol(b: Uint8Array, at: Offset): number {
  return u16be(b, at + PROTOCOL)
}

export function hardwareBytes(b: Uint8Array, at: Offset): number {
  return b[at + HARDWARE_BYTES]
}

export function protocolBytes(b: Uint8Array, at: Offset): number {
  return b[at + PROTOCOL_BYTES]
}

export function operation(b: Uint8Array, at: Offset): number {
  return u16be(b, at + OPERATION)
}

export function senderHardwareAt(_b: Uint8Array, at: Offset): Offset {
  return at + ADDRESSES
}

export function senderProtocolAt(b: Uint8Array, at: Offset): Offset {
  return at + ADDRESSES + hardwareBytes(b, at)
}

export function targetHardwareAt(b: Uint8Array, at: Offset): Offset {
  return senderProtocolAt(b, at) + protocolBytes(b, at)
}

export function targetProtocolAt(b: Uint8Array, at: Offset): Offset {
  return targetHardwareAt(b, at) + hardwareBytes(b, at)
}
