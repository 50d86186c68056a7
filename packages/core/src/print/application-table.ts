/** Which printer each TCP and UDP port and each word after `-T` leads to. */
import { printDhcp } from './dhcp.ts'
import { printDhcpv6 } from './dhcpv6.ts'
import { printDns, printDnsOverTcp, printMulticastDns } from './dns.ts'
import { printGeneve } from './geneve.ts'
import { printHsrp } from './hsrp.ts'
import { printFtp, printHttp, printRtsp, printSip, printSmtp, printWhois } from './http.ts'
import { printKerberos } from './kerberos.ts'
import { printNatTraversal } from './nat-traversal.ts'
import { printNtp } from './ntp.ts'
import type { PortRow, Printer } from './printer.ts'
import { printRadius } from './radius.ts'
import { printResp } from './resp.ts'
import { printRip } from './rip.ts'
import { printBgp } from './routing-protocols.ts'
import { printRtcp, printRtp, printVat } from './rtp.ts'
import { printSnmp } from './snmp.ts'
import { printSsh } from './ssh.ts'
import { printSyslog } from './syslog.ts'
import { printTelnet } from './telnet.ts'
import { printTftp } from './tftp.ts'
import { printVxlan, printVxlanGpe } from './vxlan.ts'
import { printZephyr } from './zephyr.ts'

/** The first row that knows one of the two ports is taken: their order is tcpdump's. */
export const tcpPorts: readonly PortRow[] = [
  [[23], printTelnet],
  [[25], printSmtp],
  [[43], printWhois],
  [[179], printBgp],
  [[6379], printResp],
  [[22], printSsh],
  [[21], printFtp],
  [[80, 8080], printHttp],
  [[554, 8554], printRtsp],
  [[53], printDnsOverTcp],
]

export const udpPorts: readonly PortRow[] = [
  [[53], printDns],
  [[5353], printMulticastDns],
  [[69], printTftp],
  [[68, 67], printDhcp],
  [[520], printRip],
  [[4500], printNatTraversal],
  [[161, 162], printSnmp],
  [[123], printNtp],
  [[88, 750], printKerberos],
  [[3456], printVat, 'destination'],
  [[2103, 2104], printZephyr],
  [[546, 547], printDhcpv6],
  [[1645, 1646, 1700, 1812, 1813, 3799], printRadius],
  [[1985], printHsrp, 'destination'],
  [[5060], printSip],
  [[514], printSyslog],
  [[4789], printVxlan],
  [[6081], printGeneve, 'destination'],
  [[4790], printVxlanGpe],
]

/** By the word after -T, for the transport that it is used on. */
export const tcpTypes: readonly (readonly [string, Printer])[] = [
  ['domain', printDnsOverTcp],
  ['resp', printResp],
]

export const udpTypes: readonly (readonly [string, Printer])[] = [
  ['domain', printDns],
  ['radius', printRadius],
  ['rtcp', printRtcp],
  ['rtp', printRtp],
  ['snmp', printSnmp],
  ['tftp', printTftp],
  ['vat', printVat],
  ['vxlan', printVxlan],
]
