import { BPF_B, BPF_H, BPF_W } from '../bpf.ts'
import { and, type Condition, or } from '../condition.ts'
import { meaningless, unsupported } from '../error.ts'
import type { Direction, Protocol, Qualifiers } from '../syntax/tree.ts'
import type { Context } from './context.ts'
import { LINK_EN10MB, LINK_FDDI, LINK_IP_OVER_FC, LINK_NETANALYZER, LINK_TOKEN_RING } from './layout.ts'
import { carries } from './link-type.ts'
import { ETHERTYPE_ARP, ETHERTYPE_DECNET, ETHERTYPE_IP, ETHERTYPE_IPV6, ETHERTYPE_RARP } from './numbers.ts'

/** Protocols that have addresses of their own, which nothing here tests, with libpcap's names for them. */
const UNTESTED_ADDRESSES: Readonly<Record<Protocol, string>> = {
  atalk: 'AppleTalk',
  aarp: 'AARP',
  lat: 'LAT',
  sca: 'SCA',
  moprc: 'MOPRC',
  mopdl: 'MOPDL',
  iso: 'ISO',
  ipx: 'IPX',
}

/** One of both, both, the source or the destination, as the direction says. `where` is called in the text's order. */
function directed(
  direction: Direction | null,
  source: () => Condition,
  destination: () => Condition,
  notFor: (direction: Direction) => Error,
): Condition {
  switch (direction) {
    case 'src':
      return source()
    case 'dst':
      return destination()
    case 'and':
      return and(source(), destination())
    case 'or':
    case null:
      return or(source(), destination())
    default:
      throw notFor(direction)
  }
}

/** `addr1` and its like, which only 802.11 has. */
export function wirelessDirection(direction: Direction, what: string): Error {
  const names =
    direction === 'ra' || direction === 'ta'
      ? `'${direction}'`
      : `'${direction}' and '${direction.replace('addr', 'address')}'`
  const isOne = direction === 'ra' || direction === 'ta'
  return meaningless(`${names} ${isOne ? 'is not a valid qualifier' : 'are not valid qualifiers'} for ${what}`)
}

const ADDRESSES = 'addresses other than 802.11 MAC addresses'

/** An IPv4 address or network. */
export function isHost(context: Context, address: number, mask: number, qualifiers: Qualifiers): Condition {
  const { protocol, direction } = qualifiers
  const at = (etherType: number, source: number, destination: number): Condition => {
    const one = (offset: number) => () => {
      const isCarried = carries(context, etherType)
      return and(isCarried, context.equalMasked('network', offset, BPF_W, address, mask))
    }
    return directed(direction, one(source), one(destination), (wrong) => wirelessDirection(wrong, ADDRESSES))
  }
  switch (protocol) {
    case null: {
      const ip = at(ETHERTYPE_IP, 12, 16)
      // MPLS carries neither ARP nor RARP.
      if (context.mplsDepth > 0) return ip
      const arp = at(ETHERTYPE_ARP, 14, 24)
      return or(or(ip, arp), at(ETHERTYPE_RARP, 14, 24))
    }
    case 'ip':
      return at(ETHERTYPE_IP, 12, 16)
    case 'arp':
      return at(ETHERTYPE_ARP, 14, 24)
    case 'rarp':
      return at(ETHERTYPE_RARP, 14, 24)
    case 'decnet':
      return isDecnetHost(context, address, direction)
    default:
      throw noAddress(protocol, qualifiers.type === 'net' ? 'net' : 'host')
  }
}

function noAddress(protocol: Protocol, what: string): Error {
  if (protocol === 'link') return meaningless(`link-layer modifier applied to ${what}`)
  if (protocol === 'ip6') return meaningless("'ip6' modifier applied to ip host")
  if (protocol in UNTESTED_ADDRESSES)
    return unsupported(`${UNTESTED_ADDRESSES[protocol]} host filtering not implemented`)
  return meaningless(`'${protocol}' modifier applied to ${what}`)
}

/** An IPv6 address or network, sixteen bytes each. */
export function isHost6(context: Context, address: Uint8Array, mask: Uint8Array, qualifiers: Qualifiers): Condition {
  const { protocol, direction } = qualifiers
  if (protocol !== null && protocol !== 'ip6') throw noAddress6(protocol, qualifiers.type === 'net' ? 'net' : 'host')
  const one = (offset: number) => () => {
    let condition = carries(context, ETHERTYPE_IPV6)
    for (let i = 0; i < 16; i += 4)
      condition = and(condition, context.equalMasked('network', offset + i, BPF_W, word(address, i), word(mask, i)))
    return condition
  }
  return directed(direction, one(8), one(24), (wrong) => wirelessDirection(wrong, ADDRESSES))
}

function noAddress6(protocol: Protocol, what: string): Error {
  if (protocol === 'link') return meaningless(`link-layer modifier applied to ip6 ${what}`)
  const name = protocol === 'atalk' ? 'AppleTalk' : `'${protocol}'`
  return meaningless(`${name} modifier applied to ip6 ${what}`)
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0
}

/** A DECnet phase IV node: in short and long routing headers, each perhaps after one byte of padding. */
function isDecnetHost(context: Context, address: number, direction: Direction | null): Condition {
  // Addresses are little-endian on the wire.
  const swapped = ((address & 0xff) << 8) | (address >> 8)
  const one = (longAt: number, shortAt: number) => () => {
    const padded = (flags: number, at: number): Condition => {
      const isPadded = context.equalMasked('network', 2, BPF_H, 0x8100 | flags, 0xff07)
      return and(isPadded, context.equal('network', at + 1, BPF_H, swapped))
    }
    const plain = (flags: number, at: number): Condition => {
      const isPlain = context.equalMasked('network', 2, BPF_B, flags, 7)
      return and(isPlain, context.equal('network', at, BPF_H, swapped))
    }
    const isDecnet = carries(context, ETHERTYPE_DECNET)
    const isShort = or(plain(2, shortAt), padded(2, shortAt))
    return and(isDecnet, or(or(isShort, plain(6, longAt)), padded(6, longAt)))
  }
  return directed(direction, one(17, 5), one(9, 3), (wrong) => wirelessDirection(wrong, ADDRESSES))
}

/** Where link headers with MAC addresses have the source and the destination. */
export function macOffsets(link: number): readonly [source: number, destination: number] | null {
  switch (link) {
    case LINK_EN10MB:
    case LINK_NETANALYZER:
      return [6, 0]
    case LINK_TOKEN_RING:
      return [8, 2]
    case LINK_FDDI:
      return [7, 1]
    case LINK_IP_OVER_FC:
      return [10, 2]
    default:
      return null
  }
}

/** A MAC address. */
export function isMac(context: Context, address: Uint8Array, direction: Direction | null): Condition {
  const offsets = macOffsets(context.link)
  if (offsets === null)
    throw unsupported('ethernet addresses supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel')
  const one = (offset: number) => () => context.equalBytes('link-header', offset, address)
  return directed(direction, one(offsets[0]), one(offsets[1]), (wrong) => {
    const isOne = wrong === 'ra' || wrong === 'ta'
    const names = isOne ? `'${wrong}' is` : `'${wrong}' and '${wrong.replace('addr', 'address')}' are`
    return unsupported(`${names} only supported on 802.11 with 802.11 headers`)
  })
}
