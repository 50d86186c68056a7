import { formatIpv4, formatIpv6 } from '../bytes/address.ts'

/** Third word of an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff

const scratch = new Uint8Array(16)

/** Text of the address in words[at, at + 4): an IPv4-mapped one in dotted decimal, else RFC 5952's form. */
export function formatWords(words: Uint32Array, at: number): string {
  for (let i = 0; i < 16; i++) scratch[i] = words[at + (i >> 2)] >>> (24 - 8 * (i & 3))
  const mapped = words[at] === 0 && words[at + 1] === 0 && words[at + 2] === MAPPED
  return mapped ? formatIpv4(scratch, 12) : formatIpv6(scratch, 0)
}
