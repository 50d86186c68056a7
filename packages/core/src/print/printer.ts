import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import type { NameWriter } from './names.ts'
import type { PrintOptions } from './options.ts'
import type { TcpSequences } from './tcp-sequences.ts'

/** Prints one layer and, through `context.table`, what it carries. `at` is the layer's first byte, `length` its bytes
 *  as the layer around it tells: more than were captured, or even a lie. What is read is read through `packet`,
 *  which ends the packet's text where the capture ends. */
export type Printer = (out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context) => void

/** Which printer a layer's number leads to. A file `*-table.ts` fills it in for each form of output. */
export interface PrinterTable {
  /** By LINKTYPE_ number. They set `context.linkBytes`. */
  readonly links: ReadonlyMap<number, Printer>
  readonly etherTypes: ReadonlyMap<number, Printer>
  /** By IP protocol number: 256 entries, null for what is only named. */
  readonly ipProtocols: readonly (Printer | null)[]
  readonly tcpPorts: PortTable
  readonly udpPorts: PortTable
  /** By the word after `-T`, for the transport that it is used on. */
  readonly tcpTypes: ReadonlyMap<string, Printer>
  readonly udpTypes: ReadonlyMap<string, Printer>
  /** By the numbers of PPP. */
  readonly pppProtocols: ReadonlyMap<number, Printer>
  /** By the type field of GRE. */
  readonly greTypes: ReadonlyMap<number, Printer>
  /** By the service access point of LLC frames. */
  readonly saps: ReadonlyMap<number, Printer>
  /** Printers that have no number: they are asked for by name, so that none imports another. */
  readonly layers: Readonly<Record<LayerName, Printer>>
  /** What stands in front of the name of a layer that the capture cuts, and names that differ from Context.protocol. */
  readonly truncation: { readonly mark: string; readonly names: ReadonlyMap<string, string> }
}

/** Layers that others carry without a number of their own. */
export type LayerName = 'ethernet' | 'ipv4' | 'ipv6' | 'ip' | 'llc' | 'ppp'

/** Ports to printers. Where both ports have one, the row that stands first in the table wins, as in tcpdump. */
export class PortTable {
  private readonly printers: (Printer | null)[] = [null]
  private readonly bySource = new Uint8Array(65536)
  private readonly byDestination = new Uint8Array(65536)

  constructor(rows: readonly PortRow[]) {
    for (const [ports, printer, side] of rows) {
      const index = this.printers.push(printer) - 1
      for (const port of ports) {
        if (side !== 'destination') this.bySource[port] ||= index
        if (side !== 'source') this.byDestination[port] ||= index
      }
    }
  }

  has(sourcePort: number, destinationPort: number): boolean {
    return this.bySource[sourcePort] !== 0 || this.byDestination[destinationPort] !== 0
  }

  find(sourcePort: number, destinationPort: number): Printer | null {
    const source = this.bySource[sourcePort]
    const destination = this.byDestination[destinationPort]
    return this.printers[source === 0 || (destination !== 0 && destination < source) ? destination : source]
  }
}

/** Ports, printer, and on which side the port counts if not on either. At most 255 rows. */
export type PortRow = readonly [ports: readonly number[], printer: Printer, side?: 'source' | 'destination']

/** What printers know beside the bytes: the options, and what the layers around them have found. One instance a
 *  PacketPrinter. A printer that changes a field for what it carries puts the old value back afterwards. */
export class Context {
  readonly options: PrintOptions
  readonly table: PrinterTable
  readonly names: NameWriter
  readonly sequences: TcpSequences
  /** Name of the layer being printed: what ` [|tcp]` says. Each printer sets it. */
  protocol = ''
  /** Bytes of the packet before its network layer, which `-x`, `-X` and `-A` leave out. */
  linkBytes: Bytes = 0
  /** No hex dump of what is not known: -q, -x or -X is given. */
  readonly noDefaultDump: boolean
  /** EtherType, PPP protocol or the like that led to the present printer. */
  type = 0
  /** Link addresses of the frame, for LLC: offsets, or -1. */
  sourceLinkAt: Offset = -1
  destinationLinkAt: Offset = -1
  /** The IP header around the present layer: 4, 6, or 0 for none. */
  ipVersion = 0
  ipAt: Offset = -1
  /** The datagram is a first fragment. */
  fragmented = false
  hopLimit = 0
  /** Bytes of the LLC header that was printed last; negative if what it carries is not known. */
  llcBytes: Bytes = 0
  /** Ports of the transport header around the present layer. */
  sourcePort = 0
  destinationPort = 0
  /** Encapsulations entered so far: bounds what a packet may nest. */
  depth = 0

  constructor(options: PrintOptions, table: PrinterTable, names: NameWriter, sequences: TcpSequences) {
    this.options = options
    this.table = table
    this.names = names
    this.sequences = sequences
    this.noDefaultDump = options.quiet > 0 || options.hex > 0 || options.hexAndText > 0
  }

  /** Forgets the packet before. */
  begin(): void {
    this.protocol = ''
    this.linkBytes = 0
    this.type = 0
    this.sourceLinkAt = -1
    this.destinationLinkAt = -1
    this.ipVersion = 0
    this.ipAt = -1
    this.fragmented = false
    this.depth = 0
  }
}

/** tcpdump's mark behind a layer that the capture cuts, where a printer goes on or notices it without reading. */
export function printTruncated(out: Line, context: Context): void {
  const { mark, names } = context.table.truncation
  out.text(mark)
  out.text(names.get(context.protocol) ?? context.protocol)
  out.byte(0x5d)
}

/** tcpdump's mark behind a layer that contradicts itself. */
export function printInvalid(out: Line): void {
  out.text(' (invalid)')
}
