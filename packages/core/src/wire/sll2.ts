/** Linux cooked capture v2 (LINKTYPE_LINUX_SLL2, https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html).
 *  `at` is the first header byte. Accessors are safe only once headerEnd() returned an offset ≥ 0.
 *
 *      0          2          4                 8              10            11              12           20
 *      | protocol | reserved | interface index | ARPHRD_ type | packet type | address length | address (8) | payload
 */
import { u16be, u32be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { TRUNCATED } from './outcome.ts'

const PROTOCOL = 0
const INTERFACE = 4
const HARDWARE_TYPE = 8
const PACKET_TYPE = 10
const ADDRESS_BYTES = 11
const ADDRESS = 12
const HEADER_BYTES = 20

/** First byte after the header, or TRUNCATED. */
export function headerEnd(_b: Uint8Array, at: Offset, end: Offset): Offset {
  return end - at < HEADER_BYTES ? TRUNCATED : at + HEADER_BYTES
}

/** EtherType or SllProtocol of sll.ts, by the ARPHRD_ type. */
export function protocol(b: Uint8Array, at: Offset): number {
  return u16be(b, at + PROTOCOL)
}

/** The capturing system's index of the interface. */
export function interfaceIndex(b: Uint8Array, at: Offset): number {
  return u32be(b, at + INTERFACE)
}

/** Linux ARPHRD_ value of the interface. */
export function hardwareType(b: Uint8Array, at: Offset): number {
  return u16be(b, at + HARDWARE_TYPE)
}

/** PacketType of sll.ts. */
export function packetType(b: Uint8Array, at: Offset): number {
  return b[at + PACKET_TYPE]
}

/** Length of the sender's link address: only eight bytes of it are there. */
export function addressBytes(b: Uint8Array, at: Offset): number {
  return b[at + ADDRESS_BYTES]
}

export function addressAt(at: Offset): Offset {
  return at + ADDRESS
}
