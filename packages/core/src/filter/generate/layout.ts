/** Where a link type keeps what filters ask for. Offsets count from the packet's first byte. */
export interface LinkLayout {
  /** Of the field that names the payload's protocol; -1 = there is none. */
  readonly type: number
  /** Of the link-layer payload. */
  readonly payload: number
  /** How the payload's protocol is told. */
  readonly family: LinkFamily
  /** First byte of the link-layer header, where a pseudo header precedes it. */
  readonly header?: number
  /** From `payload` to the network header where an IEEE 802.2 header with SNAP is in between. */
  readonly network?: number
  /** The same, for 802.2 without SNAP (default: as `network`). */
  readonly networkLlc?: number
}

/** `ethernet`: EtherType or length; `sll`: EtherType or one of Linux's numbers; `ethertype`: EtherTypes only; `ppp`: PPP
 *  protocol numbers; `hdlc`: Cisco's; `llc`: 802.2; `af`, `af-network`: address family in the capturing machine's or in
 *  network byte order; `ipnet`: Solaris's; `version`: the nibble of the IP header; `ipv4`, `ipv6`: nothing else is carried. */
export type LinkFamily =
  | 'ethernet'
  | 'sll'
  | 'ethertype'
  | 'ppp'
  | 'hdlc'
  | 'llc'
  | 'af'
  | 'af-network'
  | 'ipnet'
  | 'version'
  | 'ipv4'
  | 'ipv6'

/** LINKTYPE_ numbers that the generator knows by name (https://www.tcpdump.org/linktypes.html). */
const LINK_NULL = 0
export const LINK_EN10MB = 1
export const LINK_TOKEN_RING = 6
export const LINK_SLIP = 8
export const LINK_PPP = 9
export const LINK_FDDI = 10
export const LINK_C_HDLC = 104
export const LINK_LINUX_SLL = 113
export const LINK_IP_OVER_FC = 122
export const LINK_PPP_PPPD = 166
export const LINK_IPNET = 226
export const LINK_NETANALYZER = 240
export const LINK_LINUX_SLL2 = 276

const LAYOUTS: ReadonlyMap<number, LinkLayout> = new Map<number, LinkLayout>([
  [LINK_NULL, { type: 0, payload: 4, family: 'af' }],
  [LINK_EN10MB, { type: 12, payload: 14, family: 'ethernet', networkLlc: 3 }],
  [LINK_TOKEN_RING, { type: 14, payload: 14, family: 'llc', network: 8, networkLlc: 3 }],
  [LINK_SLIP, { type: -1, payload: 16, family: 'version' }],
  [LINK_PPP, { type: 2, payload: 4, family: 'ppp' }],
  [LINK_FDDI, { type: 13, payload: 13, family: 'llc', network: 8, networkLlc: 3 }],
  [50, { type: 2, payload: 4, family: 'ppp' }],
  [51, { type: 6, payload: 8, family: 'ppp' }],
  [99, { type: 6, payload: 44, family: 'ethertype' }],
  [100, { type: 0, payload: 0, family: 'llc', network: 8, networkLlc: 3 }],
  [101, { type: -1, payload: 0, family: 'version' }],
  [12, { type: -1, payload: 0, family: 'version' }],
  [14, { type: -1, payload: 0, family: 'version' }],
  [LINK_C_HDLC, { type: 2, payload: 4, family: 'hdlc' }],
  [108, { type: 0, payload: 4, family: 'af-network' }],
  [109, { type: 0, payload: 12, family: 'af' }],
  [LINK_LINUX_SLL, { type: 14, payload: 16, family: 'sll' }],
  [LINK_IP_OVER_FC, { type: 16, payload: 16, family: 'llc', network: 8, networkLlc: 3 }],
  [138, { type: 16, payload: 18, family: 'ethertype' }],
  [LINK_PPP_PPPD, { type: 2, payload: 4, family: 'ppp' }],
  [LINK_IPNET, { type: 1, payload: 24, family: 'ipnet' }],
  [228, { type: -1, payload: 0, family: 'ipv4' }],
  [229, { type: -1, payload: 0, family: 'ipv6' }],
  [LINK_NETANALYZER, { header: 4, type: 16, payload: 18, family: 'ethernet', networkLlc: 3 }],
  [LINK_LINUX_SLL2, { type: 0, payload: 20, family: 'ethertype' }],
])

/** Null for a link type of which only the raw bytes can be tested. */
export function linkLayout(link: number): LinkLayout | null {
  return LAYOUTS.get(link) ?? null
}
