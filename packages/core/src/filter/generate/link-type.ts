import { BPF_B, BPF_H, BPF_W } from '../bpf.ts'
import { and, type Condition, not, or } from '../condition.ts'
import { unsupported } from '../error.ts'
import type { Context } from './context.ts'
import {
  AF_INET,
  AF_INET6,
  AF_INET6_OF_BSDS,
  ETHERTYPE_AARP,
  ETHERTYPE_ATALK,
  ETHERTYPE_DECNET,
  ETHERTYPE_IP,
  ETHERTYPE_IPV6,
  ETHERTYPE_IPX,
  MAX_LENGTH_FIELD,
  PPP_APPLE,
  PPP_BRIDGE,
  PPP_DECNET,
  PPP_IP,
  PPP_IPV6,
  PPP_IPX,
  PPP_OSI,
  SAP_IP,
  SAP_IPX,
  SAP_ISO,
  SAP_NETBEUI,
  SAP_SNAP,
  SAP_STP,
} from './numbers.ts'

/** Linux's numbers in the protocol field of cooked captures (linux/if_ether.h): 802.3 frames without and with 802.2. */
const SLL_802_3 = 1
const SLL_802_2 = 4

/** Whether the link layer carries `protocol`: an EtherType, or (up to MAX_LENGTH_FIELD) an 802.2 service access point. */
export function carries(context: Context, protocol: number): Condition {
  if (context.mplsDepth > 0) return carriesInMpls(context, protocol)
  const { layout } = context
  if (layout === null) throw unsupported(`${context.linkDescription} link-layer type filtering not implemented`)
  switch (layout.family) {
    case 'ethernet':
      return inEthernet(context, protocol)
    case 'sll':
      return inCooked(context, protocol)
    case 'ethertype':
      return context.equal('link-type', 0, BPF_H, protocol)
    case 'hdlc':
      return context.equal('link-type', 0, BPF_H, protocol === SAP_ISO ? (SAP_ISO << 8) | SAP_ISO : protocol)
    case 'ppp':
      return context.equal('link-type', 0, BPF_H, pppProtocol(protocol))
    case 'llc':
      return inLlc(context, protocol)
    case 'af':
    case 'af-network':
      return byAddressFamily(context, protocol, layout.family === 'af')
    case 'ipnet':
      if (protocol === ETHERTYPE_IP) return context.equal('link-type', 0, BPF_B, AF_INET)
      // Solaris's number of IPv6.
      return protocol === ETHERTYPE_IPV6 ? context.equal('link-type', 0, BPF_B, 26) : context.constant(false)
    case 'version':
      return byVersion(context, protocol)
    case 'ipv4':
      return context.constant(protocol === ETHERTYPE_IP)
    case 'ipv6':
      return context.constant(protocol === ETHERTYPE_IPV6)
  }
}

/** A field that is a length where it is not an EtherType: then 802.2 follows. */
function isLength(context: Context): Condition {
  return not(context.greater('link-type', 0, BPF_H, MAX_LENGTH_FIELD))
}

function inEthernet(context: Context, protocol: number): Condition {
  const bothSaps = (protocol << 8) | protocol
  switch (protocol) {
    case SAP_IP:
    case SAP_ISO:
    case SAP_NETBEUI:
      return and(isLength(context), context.equal('llc', 0, BPF_H, bothSaps))
    case SAP_IPX: {
      // Ethernet II, or a length and then SNAP, 802.2, or Novell's own form, in which the packet follows at once.
      const inside = ipxInside(context)
      return or(context.equal('link-type', 0, BPF_H, ETHERTYPE_IPX), and(isLength(context), inside))
    }
    case ETHERTYPE_ATALK:
    case ETHERTYPE_AARP:
      return or(context.equal('link-type', 0, BPF_H, protocol), and(isLength(context), appleSnap(context, protocol)))
    default:
      // 802.2 begins right after the length: found from there, as in libpcap, it is so inside Geneve, too.
      if (protocol <= MAX_LENGTH_FIELD) return and(isLength(context), context.equal('link-type', 2, BPF_B, protocol))
      return context.equal('link-type', 0, BPF_H, protocol)
  }
}

function ipxInside(context: Context): Condition {
  const raw = context.equal('llc', 0, BPF_H, 0xffff)
  const llc = context.equal('llc', 0, BPF_B, SAP_IPX)
  return or(or(snap(context, 0, ETHERTYPE_IPX), llc), raw)
}

/** AppleTalk counts as Apple's own in SNAP, AARP as Ethernet's. */
function appleSnap(context: Context, protocol: number): Condition {
  return snap(context, protocol === ETHERTYPE_ATALK ? 0x080007 : 0, protocol)
}

/** 802.2 with SNAP (RFC 1042): AA AA 03, organisation, protocol. */
function snap(context: Context, organisation: number, protocol: number): Condition {
  const bytes = [SAP_SNAP, SAP_SNAP, 3, organisation >> 16, (organisation >> 8) & 0xff, organisation & 0xff]
  return context.equalBytes('llc', 0, Uint8Array.of(...bytes, protocol >> 8, protocol & 0xff))
}

function inCooked(context: Context, protocol: number): Condition {
  const is802_2 = () => context.equal('link-type', 0, BPF_H, SLL_802_2)
  switch (protocol) {
    case SAP_IP:
    case SAP_ISO:
    case SAP_NETBEUI:
      return and(is802_2(), context.equal('llc', 0, BPF_H, (protocol << 8) | protocol))
    case SAP_IPX: {
      const llc = and(is802_2(), or(context.equal('llc', 0, BPF_B, SAP_IPX), snap(context, 0, ETHERTYPE_IPX)))
      const others = or(context.equal('link-type', 0, BPF_H, SLL_802_3), llc)
      return or(context.equal('link-type', 0, BPF_H, ETHERTYPE_IPX), others)
    }
    case ETHERTYPE_ATALK:
    case ETHERTYPE_AARP:
      return or(context.equal('link-type', 0, BPF_H, protocol), and(is802_2(), appleSnap(context, protocol)))
    default:
      if (protocol <= MAX_LENGTH_FIELD) return and(is802_2(), context.equal('llc', 0, BPF_B, protocol))
      return context.equal('link-type', 0, BPF_H, protocol)
  }
}

/** 802.2 and nothing else: FDDI, token ring, ATM with LLC. */
function inLlc(context: Context, protocol: number): Condition {
  switch (protocol) {
    case SAP_IP:
    case SAP_ISO:
    case SAP_NETBEUI:
      return context.equal('link-type', 0, BPF_H, (protocol << 8) | protocol)
    case SAP_IPX:
      return context.equal('link-type', 0, BPF_B, SAP_IPX)
    case ETHERTYPE_ATALK:
      return appleSnap(context, protocol)
    default:
      if (protocol <= MAX_LENGTH_FIELD) return context.equal('link-type', 0, BPF_B, protocol)
      return context.equal('link-type', 6, BPF_H, protocol)
  }
}

function pppProtocol(protocol: number): number {
  switch (protocol) {
    case ETHERTYPE_IP:
      return PPP_IP
    case ETHERTYPE_IPV6:
      return PPP_IPV6
    case ETHERTYPE_DECNET:
      return PPP_DECNET
    case ETHERTYPE_ATALK:
      return PPP_APPLE
    case SAP_ISO:
      return PPP_OSI
    case SAP_STP:
      return PPP_BRIDGE
    case SAP_IPX:
      return PPP_IPX
    default:
      return protocol
  }
}

/** `isHostOrder`: the machine that captured wrote the number in its own byte order, that of the file. Systems number
 *  IPv6 differently: in a file it may be that of any BSD, but this machine's own live. */
function byAddressFamily(context: Context, protocol: number, isHostOrder: boolean): Condition {
  const isOneOf = (...families: number[]): Condition =>
    families
      .map((family) => (isHostOrder && !context.isBigEndian ? family << 24 : family))
      .map((family) => context.equal('link-type', 0, BPF_W, family))
      .reduce((left, right) => or(left, right))
  if (protocol === ETHERTYPE_IP) return isOneOf(AF_INET)
  if (protocol !== ETHERTYPE_IPV6) return context.constant(false)
  return context.isSavefile ? isOneOf(...AF_INET6_OF_BSDS) : isOneOf(AF_INET6)
}

function byVersion(context: Context, protocol: number): Condition {
  if (protocol === ETHERTYPE_IP) return context.equalMasked('link-header', 0, BPF_B, 0x40, 0xf0)
  if (protocol === ETHERTYPE_IPV6) return context.equalMasked('link-header', 0, BPF_B, 0x60, 0xf0)
  return context.constant(false)
}

/** After an MPLS label nothing names the payload: the label must be the last, and the payload's first nibble an IP version. */
function carriesInMpls(context: Context, protocol: number): Condition {
  if (protocol !== ETHERTYPE_IP && protocol !== ETHERTYPE_IPV6) throw unsupported('unsupported protocol over mpls')
  const isLast = context.equalMasked('mpls-label', 2, BPF_B, 1, 1)
  return and(isLast, context.equalMasked('network', 0, BPF_B, protocol === ETHERTYPE_IP ? 0x40 : 0x60, 0xf0))
}
