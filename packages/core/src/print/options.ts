import type { Bytes, Offset } from '../units.ts'

/** tcpdump's options that change the text of a packet; the letters are tcpdump's. */
export interface PrintOptions {
  /** `modern`: as tcpdump 4.99.6 prints. `classic`: as tcpdump 3.9.8 did (`--format=classic`). */
  readonly format: 'modern' | 'classic'
  /** Number of `-t`: 0 time of day, 1 none, 2 Unix time, 3 since the previous packet, 4 date and time,
   *  5 since the first packet. */
  readonly timeStamp: number
  /** `--nano`: nine digits of a second instead of six. */
  readonly nanoseconds: boolean
  /** `-n`: addresses, ports and protocols as numbers. */
  readonly numeric: boolean
  /** `-N`: host names without their domain. */
  readonly unqualified: boolean
  /** Number of `-v`. */
  readonly verbose: number
  /** Number of `-q`. */
  readonly quiet: number
  /** `-e`: the link header. */
  readonly link: boolean
  /** `-S`: TCP sequence numbers as sent. */
  readonly absoluteSequence: boolean
  /** Number of `-x`: 1 from the network layer on, 2 with the link header. */
  readonly hex: number
  /** Number of `-X`, likewise. */
  readonly hexAndText: number
  /** Number of `-A`, likewise. */
  readonly text: number
  /** `-#`: packet numbers. */
  readonly number: boolean
  /** `-K`: checksums are not looked at. */
  readonly noChecksums: boolean
  /** `-b`: AS numbers in ASDOT notation. */
  readonly asDot: boolean
  /** `-g`: no line break after the IP header of `-v`. */
  readonly oneLine: boolean
  /** `-H`: 802.11s draft mesh headers. */
  readonly mesh: boolean
  /** `-s`: bytes of a packet that are looked at; 0 for all. */
  readonly snaplen: Bytes
  /** `-T`: how packets of any port are read (`domain`, `rtp` …), in lower case; null for by port. */
  readonly packetType: string | null
  /** `-u`: undecoded NFS handles. */
  readonly nfsHandles: boolean
  /** Any 32 bits, drawn by the caller: it keeps prepared captures from slowing the table of connections down. */
  readonly seed: number
  /** Seconds that local time is ahead of UTC at this Unix time. */
  readonly zoneSeconds: (epochSeconds: number) => number
}

export type ServiceProtocol = 'tcp' | 'udp' | 'sctp' | 'dccp'

/** Names for numbers, asked only without `-n`. Each call returns at once; null where there is no name (yet). */
export interface PrintNames {
  /** Name of the host with the address of 4 or 16 bytes at b[at]. With its domain: `-N` is applied here. */
  host(b: Uint8Array, at: Offset, bytes: 4 | 16): string | null
  service(port: number, protocol: ServiceProtocol): string | null
  /** Name of the station with the six bytes at b[at] (/etc/ethers). */
  ether(b: Uint8Array, at: Offset): string | null
  /** Name of this machine's interface of that index, asked under `-n` too; absent where there are none. */
  interface?(index: number): string | null
  /** Name of an IP protocol number (/etc/protocols). */
  protocol(number: number): string | null
}

/** No number has a name. */
export const noNames: PrintNames = {
  host: () => null,
  service: () => null,
  ether: () => null,
  protocol: () => null,
}
