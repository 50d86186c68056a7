/** Which printer each number leads to: a new protocol is its file and a row here. */
import { tcpPorts, tcpTypes, udpPorts, udpTypes } from './application-table.ts'
import { printArp } from './arp.ts'
import { printDsaLink, printTypedDsaLink } from './dsa.ts'
import { printEthernet, printEthernetLink } from './ethernet.ts'
import { printGre } from './gre.ts'
import { printIcmp } from './icmp.ts'
import { printIcmpv6 } from './icmpv6.ts'
import { printIgmp } from './igmp.ts'
import { printIp, printRawLink } from './ip.ts'
import { printAuthentication, printCompressedPayload, printEncapsulatedPayload } from './ipsec.ts'
import { printIpv4 } from './ipv4.ts'
import { printIpv6 } from './ipv6.ts'
import { printLlc } from './llc.ts'
import { printLldp } from './lldp.ts'
import { printMpls } from './mpls.ts'
import { printMultilink } from './multilink-ppp.ts'
import { printNflogLink } from './nflog.ts'
import { printNullLink } from './null-loop.ts'
import { printPktapLink } from './pktap.ts'
import { printCiscoLink, printEtherPpp, printPpp, printPppLink, printPppSerialLink } from './ppp.ts'
import { printChap, printPap } from './ppp-authentication.ts'
import { printPppControl } from './ppp-control.ts'
import { printPppoe, printPppoeLink } from './pppoe.ts'
import { PortTable, type Printer, type PrinterTable } from './printer.ts'
import { printEigrp, printOspf, printPim } from './routing-protocols.ts'
import { printSctp } from './sctp.ts'
import { printSll2Link, printSllLink } from './sll.ts'
import { printStp } from './stp.ts'
import { printTcp } from './tcp.ts'
import { printUdp } from './udp.ts'
import { printVrrp } from './vrrp.ts'

/** LINKTYPE_ numbers, https://www.tcpdump.org/linktypes.html */
const links: readonly (readonly [number, Printer])[] = [
  [0, printNullLink],
  [1, printEthernetLink],
  [9, printPppLink],
  [12, printRawLink],
  [14, printRawLink],
  [50, printPppSerialLink],
  [51, printPppoeLink],
  [101, printRawLink],
  [104, printCiscoLink],
  [108, printNullLink],
  [113, printSllLink],
  [149, printPktapLink],
  [166, printPppLink],
  [204, printPppLink],
  [228, printRawLink],
  [229, printRawLink],
  [239, printNflogLink],
  [258, printPktapLink],
  [276, printSll2Link],
  [284, printDsaLink],
  [285, printTypedDsaLink],
]

const etherTypes: readonly (readonly [number, Printer])[] = [
  [0x0800, printIpv4],
  [0x86dd, printIpv6],
  [0x0806, printArp],
  [0x8035, printArp],
  [0x8847, printMpls],
  [0x8848, printMpls],
  [0x88cc, printLldp],
  [0x8863, printPppoe],
  [0x8864, printPppoe],
  [0x880b, printEtherPpp],
]

/** IP protocol numbers. */
const ipProtocols: readonly (readonly [number, Printer])[] = [
  [1, printIcmp],
  [2, printIgmp],
  [4, printIpv4],
  [6, printTcp],
  [17, printUdp],
  [41, printIpv6],
  [47, printGre],
  [50, printEncapsulatedPayload],
  [51, printAuthentication],
  [58, printIcmpv6],
  [108, printCompressedPayload],
  [88, printEigrp],
  [89, printOspf],
  [103, printPim],
  [112, printVrrp],
  [132, printSctp],
]

/** Numbers of PPP. */
const pppProtocols: readonly (readonly [number, Printer])[] = [
  [0x0021, printIpv4],
  [0x0057, printIpv6],
  [0x002f, printIpv4],
  [0x0800, printIpv4],
  [0x86dd, printIpv6],
  [0x0281, printMpls],
  [0x0283, printMpls],
  [0x003d, printMultilink],
  [0x8021, printPppControl],
  [0x8023, printPppControl],
  [0x8057, printPppControl],
  [0x80fd, printPppControl],
  [0x8281, printPppControl],
  [0xc021, printPppControl],
  [0xc02b, printPppControl],
  [0xc023, printPap],
  [0xc223, printChap],
]

/** Type fields of GRE. */
const greTypes: readonly (readonly [number, Printer])[] = [
  [0x0800, printIpv4],
  [0x86dd, printIpv6],
  [0x8847, printMpls],
  [0x8848, printMpls],
  [0x0806, printArp],
  [0x6558, printEthernet],
]

/** Service access points of LLC. */
const saps: readonly (readonly [number, Printer])[] = [
  [0x06, printIpv4],
  [0x42, printStp],
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
  pppProtocols: new Map(pppProtocols),
  greTypes: new Map(greTypes),
  saps: new Map(saps),
  layers: {
    ethernet: printEthernet,
    ip: printIp,
    ipv4: printIpv4,
    ipv6: printIpv6,
    llc: printLlc,
    ppp: printPpp,
  },
  truncation: { mark: ' [|', names: new Map() },
}
