/** The form of tcpdump 3.9.8 (`--format=classic`): where it printed a protocol otherwise, or did not know it yet. */
import { tcpPorts, udpPorts } from '../application-table.ts'
import { printArp } from '../arp.ts'
import { printIpv4 } from '../ipv4.ts'
import { printIpv6 } from '../ipv6.ts'
import { type PortRow, PortTable, type Printer, type PrinterTable } from '../printer.ts'
import { modernTable } from '../table.ts'
import { printTcp } from '../tcp.ts'
import { printUdp } from '../udp.ts'
import { printClassicArp } from './arp.ts'
import { printClassicIpv4 } from './ipv4.ts'
import { printClassicIpv6 } from './ipv6.ts'
import { printClassicTcp } from './tcp.ts'
import { printClassicUdp } from './udp.ts'

const replacements = new Map<Printer, Printer>([
  [printArp, printClassicArp],
  [printIpv4, printClassicIpv4],
  [printIpv6, printClassicIpv6],
  [printTcp, printClassicTcp],
  [printUdp, printClassicUdp],
])

/** Ports whose protocols 3.9.8 printed. HTTP and the other protocols of text came with 4.x. */
const knownTcpPorts = new Set([23, 53])
const knownUdpPorts = new Set([53, 67, 68, 69, 123, 161, 162, 514, 520, 546, 547, 1985, 3456, 5353])

/** Abbreviations that later became names of their own. */
const layerNames = new Map([
  ['dstopt', 'DSTOPT'],
  ['frag6', 'frag'],
  ['hbh', 'HBH'],
  ['rt6', 'srcrt'],
])

function replaced(printer: Printer): Printer {
  return replacements.get(printer) ?? printer
}

function replacedIn<Key>(printers: ReadonlyMap<Key, Printer>): ReadonlyMap<Key, Printer> {
  return new Map([...printers].map(([key, printer]) => [key, replaced(printer)]))
}

function known(rows: readonly PortRow[], ports: ReadonlySet<number>): PortTable {
  return new PortTable(rows.filter(([[port]]) => ports.has(port)))
}

export const classicTable: PrinterTable = {
  ...modernTable,
  etherTypes: replacedIn(modernTable.etherTypes),
  ipProtocols: modernTable.ipProtocols.map((printer) => printer && replaced(printer)),
  tcpPorts: known(tcpPorts, knownTcpPorts),
  udpPorts: known(udpPorts, knownUdpPorts),
  greTypes: replacedIn(modernTable.greTypes),
  saps: replacedIn(modernTable.saps),
  pppProtocols: replacedIn(modernTable.pppProtocols),
  layers: {
    ...modernTable.layers,
    ipv4: printClassicIpv4,
    ipv6: printClassicIpv6,
  },
  truncation: { mark: '[|', names: layerNames },
}
