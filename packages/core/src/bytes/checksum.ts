/** The Internet checksum, RFC 1071. */
import type { Bytes, Offset } from '../units.ts'

/** Adds the 16-bit words of b[at, end) to `sum` (an odd last byte counts as the upper half of a word).
 *  The result is not folded; it stays exact for more than 64 KiB of data. Only the last range added may be odd. */
export function addWords(b: Uint8Array, at: Offset, end: Offset, sum: number): number {
  let total = sum
  let i = at
  for (; i + 1 < end; i += 2) total += (b[i] << 8) | b[i + 1]
  return i < end ? total + (b[i] << 8) : total
}

/** One's complement of the one's complement sum: a value for a checksum field. */
export function fold(sum: number): number {
  let folded = sum
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000)
  return ~folded & 0xffff
}

/** Checksum of b[at, end): the value to store if its field holds 0, and 0 if its field holds a right one. */
export function internetChecksum(b: Uint8Array, at: Offset, end: Offset): number {
  return fold(addWords(b, at, end, 0))
}

/** Checksum of a TCP, UDP or ICMPv6 message at b[at, end) with its pseudo-header (RFC 9293 §3.1, RFC 768, RFC 8200 §8.1):
 *  0 if the message's own checksum is right. Addresses are `addressBytes` (4 or 16) long; with a routing header the
 *  destination is the final one. The message must be whole: its length is end - at. */
export function transportChecksum(
  b: Uint8Array,
  sourceAt: Offset,
  destinationAt: Offset,
  addressBytes: Bytes,
  protocol: number,
  at: Offset,
  end: Offset,
): number {
  const length = end - at
  let sum = addWords(b, sourceAt, sourceAt + addressBytes, protocol)
  sum = addWords(b, destinationAt, destinationAt + addressBytes, sum)
  sum += (length >>> 16) + (length & 0xffff)
  return fold(addWords(b, at, end, sum))
}
