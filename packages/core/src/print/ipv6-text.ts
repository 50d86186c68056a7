import { formatIpv4, formatIpv6 } from '../bytes/address.ts'
import type { Offset } from '../units.ts'

/** As tcpdump writes the sixteen bytes at `at`: RFC 5952, but an address with an IPv4 address behind 96 zero bits (RFC
 *  4291 §2.5.5.1, no longer in use) with that in dotted decimal. The caller has checked that they are there. */
export function ipv6Text(b: Uint8Array, at: Offset): string {
  for (let i = 0; i < 12; i++) if (b[at + i] !== 0) return formatIpv6(b, at)
  return b[at + 12] === 0 && b[at + 13] === 0 ? formatIpv6(b, at) : `::${formatIpv4(b, at + 12)}`
}
