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

/** The sum itself, up to 256 KiB, from a view and so four bytes at once. 0xffff over what holds a right checksum. */
export function onesComplementSum(view: DataView, at: Offset, end: Offset): number {
  // The order of a word's bytes does not matter to the sum but for the order of its own (RFC 1071 §2 (B)).
  let low = 0
  let high = 0
  let i = at
  for (; i + 4 <= end; i += 4) {
    const word = view.getInt32(i, true)
    low = (low + (word & 0xffff)) | 0
    high = (high + (word >>> 16)) | 0
  }
  let sum = (low >>> 0) + (high >>> 0)
  if (i + 2 <= end) {
    sum += view.getUint16(i, true)
    i += 2
  }
  if (i < end) sum += view.getUint8(i)
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000)
  return ((sum & 0xff) << 8) | (sum >>> 8)
}
