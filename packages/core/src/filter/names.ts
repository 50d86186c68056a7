/** What names in a filter mean. The command hands in its resolver; nothing here waits: names that need the network are
 *  looked up before compiling (see namesIn in syntax/names-in.ts). Each gives null, or an empty list, for the unknown. */
export interface FilterNames {
  /** Addresses of a host, 4 or 16 bytes each, in the resolver's order. */
  hostAddresses(name: string): readonly Uint8Array[]
  /** Port of a service (/etc/services), for TCP and for UDP; null where the protocol has none of that name. */
  servicePorts(name: string): ServicePorts | null
  /** Number of an IP protocol (/etc/protocols). */
  ipProtocol(name: string): number | null
  /** Network number as in /etc/networks: 127.0.0.0 → 0x7f000000. */
  network(name: string): number | null
  /** MAC address of a host (/etc/ethers), 6 bytes. */
  etherHost(name: string): Uint8Array | null
}

export interface ServicePorts {
  readonly tcp: number | null
  readonly udp: number | null
}
