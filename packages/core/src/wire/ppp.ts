/** PPP frame (RFC 1661 §2), with or without HDLC-like framing (RFC 1662 §3.1) and with either field compressed
 *  (RFC 1661 §6.5, §6.6); or Cisco HDLC, which serial captures hold as well (RFC 1547 §4.3.1).
 *  `at` is the first byte.
 *
 *      [ FF 03 ]  protocol (1 byte if its lowest bit is 1, else 2)  payload
 *      0F|8F  00  EtherType  payload                                            (Cisco HDLC)
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { EtherType } from './ethernet.ts'
import { TRUNCATED } from './outcome.ts'

const ALL_STATIONS = 0xff
const UNNUMBERED_INFORMATION = 0x03
const CISCO_UNICAST = 0x0f
const CISCO_MULTICAST = 0x8f
const CISCO_BYTES = 4

/** PPP protocol numbers of what is looked into (IANA "PPP DLL Protocol Numbers"). */
export const PppProtocol = { IPV4: 0x0021, IPV6: 0x0057, MPLS: 0x0281 } as const

/** First byte after the PPP or Cisco HDLC header, or TRUNCATED. */
export function headerEnd(b: Uint8Array, at: Offset, end: Offset): Offset {
  if (end - at < 1) return TRUNCATED
  if (b[at] === CISCO_UNICAST || b[at] === CISCO_MULTICAST) {
    if (end - at < 2) return TRUNCATED
    if (b[at + 1] === 0) return end - at < CISCO_BYTES ? TRUNCATED : at + CISCO_BYTES
  }
  // A protocol number never begins with FF, so a frame that does has the address and control fields.
  if (b[at] === ALL_STATIONS && end - at < 3) return TRUNCATED
  const from = protocolAt(b, at)
  const after = from + ((b[from] & 1) !== 0 ? 1 : 2)
  return after > end ? TRUNCATED : after
}

function isCisco(b: Uint8Array, at: Offset): boolean {
  return (b[at] === CISCO_UNICAST || b[at] === CISCO_MULTICAST) && b[at + 1] === 0
}

function protocolAt(b: Uint8Array, at: Offset): Offset {
  return b[at] === ALL_STATIONS && b[at + 1] === UNNUMBERED_INFORMATION ? at + 2 : at
}

/** PPP protocol number, or -1 in a Cisco HDLC frame. */
export function protocol(b: Uint8Array, at: Offset): number {
  if (isCisco(b, at)) return -1
  const from = protocolAt(b, at)
  return (b[from] & 1) !== 0 ? b[from] : u16be(b, from)
}

/** EtherType of the payload: translated from PPP, as it is from Cisco HDLC, -1 if there is none. */
export function etherType(b: Uint8Array, at: Offset): number {
  if (isCisco(b, at)) return u16be(b, at + 2)
  switch (protocol(b, at)) {
    case PppProtocol.IPV4:
      return EtherType.IPV4
    case PppProtocol.IPV6:
      return EtherType.IPV6
    case PppProtocol.MPLS:
      return EtherType.MPLS
    default:
      return -1
  }
}
