import { networkInterfaces } from 'node:os'
import { formatIpv4, formatIpv6 } from '@wiretale/core'

/** Time after which a new address of this machine is noticed. */
const REFRESH_MS = 500

/** The text by which the report calls the address in bytes[at, at + 16): an IPv4-mapped one is IPv4's. */
export function addressText(bytes: Uint8Array, at: number): string {
  let isMapped = bytes[at + 10] === 0xff && bytes[at + 11] === 0xff
  for (let i = 0; i < 10; i++) isMapped &&= bytes[at + i] === 0
  return isMapped ? formatIpv4(bytes, at + 12) : formatIpv6(bytes, at)
}

/** Addresses of this machine, as far as this network namespace has them. */
export class OwnAddresses {
  private known = new Set<string>()
  private readAt = Number.NEGATIVE_INFINITY

  has(address: string): boolean {
    if (address.startsWith('127.') || address === '::1' || this.known.has(address)) return true
    const now = performance.now()
    if (now - this.readAt < REFRESH_MS) return false
    this.readAt = now
    const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    this.known = new Set(all.map(({ address: own }) => own.replace(/%.*/, '')))
    return this.known.has(address)
  }
}
