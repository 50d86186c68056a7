import { and, type Condition, not, or } from '../condition.ts'
import { FilterError, meaningless, unsupported } from '../error.ts'
import type { Qualifiers } from '../syntax/tree.ts'
import type { Context } from './context.ts'
import { hasLinkHeader } from './encapsulation.ts'
import { isHost, isHost6, isMac, macOffsets } from './hosts.ts'
import {
  ETHERTYPE_AARP,
  ETHERTYPE_ARP,
  ETHERTYPE_ATALK,
  ETHERTYPE_DECNET,
  ETHERTYPE_IP,
  ETHERTYPE_IPV6,
  ETHERTYPE_RARP,
  NLPID_CLNP,
  NLPID_ESIS,
  NLPID_ISIS,
  SAP_IPX,
  SAP_ISO,
  SAP_NETBEUI,
  SAP_STP,
} from './numbers.ts'
import { portOf, portRangeOf } from './port-names.ts'
import { isPort, isPortInRange } from './ports.ts'
import { hasInChain } from './protochain.ts'
import { hasProtocol } from './protocol.ts'

/** Names after `ether proto`. */
const LINK_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['aarp', ETHERTYPE_AARP],
  ['arp', ETHERTYPE_ARP],
  ['atalk', ETHERTYPE_ATALK],
  ['decnet', ETHERTYPE_DECNET],
  ['ip', ETHERTYPE_IP],
  ['ip6', ETHERTYPE_IPV6],
  ['lat', 0x6004],
  ['loopback', 0x9000],
  ['mopdl', 0x6001],
  ['moprc', 0x6002],
  ['rarp', ETHERTYPE_RARP],
  ['sca', 0x6007],
  ['slow', 0x8809],
  ['iso', SAP_ISO],
  ['stp', SAP_STP],
  ['ipx', SAP_IPX],
  ['netbeui', SAP_NETBEUI],
])

/** Names after `iso proto`. */
const OSI_PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ['clnp', NLPID_CLNP],
  ['esis', NLPID_ESIS],
  ['isis', NLPID_ISIS],
])

/** A name, whatever the qualifiers say that it names. */
export function isNamed(context: Context, name: string, qualifiers: Qualifiers): Condition {
  const { names } = context
  const { protocol, direction } = qualifiers
  switch (qualifiers.type) {
    case 'net':
      return isNamedNetwork(context, name, qualifiers)
    case 'port': {
      const service = portOf(names, name, qualifiers)
      return isPort(context, service.port, service.protocol, direction)
    }
    case 'portrange': {
      const range = portRangeOf(names, name, qualifiers)
      return isPortInRange(context, range.ends, range.protocol, direction)
    }
    case 'gateway':
      return isGateway(context, name, qualifiers)
    case 'proto':
      return hasProtocol(context, protocolNumber(context, name, protocol), protocol)
    case 'protochain':
      return hasInChain(context, protocolNumber(context, name, protocol), protocol)
    default:
      if (protocol === 'link') return isNamedMac(context, name, qualifiers)
      if (protocol === 'decnet') throw decnetName(name)
      return isNamedHost(context, name, qualifiers)
  }
}

function decnetName(name: string): FilterError {
  return unsupported(`decnet name support not included, '${name}' cannot be translated\n`)
}

function isNamedNetwork(context: Context, name: string, qualifiers: Qualifiers): Condition {
  const network = context.names.network(name)
  if (network === null) throw new FilterError('unknown-name', `unknown network '${name}'`)
  // As with numbers, bytes that are missing are those of the hosts: here every byte is there.
  return isHost(context, network, networkMask(network), qualifiers)
}

/** A network number without its last bytes (as getnetbyname() may give it) is shorter than four bytes. */
function networkMask(network: number): number {
  let mask = 0xffffffff
  for (let left = network; left !== 0 && left <= 0xffffff; left = left * 256) mask = (mask << 8) >>> 0
  return mask
}

function isNamedMac(context: Context, name: string, qualifiers: Qualifiers): Condition {
  if (macOffsets(context.link) === null)
    throw unsupported('only ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel supports link-level host name')
  const address = context.names.etherHost(name)
  if (address === null) throw new FilterError('unknown-name', `unknown ether host '${name}'`)
  const is = isMac(context, address, qualifiers.direction)
  const has = hasLinkHeader(context)
  return has === null ? is : and(has, is)
}

const HOST_MASK6 = new Uint8Array(16).fill(0xff)

function isNamedHost(context: Context, name: string, qualifiers: Qualifiers): Condition {
  const addresses = context.names.hostAddresses(name)
  if (addresses.length === 0) throw new FilterError('unknown-name', `unknown host '${name}'`)
  // Without link-layer types there is no telling ARP: addresses are those of the IP header.
  const isIpOnly = context.linkType.constant < 0 && qualifiers.protocol === null
  let condition: Condition | null = null
  for (const address of addresses) {
    const is6 = address.length === 16
    if (qualifiers.protocol === (is6 ? 'ip' : 'ip6')) continue
    const own: Qualifiers = isIpOnly ? { ...qualifiers, protocol: is6 ? 'ip6' : 'ip' } : qualifiers
    const number = ((address[0] << 24) | (address[1] << 16) | (address[2] << 8) | address[3]) >>> 0
    const one = is6 ? isHost6(context, address, HOST_MASK6, own) : isHost(context, number, 0xffffffff, own)
    condition = condition === null ? one : or(condition, one)
  }
  if (condition !== null) return condition
  throw new FilterError('unknown-name', `unknown host '${name}' for specified address family`)
}

/** A packet through a host: to or from its MAC address, not to or from its IP address. */
function isGateway(context: Context, name: string, qualifiers: Qualifiers): Condition {
  const { protocol } = qualifiers
  if (protocol !== null && protocol !== 'ip' && protocol !== 'arp' && protocol !== 'rarp')
    throw meaningless("illegal modifier of 'gateway'")
  const mac = context.names.etherHost(name)
  if (mac === null) throw new FilterError('unknown-name', `unknown ether host: ${name}`)
  const addresses = context.names.hostAddresses(name).filter((address) => address.length === 4)
  if (addresses.length === 0) throw new FilterError('unknown-name', `unknown host '${name}'`)
  const isThrough = isMac(context, mac, null)
  const isItself = addresses
    .map((address) => ((address[0] << 24) | (address[1] << 16) | (address[2] << 8) | address[3]) >>> 0)
    .map((address) => isHost(context, address, 0xffffffff, { protocol, direction: null, type: 'host' }))
    .reduce((left, right) => or(left, right))
  return and(isThrough, not(isItself))
}

function protocolNumber(context: Context, name: string, over: string | null): number {
  const unknown = (kind: string): FilterError => new FilterError('unknown-name', `unknown ${kind} proto '${name}'`)
  switch (over) {
    case null:
    case 'ip':
    case 'ip6': {
      const number = context.names.ipProtocol(name)
      if (number === null) throw unknown('ip')
      return number
    }
    case 'iso': {
      const number = OSI_PROTOCOLS.get(name)
      if (number === undefined) throw unknown('osi')
      return number
    }
    case 'link': {
      const number = LINK_PROTOCOLS.get(name)
      if (number === undefined) throw unknown('ether')
      return number
    }
    default:
      throw new FilterError('unknown-name', `unknown protocol: ${name}`)
  }
}
