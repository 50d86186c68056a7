import type { Outcome } from './packet-line.ts'
import type { Scanner } from './scan.ts'

/** VLAN tags nest; no more than these are followed. */
const MAX_ETHERTYPES = 4

/** What -e prints between the addresses and the packet. */
export class LinkHeader {
  /** The innermost one; -1 where none was read. */
  ethertype = -1
  frameBytes: number | null = null
  /** Ethertype and tag control information, from the outermost on. */
  readonly vlans: (readonly [number, number])[] = []

  /** `ethertype 802.1Q (0x8100), length 66: vlan 10, p 0, ethertype IPv4 (0x0800)`. Null: read as far as it goes. */
  read(s: Scanner): Outcome | null {
    let tag = -1
    for (let depth = 0; depth < MAX_ETHERTYPES; depth++) {
      if (!s.past('ethertype ')) break
      if (!s.past('(')) return 'open'
      const type = s.hex()
      if (!s.literal(')')) return s.ended ? 'open' : 'none'
      if (tag >= 0) this.vlans.push([this.ethertype, tag])
      this.ethertype = type
      tag = -1
      this.readFrameLength(s)
      s.separators()
      if (s.code() === 0x3a) s.at++
      s.spaces()
      if (!s.literal('vlan ')) break
      tag = readVlan(s)
    }
    return null
  }

  private readFrameLength(s: Scanner): void {
    s.separators()
    if (!s.literal('length ')) return
    const bytes = s.number()
    if (bytes >= 0) this.frameBytes = bytes
  }
}

/** `10, p 0, DEI, ` → tag control information (IEEE 802.1Q §9.6). */
function readVlan(s: Scanner): number {
  let tag = Math.max(0, s.number()) & 0xfff
  s.separators()
  if (s.literal('p ')) tag |= (Math.max(0, s.number()) & 7) << 13
  s.separators()
  if (s.literal('DEI') || s.literal('CFI')) tag |= 0x1000
  return tag
}
