/** IEEE 802.1Q / 802.1ad tag. `at` is the first byte of the tag control information: the tag's own
 *  EtherType has been read as the type of what came before.
 *
 *      0                                 2           4
 *      | PCP (3) | DEI (1) | VID (12)    | EtherType | payload
 */
import { u16be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { EtherType } from './ethernet.ts'
import { TRUNCATED } from './outcome.ts'

const CONTROL = 0
const TYPE = 2
const HEADER_BYTES = 4

/** True if a tag follows a header that has this EtherType. */
export function isTag(etherType: number): boolean {
  return (
    etherType === EtherType.VLAN ||
    etherType === EtherType.PROVIDER_VLAN ||
    etherType === EtherType.OLD_QINQ ||
    etherType === EtherType.OLD_QINQ_2
  )
}

/** First byte after the tag, or TRUNCATED. */
export function headerEnd(_b: Uint8Array, at: Offset, end: Offset): Offset {
  return end - at < HEADER_BYTES ? TRUNCATED : at + HEADER_BYTES
}

/** Priority code point, 0–7. */
export function priority(b: Uint8Array, at: Offset): number {
  return b[at + CONTROL] >> 5
}

export function dropEligible(b: Uint8Array, at: Offset): boolean {
  return (b[at + CONTROL] & 0x10) !== 0
}

/** VLAN identifier, 0–4095. */
export function id(b: Uint8Array, at: Offset): number {
  return u16be(b, at + CONTROL) & 0xfff
}

/** EtherType (or 802.3 length) of what the tag wraps. */
export function type(b: Uint8Array, at: Offset): number {
  return u16be(b, at + TYPE)
}
