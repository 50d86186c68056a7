import { ipv6Text, parseIpv4, parseIpv6 } from './address.ts'
import { isDigit } from './scan.ts'
import { servicePort } from './services.ts'

export interface Endpoint {
  readonly address: readonly number[]
  readonly port: number
}

/** Addresses that stand for host names: the documentation networks of RFC 5737, then the benchmark network of
 *  RFC 2544. A stand-in never meets a real host there. [first address, how many]. */
const STAND_INS: readonly (readonly [number, number])[] = [
  [0xc0000201, 254],
  [0xc6336401, 254],
  [0xcb007101, 254],
  [0xc6120001, 131_070],
]
const MOST_IPV4_NAMES = STAND_INS.reduce((sum, [, count]) => sum + count, 0)
const MOST_IPV6_NAMES = 131_072
/** Service names without a known port get one of these, from the top down. */
const FIRST_UNKNOWN_PORT = 65_535
const MOST_UNKNOWN_SERVICES = 256

/** Turns what the text prints for hosts and ports into numbers, always the same ones for the same text. */
export class HostTable {
  /** Names of services whose port is not known; a stand-in port was given to each. */
  readonly unknownServices = new Map<string, number>()
  private readonly ipv4 = new Map<string, number[]>()
  private readonly ipv6 = new Map<string, number[]>()
  private readonly taken = new Set<string>()
  private readonly announce: (address: string, name: string) => void

  constructor(announce: (address: string, name: string) => void) {
    this.announce = announce
  }

  /** `10.1.9.11.58384`, `www.example.com.http`, `2001:db8::1.443`, or without a port. null: unusable text, or more
   *  names than there are stand-ins. */
  endpoint(text: string, family: 4 | 6, withPort: boolean): Endpoint | null {
    let host = text
    let port = 0
    if (withPort) {
      const dot = text.lastIndexOf('.')
      if (dot <= 0) return null
      host = text.slice(0, dot)
      port = this.port(text.slice(dot + 1))
      if (port < 0) return null
    }
    const address = family === 4 ? this.host4(host) : this.host6(host)
    return address === null ? null : { address, port }
  }

  private port(text: string): number {
    if (text.length > 0 && isDigit(text.charCodeAt(0))) {
      const all = /^[0-9]{1,5}$/.test(text)
      const port = all ? Number(text) : servicePort(text)
      return port <= 65_535 ? port : -1
    }
    const known = servicePort(text)
    if (known >= 0) return known
    let standIn = this.unknownServices.get(text)
    if (standIn === undefined) {
      if (text === '' || this.unknownServices.size >= MOST_UNKNOWN_SERVICES) return -1
      standIn = FIRST_UNKNOWN_PORT - this.unknownServices.size
      this.unknownServices.set(text, standIn)
    }
    return standIn
  }

  private host4(text: string): readonly number[] | null {
    const numeric = parseIpv4(text)
    if (numeric !== null && !this.collides(text, numeric)) return numeric
    const known = this.ipv4.get(text)
    if (known !== undefined) return known
    for (let index = this.ipv4.size + this.skipped; index < MOST_IPV4_NAMES; index++) {
      const address = standIn4(index)
      if (this.taken.has(address.join('.'))) {
        this.skipped++
        continue
      }
      this.ipv4.set(text, address)
      this.announce(address.join('.'), text)
      return address
    }
    return null
  }

  private skipped = 0

  /** A printed address out of the stand-ins' networks keeps its value unless a name has been given it already. */
  private collides(text: string, address: readonly number[]): boolean {
    const index = standInIndex(address)
    if (index < 0) return false
    if (this.taken.has(text)) return false
    if (index < this.ipv4.size + this.skipped) return true
    this.taken.add(text)
    return false
  }

  private host6(text: string): readonly number[] | null {
    const numeric = parseIpv6(text)
    if (numeric !== null) return numeric
    const known = this.ipv6.get(text)
    if (known !== undefined) return known
    if (text.includes(':') || parseIpv4(text) !== null || this.ipv6.size >= MOST_IPV6_NAMES) return null
    const n = this.ipv6.size + 1
    const address = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
    this.ipv6.set(text, address)
    this.announce(ipv6Text(address), text)
    return address
  }
}

function standIn4(index: number): number[] {
  for (const [first, count] of STAND_INS) {
    if (index < count) {
      const value = first + index
      return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
    }
    index -= count
  }
  return [0, 0, 0, 0]
}

/** The inverse of standIn4, -1 for an address that is no stand-in. */
function standInIndex(address: readonly number[]): number {
  const value = ((address[0] << 24) | (address[1] << 16) | (address[2] << 8) | address[3]) >>> 0
  let before = 0
  for (const [first, count] of STAND_INS) {
    if (value >= first && value < first + count) return before + value - first
    before += count
  }
  return -1
}
