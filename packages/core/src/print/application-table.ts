/** Which printer each TCP and UDP port and each word after `-T` leads to. */
import { printDns, printDnsOverTcp, printMulticastDns, printMulticastDnsOverTcp } from './dns.ts'
import { printFtp, printHttp, printRtsp, printSip, printSmtp, printWhois } from './http.ts'
import type { PortRow, Printer } from './printer.ts'

/** The first row that knows one of the two ports is taken: their order is tcpdump's. */
export const tcpPorts: readonly PortRow[] = [
  [[25], printSmtp],
  [[43], printWhois],
  [[21], printFtp],
  [[80, 8080], printHttp],
  [[554, 8554], printRtsp],
  [[53], printDnsOverTcp],
  [[5353], printMulticastDnsOverTcp],
]

export const udpPorts: readonly PortRow[] = [
  [[53], printDns],
  [[5353], printMulticastDns],
  [[5060], printSip],
]

/** By the word after -T, for the transport that it is used on. */
export const tcpTypes: readonly (readonly [string, Printer])[] = [['domain', printDnsOverTcp]]

export const udpTypes: readonly (readonly [string, Printer])[] = [['domain', printDns]]
