import type { Bytes } from '../units.ts'

/** Bounds that keep a hostile file from taking memory. libpcap refuses packets beyond 262,144 bytes for most link types
 *  and 128 MiB for USB and D-Bus; one generous bound serves all here. */

/** Longest packet or block that a reader accepts, in bytes. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024

/** Most interfaces that one input may describe. */
export const MAX_INTERFACES = 65_536

/** libpcap's bound for a packet, 262,144 bytes, … */
const LIBPCAP_BYTES = 262_144
/** … is higher for link types whose packets are no network frames: USB and D-Bus, and Elektrobit's. */
const LIBPCAP_BYTES_BY_LINK: ReadonlyMap<number, Bytes> = new Map([
  [189, 128 << 20],
  [220, 128 << 20],
  [231, 128 << 20],
  [249, 128 << 20],
  [266, 128 << 20],
  [279, 8 << 20],
])

/** Longest packet of a link type that libpcap reads. */
export function libpcapMaxBytes(link: number): Bytes {
  return LIBPCAP_BYTES_BY_LINK.get(link) ?? LIBPCAP_BYTES
}

/** The snapshot length as libpcap takes it: one that a file leaves open, or that no int holds, is the greatest there is. */
export function libpcapSnaplen(link: number, snaplen: Bytes): Bytes {
  return snaplen === 0 || snaplen > 0x7fffffff ? libpcapMaxBytes(link) : snaplen
}
