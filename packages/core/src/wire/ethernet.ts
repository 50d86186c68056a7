/** Ethernet II and IEEE 802.3 frame header. `at` is the first byte of the destination address.
 *  Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0            6            12             14
 *      | destination | source     | type / length | payload
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { TRUNCATED } from './outcome.ts'

const DESTINATION = 0
const SOURCE = 6
const TYPE = 12
const HEADER_BYTES = 14

/** EtherTypes that are looked into (IANA "IEEE 802 Numbers"). */
export const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  IPV6: 0x86dd,
  VLAN: 0x8100,
  PROVIDER_VLAN: 0x88a8,
  /** Tags of bridges from before 802.1ad. */
  OLD_QINQ: 0x9100,
  OLD_QINQ_2: 0x9200,
  MPLS: 0x8847,
  MPLS_MULTICAST: 0x8848,
  PPPOE_DISCOVERY: 0x8863,
  PPPOE_SESSION: 0x8864,
} as const

/** Type fields from here on are EtherTypes; below, IEEE 802.3 payload lengths (IEEE 802.3 §3.2.6). */
export const SMALLEST_ETHER_TYPE = 0x600

/** First byte after the header, or TRUNCATED. */
export function headerEnd(_b: Uint8Array, at: Offset, end: Offset): Offset {
  return end - at < HEADER_BYTES ? TRUNCATED : at + HEADER_BYTES
}

/** Offset of the six bytes of the destination address. */
export function destinationAt(at: Offset): Offset {
  return at + DESTINATION
}

/** Offset of the six bytes of the source address. */
export function sourceAt(at: Offset): Offset {
  return at + SOURCE
}

/** EtherType, or the 802.3 payload length if smaller than SMALLEST_ETHER_TYPE. */
export function type(b: Uint8Array, at: Offset): number {
  return u16be(b, at + TYPE)
}
