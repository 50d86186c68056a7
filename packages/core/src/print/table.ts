/** Which printer each number leads to: a new protocol is its file and a row here. */
import { tcpPorts, tcpTypes, udpPorts, udpTypes } from './application-table.ts'
import { printEthernet, printEthernetLink } from './ethernet.ts'
import { printIp, printRawLink } from './ip.ts'
import { printIpv4 } from './ipv4.ts'
import { PortTable, type Printer, type PrinterTable } from './printer.ts'
import { printTcp } from './tcp.ts'
import { printUdp } from './udp.ts'

/** LINKTYPE_ numbers, https://www.tcpdump.org/linktypes.html */
const links: readonly (readonly [number, Printer])[] = [
  [1, printEthernetLink],
  [12, printRawLink],
  [14, printRawLink],
  [101, printRawLink],
  [228, printRawLink],
  [229, printRawLink],
]

const etherTypes: readonly (readonly [number, Printer])[] = [[0x0800, printIpv4]]

/** IP protocol numbers. */
const ipProtocols: readonly (readonly [number, Printer])[] = [
  [4, printIpv4],
  [6, printTcp],
  [17, printUdp],
]

function byNumber(rows: readonly (readonly [number, Printer])[]): (Printer | null)[] {
  const printers: (Printer | null)[] = new Array(256).fill(null)
  for (const [number, printer] of rows) printers[number] = printer
  return printers
}

/** The form of tcpdump 4.99.6. */
export const modernTable: PrinterTable = {
  links: new Map(links),
  etherTypes: new Map(etherTypes),
  ipProtocols: byNumber(ipProtocols),
  tcpPorts: new PortTable(tcpPorts),
  udpPorts: new PortTable(udpPorts),
  tcpTypes: new Map(tcpTypes),
  udpTypes: new Map(udpTypes),
  pppProtocols: new Map(),
  layers: {
    ethernet: printEthernet,
    ip: printIp,
    ipv4: printIpv4,
    ipv6: printIpv4,
    llc: printIp,
    ppp: printIp,
    payload: printIp,
  },
}
