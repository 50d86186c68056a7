/** Protocol numbers that tests compare with. */

export const ETHERTYPE_IP = 0x0800
export const ETHERTYPE_ARP = 0x0806
export const ETHERTYPE_RARP = 0x8035
export const ETHERTYPE_ATALK = 0x809b
export const ETHERTYPE_AARP = 0x80f3
export const ETHERTYPE_IPX = 0x8137
export const ETHERTYPE_IPV6 = 0x86dd
export const ETHERTYPE_MPLS = 0x8847
export const ETHERTYPE_PPPOED = 0x8863
export const ETHERTYPE_PPPOES = 0x8864
export const ETHERTYPE_TEB = 0x6558
export const ETHERTYPE_DECNET = 0x6003
/** Tags of VLANs: 802.1Q, 802.1ad, and one of before. */
export const VLAN_ETHERTYPES = [0x8100, 0x88a8, 0x9100] as const
/** Up to here the field is a length (IEEE 802.3). */
export const MAX_LENGTH_FIELD = 1500

/** Service access points of IEEE 802.2, used as protocol numbers below MAX_LENGTH_FIELD. */
export const SAP_IP = 0x06
export const SAP_STP = 0x42
export const SAP_SNAP = 0xaa
export const SAP_IPX = 0xe0
export const SAP_NETBEUI = 0xf0
export const SAP_ISO = 0xfe

export const IPPROTO_ICMP = 1
export const IPPROTO_IGMP = 2
export const IPPROTO_TCP = 6
export const IPPROTO_IGRP = 9
export const IPPROTO_UDP = 17
export const IPPROTO_ESP = 50
export const IPPROTO_AH = 51
export const IPPROTO_ICMPV6 = 58
export const IPPROTO_NONE = 59
export const IPPROTO_PIM = 103
export const IPPROTO_VRRP = 112
export const IPPROTO_SCTP = 132
/** IPv6 extension headers (RFC 8200 §4.1). */
export const IPPROTO_HOPOPTS = 0
export const IPPROTO_ROUTING = 43
export const IPPROTO_FRAGMENT = 44
export const IPPROTO_DSTOPTS = 60

/** OSI network layer (ISO/IEC TR 9577). */
export const NLPID_CLNP = 0x81
export const NLPID_ESIS = 0x82
export const NLPID_ISIS = 0x83

/** PPP (RFC 1661, and IANA's PPP numbers). */
export const PPP_IP = 0x21
export const PPP_OSI = 0x23
export const PPP_DECNET = 0x27
export const PPP_APPLE = 0x29
export const PPP_IPX = 0x2b
export const PPP_BRIDGE = 0x31
export const PPP_IPV6 = 0x57
export const PPP_MPLS = 0x281

export const AF_INET = 2
/** Linux's. */
export const AF_INET6 = 10
/** macOS', OpenBSD's and NetBSD's, FreeBSD's. */
export const AF_INET6_OF_BSDS = [30, 24, 28] as const
