import { BPF_B } from '../bpf.ts'
import { and, type Condition, or } from '../condition.ts'
import { meaningless } from '../error.ts'
import type { Protocol } from '../syntax/tree.ts'
import type { Context } from './context.ts'
import { LINK_C_HDLC } from './layout.ts'
import { carries } from './link-type.ts'
import {
  ETHERTYPE_AARP,
  ETHERTYPE_ARP,
  ETHERTYPE_ATALK,
  ETHERTYPE_DECNET,
  ETHERTYPE_IP,
  ETHERTYPE_IPV6,
  ETHERTYPE_RARP,
  IPPROTO_AH,
  IPPROTO_ESP,
  IPPROTO_FRAGMENT,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IGMP,
  IPPROTO_IGRP,
  IPPROTO_PIM,
  IPPROTO_SCTP,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPPROTO_VRRP,
  NLPID_CLNP,
  NLPID_ESIS,
  NLPID_ISIS,
  SAP_IPX,
  SAP_ISO,
  SAP_NETBEUI,
  SAP_STP,
} from './numbers.ts'

/** What a protocol's name alone tests: a number of the link layer, … */
const LINK_PROTOCOLS: Readonly<Record<Protocol, number>> = {
  ip: ETHERTYPE_IP,
  arp: ETHERTYPE_ARP,
  rarp: ETHERTYPE_RARP,
  ip6: ETHERTYPE_IPV6,
  atalk: ETHERTYPE_ATALK,
  aarp: ETHERTYPE_AARP,
  decnet: ETHERTYPE_DECNET,
  sca: 0x6007,
  lat: 0x6004,
  mopdl: 0x6001,
  moprc: 0x6002,
  iso: SAP_ISO,
  stp: SAP_STP,
  ipx: SAP_IPX,
  netbeui: SAP_NETBEUI,
}

/** … one of IPv4, IPv6 or both, … */
const IP_PROTOCOLS: Readonly<Record<Protocol, readonly [number: number, over: 'ip' | 'ip6' | null]>> = {
  tcp: [IPPROTO_TCP, null],
  udp: [IPPROTO_UDP, null],
  sctp: [IPPROTO_SCTP, null],
  pim: [IPPROTO_PIM, null],
  ah: [IPPROTO_AH, null],
  esp: [IPPROTO_ESP, null],
  icmp: [IPPROTO_ICMP, 'ip'],
  igmp: [IPPROTO_IGMP, 'ip'],
  igrp: [IPPROTO_IGRP, 'ip'],
  vrrp: [IPPROTO_VRRP, 'ip'],
  carp: [IPPROTO_VRRP, 'ip'],
  icmp6: [IPPROTO_ICMPV6, 'ip6'],
}

/** … one of OSI, … */
const OSI_PROTOCOLS: Readonly<Record<Protocol, number>> = { esis: NLPID_ESIS, isis: NLPID_ISIS, clnp: NLPID_CLNP }

/** … or types of IS-IS packets (ISO/IEC 10589 §9): hellos 15 to 17, link states 18 and 20, sequence numbers 24 to 27. */
const ISIS_TYPES: Readonly<Record<Protocol, readonly number[]>> = {
  l1: [26, 24, 18, 15, 17],
  l2: [27, 25, 20, 16, 17],
  iih: [17, 15, 16],
  lsp: [18, 20],
  snp: [27, 26, 24, 25],
  csnp: [24, 25],
  psnp: [26, 27],
}

/** The test that a protocol's name alone stands for. */
export function isProtocol(context: Context, protocol: Protocol): Condition {
  if (protocol in LINK_PROTOCOLS) return carries(context, LINK_PROTOCOLS[protocol])
  if (protocol in IP_PROTOCOLS) {
    const [number, over] = IP_PROTOCOLS[protocol]
    return hasProtocol(context, number, over)
  }
  if (protocol in OSI_PROTOCOLS) return hasProtocol(context, OSI_PROTOCOLS[protocol], 'iso')
  if (protocol in ISIS_TYPES)
    return ISIS_TYPES[protocol]
      .map((type) => hasProtocol(context, type, 'isis'))
      .reduce((left, right) => or(left, right))
  if (protocol === 'link') throw meaningless('link layer applied in wrong context')
  throw meaningless("'radio' is not a valid protocol type")
}

/** What `proto` cannot look into, with libpcap's words about it. */
const OPAQUE: Readonly<Record<Protocol, string>> = {
  arp: 'arp does not encapsulate another protocol',
  rarp: 'rarp does not encapsulate another protocol',
  atalk: 'AppleTalk encapsulation is not specifiable',
  decnet: 'DECNET encapsulation is not specifiable',
  lat: 'LAT does not encapsulate another protocol',
  sca: 'SCA does not encapsulate another protocol',
  moprc: 'MOPRC does not encapsulate another protocol',
  mopdl: 'MOPDL does not encapsulate another protocol',
  esis: "'esis proto' is not supported",
  clnp: "'clnp proto' is not supported",
}

/** Whether protocol `over` carries protocol `number`; null = IPv4 or IPv6. */
export function hasProtocol(context: Context, number: number, over: Protocol | null): Condition {
  switch (over) {
    case null:
      return or(hasProtocol(context, number, 'ip'), hasProtocol(context, number, 'ip6'))
    case 'link':
      return carries(context, number)
    case 'ip':
      return and(carries(context, ETHERTYPE_IP), context.equal('network', 9, BPF_B, number))
    case 'ip6': {
      const isIpv6 = carries(context, ETHERTYPE_IPV6)
      const isFragment = context.equal('network', 6, BPF_B, IPPROTO_FRAGMENT)
      const inFragment = and(isFragment, context.equal('network', 40, BPF_B, number))
      return and(isIpv6, or(context.equal('network', 6, BPF_B, number), inFragment))
    }
    case 'iso': {
      const isIso = carries(context, SAP_ISO)
      return and(isIso, context.equal('network-llc', context.link === LINK_C_HDLC ? 1 : 0, BPF_B, number))
    }
    case 'isis':
      return and(hasProtocol(context, NLPID_ISIS, 'iso'), context.equal('network-llc', 4, BPF_B, number))
    default:
      throw meaningless(OPAQUE[over] ?? `'${over} proto' is bogus`)
  }
}
