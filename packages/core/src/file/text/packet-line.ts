import type { Stamp } from './stamp.ts'

/** `ip`: -v told the IP header, and no more of the packet is understood. */
export type Protocol = 'tcp' | 'udp' | 'icmp' | 'icmp6' | 'arp' | 'ip' | 'unknown'

/** What one packet's line (or, with -v, lines) says. null = the text does not tell. */
export interface PacketLine {
  stamp: Stamp | null
  /** `eth0` of `eth0  In  IP …` (tcpdump 4.99 -i any). */
  interfaceName: string | null
  ethernet: EthernetPart | null
  /** 0 where the line has no IP packet (ARP). */
  family: 0 | 4 | 6
  ip: IpPart | null
  protocol: Protocol
  /** Address (with port, if the protocol has them) as printed. */
  source: string
  target: string
  tcp: TcpPart | null
  /** Bytes after the TCP, UDP or IP header; `ip`: the whole packet's. */
  payloadBytes: number | null
  /** icmp/icmp6: the first eight bytes of the message; arp: the whole packet. Unknown fields are 0. */
  message: readonly number[] | null
  /** -v printed `HTTP, length: N`: that many bytes of text may follow, line by line. */
  textBytes: number
  /** First line of the payload, as printed behind `HTTP: ` without -v; null if not. */
  firstLine: string | null
}

/** -e: the Ethernet header. */
export interface EthernetPart {
  readonly source: readonly number[]
  readonly target: readonly number[]
  /** Tags, outermost first: ethertype of the tag and its 16 bits (priority, DEI, VLAN id). */
  readonly vlans: readonly (readonly [number, number])[]
  readonly type: number
  /** Whole frame, null if not printed. */
  readonly frameBytes: number | null
}

/** -v: the IP header. */
export interface IpPart {
  tos: number
  ttl: number
  id: number
  dontFragment: boolean
  moreFragments: boolean
  /** Bytes. */
  fragmentOffset: number
  /** Number of the IP protocol or next header, -1 if not printed. */
  protocol: number
  /** IPv4: total length; IPv6: 40 + payload length; null if not printed. */
  totalBytes: number | null
  flowLabel: number
}

export const TcpFlag = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128, AE: 256 } as const

export interface TcpPart {
  flags: number
  /** As printed: absolute or relative. */
  seq: number | null
  ack: number | null
  window: number
  urgent: number
  /** Option bytes with the SACK edges as printed. */
  options: number[]
  /** Where in `options` a SACK edge (4 bytes) begins. */
  sackEdges: number[]
  /** An option whose bytes the text does not tell was left out. */
  optionsUnknown: boolean
  payloadBytes: number
}

/** `none`: not a packet line. `open`: the text ends inside the packet's fields, what follows may belong to it.
 *  `whole`: a packet. `unreadable`: looks like a packet, but says too little or something else. */
export type Outcome = 'none' | 'open' | 'whole' | 'unreadable'

export interface ParsedLine {
  readonly outcome: Outcome
  readonly packet: PacketLine
  /** Text after the last field that was understood: a remark, or a higher protocol's words. */
  readonly rest: string
  /** White space before the packet. */
  readonly indent: number
  /** `open`, but with all that a packet needs: used if nothing better follows. */
  readonly usable: boolean
}

export function emptyPacketLine(): PacketLine {
  return {
    stamp: null,
    interfaceName: null,
    ethernet: null,
    family: 0,
    ip: null,
    protocol: 'unknown',
    source: '',
    target: '',
    tcp: null,
    payloadBytes: null,
    message: null,
    textBytes: 0,
    firstLine: null,
  }
}
