import { LINK_COOKED, LINK_ETHERNET, LINK_RAW } from './build.ts'

const LINK_NULL = 0
const LINK_LOOP = 108
const LINK_COOKED2 = 276

/** Where the network layer may start in a dump, and the link type that this means. */
const STARTS: readonly (readonly [number, number])[] = [
  [0, LINK_RAW],
  [14, LINK_ETHERNET],
  [18, LINK_ETHERNET],
  [22, LINK_ETHERNET],
  [16, LINK_COOKED],
  [20, LINK_COOKED2],
  [4, LINK_NULL],
]

export interface DumpLink {
  readonly link: number
  /** Offset of the IP header. */
  readonly network: number
  /** IP total length by the header, 0 if it says none. */
  readonly totalBytes: number
}

/** Finds out whether a hex dump begins with the IP header (-x, -X) or a link header (-xx, -XX), by looking for an IP header of
 *  the family and, where the line printed numbers, with the addresses of the line. null: neither fits.
 *  `announced`: the banner's link type, null without. */
export function findDumpLink(
  dump: Uint8Array,
  length: number,
  family: 4 | 6,
  source: readonly number[] | null,
  target: readonly number[] | null,
  announced: number | null,
): DumpLink | null {
  for (const [network, link] of STARTS) {
    if (!fits(dump, length, network, family, source, target)) continue
    const known = network > 0 && announced !== null && announced !== LINK_RAW
    // Loopback headers of OpenBSD and the others look alike; only the banner tells.
    const named = known && (link !== LINK_NULL || announced === LINK_LOOP) ? announced : link
    return { link: named, network, totalBytes: totalLength(dump, network, family) }
  }
  return null
}

function fits(
  dump: Uint8Array,
  length: number,
  at: number,
  family: 4 | 6,
  source: readonly number[] | null,
  target: readonly number[] | null,
): boolean {
  if (at + (family === 4 ? 20 : 40) > length || dump[at] >> 4 !== family) return false
  if (family === 4 && (dump[at] & 15) < 5) return false
  const sourceAt = at + (family === 4 ? 12 : 8)
  const targetAt = at + (family === 4 ? 16 : 24)
  return same(dump, sourceAt, source) && same(dump, targetAt, target)
}

function same(dump: Uint8Array, at: number, address: readonly number[] | null): boolean {
  if (address === null) return true
  for (let i = 0; i < address.length; i++) if (dump[at + i] !== address[i]) return false
  return true
}

function totalLength(dump: Uint8Array, at: number, family: 4 | 6): number {
  if (family === 4) return (dump[at + 2] << 8) | dump[at + 3]
  const payload = (dump[at + 4] << 8) | dump[at + 5]
  return payload === 0 ? 0 : 40 + payload
}
