import { parseDecnet, parseIpv4Prefix, parseIpv6, parseMac } from '../addresses.ts'
import { and, type Condition } from '../condition.ts'
import { FilterError, meaningless, unsupported } from '../error.ts'
import { nearKeyword } from '../syntax/hint.ts'
import type { Identifier, Qualifiers } from '../syntax/tree.ts'
import type { Context } from './context.ts'
import { hasLinkHeader } from './encapsulation.ts'
import { isHost, isHost6, isMac } from './hosts.ts'
import { isNamed } from './named.ts'
import { transportProtocol } from './port-names.ts'
import { isPort, isPortInRange } from './ports.ts'
import { hasInChain } from './protochain.ts'
import { hasProtocol } from './protocol.ts'

const ALL_ONES = 0xffffffff
const HOST_MASK6 = new Uint8Array(16).fill(0xff)

/** An identifier with the qualifiers before it, or inherited; null = nothing to inherit. */
export function isIdentified(context: Context, id: Identifier, given: Qualifiers | null): Condition {
  const qualifiers = given ?? NONE
  switch (id.kind) {
    case 'name':
      if (given === null) throw noQualifiers(id.text)
      return isNamed(context, id.text, qualifiers)
    case 'number':
      if (given === null) throw noQualifiers()
      return isNumber(context, id.value, qualifiers)
    case 'ipv4':
      if (id.bits === null && id.mask === null) return isAddress(context, id.text, given)
      return isNetwork(context, id.text, id.bits, id.mask, qualifiers)
    case 'ipv6':
      return isNetwork6(context, id.text, id.bits, qualifiers)
    case 'mac':
      return isMacAddress(context, id.text, qualifiers)
    case 'arcnet':
      if (qualifiers.protocol === 'link' && isHostType(qualifiers)) throw unsupported('aid supported only on ARCnet')
      throw meaningless('ARCnet address used in non-arc expression')
  }
}

/** Where there is nothing to inherit: no type at all, not even the default. */
const NONE: Qualifiers = { protocol: null, direction: null, type: null }

function noQualifiers(name: string | null = null): FilterError {
  const keyword = name === null ? null : nearKeyword(name)
  const hint = 'say what it is (host, net, port, …): what stands before it hands nothing on'
  return new FilterError(
    'syntax',
    'syntax error in filter expression',
    -1,
    -1,
    keyword === null ? hint : `did you mean '${keyword}'?`,
  )
}

function isHostType(qualifiers: Qualifiers): boolean {
  return qualifiers.type === null || qualifiers.type === 'host'
}

function isNumber(context: Context, value: number, qualifiers: Qualifiers): Condition {
  switch (qualifiers.type) {
    case 'port':
    case 'portrange':
      return isPortNumber(context, value, qualifiers)
    case 'gateway':
      throw meaningless("'gateway' requires a name")
    case 'proto':
      return hasProtocol(context, value, qualifiers.protocol)
    case 'protochain':
      return hasInChain(context, value, qualifiers.protocol)
    default: {
      if (qualifiers.protocol === 'link') throw meaningless('illegal link layer address')
      if (qualifiers.protocol === 'decnet' || qualifiers.type !== 'net')
        return isHost(context, value, ALL_ONES, qualifiers)
      // A number is a network written from the left: 10 = 10.0.0.0/8.
      const bits = value === 0 ? 32 : value > 0xffffff ? 32 : value > 0xffff ? 24 : value > 0xff ? 16 : 8
      return isHost(context, shiftLeft(value, 32 - bits), prefixMask(bits), qualifiers)
    }
  }
}

function isPortNumber(context: Context, port: number, qualifiers: Qualifiers): Condition {
  const protocol = transportProtocol(qualifiers)
  if (port > 65535) throw meaningless(`illegal port number ${port} > 65535`)
  if (qualifiers.type === 'port') return isPort(context, port, protocol, qualifiers.direction)
  return isPortInRange(context, [port, port], protocol, qualifiers.direction)
}

/** Dotted: an IPv4 address, a network of one, two or three parts, or a DECnet node. */
function isAddress(context: Context, text: string, given: Qualifiers | null): Condition {
  const type = given?.type ?? null
  if (type === 'port' || type === 'portrange' || type === 'proto' || type === 'protochain')
    throw meaningless(`'${type}' modifier applied to ip host`)
  if (given?.protocol === 'decnet') {
    const node = parseDecnet(text)
    if (node === null) throw meaningless(`malformed decnet address '${text}'`)
    if (type === 'gateway') throw meaningless("'gateway' requires a name")
    return isHost(context, node, 0, given)
  }
  const prefix = prefixOf(text)
  if (given === null) throw noQualifiers()
  if (type === 'gateway') throw meaningless("'gateway' requires a name")
  if (given.protocol === 'link') throw meaningless('illegal link layer address')
  return isHost(context, shiftLeft(prefix.value, 32 - prefix.bits), prefixMask(prefix.bits), given)
}

function prefixOf(text: string): { readonly value: number; readonly bits: number } {
  const prefix = parseIpv4Prefix(text)
  if (prefix === null) throw meaningless(`invalid IPv4 address '${text}'`)
  return prefix
}

function isNetwork(
  context: Context,
  text: string,
  bits: number | null,
  maskText: string | null,
  qualifiers: Qualifiers,
): Condition {
  const prefix = prefixOf(text)
  const address = shiftLeft(prefix.value, 32 - prefix.bits)
  let mask: number
  if (maskText !== null) {
    const given = prefixOf(maskText)
    mask = shiftLeft(given.value, 32 - given.bits)
    if ((address & ~mask) !== 0) throw meaningless(`non-network bits set in "${text} mask ${maskText}"`)
  } else {
    if (bits! > 32) throw meaningless('mask length must be <= 32')
    mask = prefixMask(bits!)
    if ((address & ~mask) !== 0) throw meaningless(`non-network bits set in "${text}/${bits}"`)
  }
  if (qualifiers.type !== 'net') throw meaningless('Mask syntax for networks only')
  return isHost(context, address, mask, qualifiers)
}

function isNetwork6(context: Context, text: string, bits: number | null, qualifiers: Qualifiers): Condition {
  const address = parseIpv6(text)!
  const length = bits ?? 128
  if (length > 128) throw meaningless('mask length must be <= 128')
  const mask = HOST_MASK6.map((_, i) => 0xff00 >> Math.min(8, Math.max(0, length - 8 * i)))
  if (address.some((byte, i) => (byte & ~mask[i]) !== 0))
    throw meaningless(`non-network bits set in "${text}/${length}"`)
  if (qualifiers.type !== null && qualifiers.type !== 'host' && qualifiers.type !== 'net')
    throw meaningless('invalid qualifier against IPv6 address')
  if (qualifiers.type !== 'net' && length !== 128) throw meaningless('Mask syntax for networks only')
  return isHost6(context, address, mask, qualifiers)
}

function isMacAddress(context: Context, text: string, qualifiers: Qualifiers): Condition {
  if (qualifiers.protocol !== 'link' || !isHostType(qualifiers))
    throw meaningless('ethernet address used in non-ether expression')
  return withLinkHeader(context, isMac(context, parseMac(text), qualifiers.direction))
}

/** Inside Geneve there may be no link header to look at. */
export function withLinkHeader(context: Context, condition: Condition): Condition {
  const has = hasLinkHeader(context)
  return has === null ? condition : and(has, condition)
}

function shiftLeft(value: number, bits: number): number {
  return bits >= 32 ? 0 : (value << bits) >>> 0
}

function prefixMask(bits: number): number {
  return bits === 0 ? 0 : (ALL_ONES << (32 - bits)) >>> 0
}
