/** Linux cooked capture v1 (LINKTYPE_LINUX_SLL, https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html).
 *  `at` is the first header byte. Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0             2               4                6              14         16
 *      | packet type | ARPHRD_ type  | address length | address (8)   | protocol | payload
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { TRUNCATED } from './outcome.ts'

const PACKET_TYPE = 0
const HARDWARE_TYPE = 2
const ADDRESS_BYTES = 4
const ADDRESS = 6
const PROTOCOL = 14
const HEADER_BYTES = 16

/** Whom the packet was for (packet types of v1 and v2). */
export const PacketType = { HOST: 0, BROADCAST: 1, MULTICAST: 2, OTHER_HOST: 3, OUTGOING: 4 } as const

/** Protocol values that are no EtherTypes: raw 802.3 IPX, and LLC. */
export const SllProtocol = { RAW_802_3: 1, LLC: 4 } as const

/** First byte after the header, or TRUNCATED. */
export function headerEnd(_b: Uint8Array, at: Offset, end: Offset): Offset {
  return end - at < HEADER_BYTES ? TRUNCATED : at + HEADER_BYTES
}

export function packetType(b: Uint8Array, at: Offset): number {
  return u16be(b, at + PACKET_TYPE)
}

/** Linux ARPHRD_ value of the interface. */
export function hardwareType(b: Uint8Array, at: Offset): number {
  return u16be(b, at + HARDWARE_TYPE)
}

/** Length of the sender's link address: only eight bytes of it are there. */
export function addressBytes(b: Uint8Array, at: Offset): number {
  return u16be(b, at + ADDRESS_BYTES)
}

export function addressAt(at: Offset): Offset {
  return at + ADDRESS
}

/** EtherType or SllProtocol; what it means depends on the ARPHRD_ type, see carriesEtherType(). */
export function protocol(b: Uint8Array, at: Offset): number {
  return u16be(b, at + PROTOCOL)
}

const ARPHRD_NETLINK = 824
const ARPHRD_IEEE80211 = 801
const ARPHRD_IEEE80211_RADIOTAP = 803

/** False for the ARPHRD_ types whose protocol field is not an EtherType (netlink, 802.11 monitor modes). */
export function carriesEtherType(hardware: number): boolean {
  return hardware !== ARPHRD_NETLINK && (hardware < ARPHRD_IEEE80211 || hardware > ARPHRD_IEEE80211_RADIOTAP)
}
