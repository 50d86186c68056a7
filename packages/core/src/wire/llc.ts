/** IEEE 802.2 LLC header with the SNAP extension (RFC 1042): how an EtherType travels in an 802.3 frame.
 *  `at` is the DSAP byte, the first one after the 802.3 length.
 *
 *      0      1      2         3       6           8
 *      | AA   | AA   | control | OUI    | EtherType | payload
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { TRUNCATED } from './outcome.ts'

const DSAP = 0
const SSAP = 1
const CONTROL = 2
const OUI = 3
const TYPE = 6
const LLC_BYTES = 3
const SNAP_BYTES = 8
const SNAP_SAP = 0xaa
const UNNUMBERED_INFORMATION = 3

/** First byte after the LLC header (and SNAP extension, if there is one), or TRUNCATED. */
export function headerEnd(b: Uint8Array, at: Offset, end: Offset): Offset {
  if (end - at < LLC_BYTES) return TRUNCATED
  if (!isSnap(b, at)) return at + LLC_BYTES
  return end - at < SNAP_BYTES ? TRUNCATED : at + SNAP_BYTES
}

export function isSnap(b: Uint8Array, at: Offset): boolean {
  return b[at + DSAP] === SNAP_SAP && b[at + SSAP] === SNAP_SAP && b[at + CONTROL] === UNNUMBERED_INFORMATION
}

/** EtherType of a SNAP frame of the OUIs 00-00-00 and 00-00-f8 (RFC 1042, bridge tunnel), or -1. */
export function etherType(b: Uint8Array, at: Offset): number {
  if (!isSnap(b, at) || b[at + OUI] !== 0 || b[at + OUI + 1] !== 0) return -1
  return b[at + OUI + 2] === 0 || b[at + OUI + 2] === 0xf8 ? u16be(b, at + TYPE) : -1
}
