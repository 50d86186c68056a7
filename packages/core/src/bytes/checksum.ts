import type { Offset } from '../units.ts'

/** The Internet checksum (RFC 1071) of b[at, end): the value to store if its field holds 0, and 0 if its field holds a
 *  right one. An odd last byte counts as the upper half of a word. */
export function internetChecksum(b: Uint8Array, at: Offset, end: Offset): number {
  let sum = 0
  let i = at
  for (; i + 1 < end; i += 2) sum += (b[i] << 8) | b[i + 1]
  if (i < end) sum += b[i] << 8
  // The sum of more than 64 KiB outgrows 32 bits: folded by arithmetic, not by shifts.
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}
