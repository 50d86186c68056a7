/** Link types of capture files, https://www.tcpdump.org/linktypes.html: number in the file, tcpdump's name
 *  (`tcpdump -L`, without DLT_), and its description in tcpdump's words. */
type LinkType = readonly [number: number, name: string, description: string]

const LINK_TYPES: readonly LinkType[] = [
  [0, 'NULL', 'BSD loopback'],
  [1, 'EN10MB', 'Ethernet'],
  [3, 'AX25', 'AX.25 layer 2'],
  [6, 'IEEE802', 'Token ring'],
  [7, 'ARCNET', 'BSD ARCNET'],
  [8, 'SLIP', 'SLIP'],
  [9, 'PPP', 'PPP'],
  [10, 'FDDI', 'FDDI'],
  [50, 'PPP_SERIAL', 'PPP over serial'],
  [51, 'PPP_ETHER', 'PPPoE'],
  [99, 'SYMANTEC_FIREWALL', 'Symantec Firewall'],
  [100, 'ATM_RFC1483', 'RFC1483 LLC-encapsulated ATM'],
  [101, 'RAW', 'Raw IP'],
  [104, 'C_HDLC', 'Cisco HDLC'],
  [105, 'IEEE802_11', '802.11'],
  [107, 'FRELAY', 'Frame Relay'],
  [108, 'LOOP', 'OpenBSD loopback'],
  [109, 'ENC', 'OpenBSD encapsulated IP'],
  [113, 'LINUX_SLL', 'Linux cooked v1'],
  [114, 'LTALK', 'Localtalk'],
  [117, 'PFLOG', 'OpenBSD pflog file'],
  [119, 'PRISM_HEADER', '802.11 plus Prism header'],
  [122, 'IP_OVER_FC', 'RFC 2625 IP-over-Fibre Channel'],
  [123, 'SUNATM', 'Sun raw ATM'],
  [127, 'IEEE802_11_RADIO', '802.11 plus radiotap header'],
  [129, 'ARCNET_LINUX', 'Linux ARCNET'],
  [138, 'APPLE_IP_OVER_IEEE1394', 'Apple IP-over-IEEE 1394'],
  [139, 'MTP2_WITH_PHDR', 'SS7 MTP2 with Pseudo-header'],
  [140, 'MTP2', 'SS7 MTP2'],
  [141, 'MTP3', 'SS7 MTP3'],
  [142, 'SCCP', 'SS7 SCCP'],
  [143, 'DOCSIS', 'DOCSIS'],
  [144, 'LINUX_IRDA', 'Linux IrDA'],
  [147, 'USER0', 'Private use 0'],
  [148, 'USER1', 'Private use 1'],
  [149, 'USER2', 'Private use 2'],
  [150, 'USER3', 'Private use 3'],
  [163, 'IEEE802_11_RADIO_AVS', '802.11 plus AVS radio information header'],
  [165, 'BACNET_MS_TP', 'BACnet MS/TP'],
  [166, 'PPP_PPPD', 'PPP for pppd, with direction flag'],
  [169, 'GPRS_LLC', 'GPRS LLC'],
  [177, 'LINUX_LAPD', 'Linux vISDN LAPD'],
  [187, 'BLUETOOTH_HCI_H4', 'Bluetooth HCI UART transport layer'],
  [189, 'USB_LINUX', 'USB with Linux header'],
  [192, 'PPI', 'Per-Packet Information'],
  [195, 'IEEE802_15_4_WITHFCS', 'IEEE 802.15.4 with FCS'],
  [196, 'SITA', 'SITA pseudo-header'],
  [197, 'ERF', 'Endace ERF header'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR', 'Bluetooth HCI UART transport layer plus pseudo-header'],
  [202, 'AX25_KISS', 'AX.25 with KISS header'],
  [203, 'LAPD', 'LAPD'],
  [204, 'PPP_WITH_DIR', 'PPP with Directional Info'],
  [205, 'C_HDLC_WITH_DIR', 'Cisco HDLC with Directional Info'],
  [206, 'FRELAY_WITH_DIR', 'Frame Relay with Directional Info'],
  [209, 'IPMB_LINUX', 'IPMB with Linux/Pigeon Point pseudo-header'],
  [215, 'IEEE802_15_4_NONASK_PHY', 'IEEE 802.15.4 with non-ASK PHY data'],
  [220, 'USB_LINUX_MMAPPED', 'USB with padded Linux header'],
  [224, 'FC_2', 'Fibre Channel FC-2'],
  [225, 'FC_2_WITH_FRAME_DELIMS', 'Fibre Channel FC-2 with frame delimiters'],
  [226, 'IPNET', 'Solaris ipnet'],
  [227, 'CAN_SOCKETCAN', 'CAN-bus with SocketCAN headers'],
  [228, 'IPV4', 'Raw IPv4'],
  [229, 'IPV6', 'Raw IPv6'],
  [230, 'IEEE802_15_4_NOFCS', 'IEEE 802.15.4 without FCS'],
  [231, 'DBUS', 'D-Bus'],
  [235, 'DVB_CI', 'DVB-CI'],
  [237, 'STANAG_5066_D_PDU', 'STANAG 5066 D_PDUs'],
  [239, 'NFLOG', 'Linux netfilter log messages'],
  [240, 'NETANALYZER', 'Ethernet with Hilscher netANALYZER pseudo-header'],
  [242, 'IPOIB', 'RFC 4391 IP-over-Infiniband'],
  [243, 'MPEG_2_TS', 'MPEG-2 transport stream'],
  [247, 'INFINIBAND', 'InfiniBand'],
  [248, 'SCTP', 'SCTP'],
  [249, 'USBPCAP', 'USB with USBPcap header'],
  [251, 'BLUETOOTH_LE_LL', 'Bluetooth Low Energy'],
  [253, 'NETLINK', 'Linux netlink'],
  [254, 'BLUETOOTH_LINUX_MONITOR', 'Bluetooth Linux Monitor'],
  [258, 'PKTAP', 'Apple PKTAP'],
  [265, 'USB_DARWIN', 'USB with Darwin header'],
  [271, 'VSOCK', 'Linux vsock'],
  [272, 'NORDIC_BLE', 'Nordic Semiconductor Bluetooth LE sniffer'],
  [276, 'LINUX_SLL2', 'Linux cooked v2'],
  [278, 'OPENVIZSLA', 'OpenVizsla USB'],
  [283, 'IEEE802_15_4_TAP', 'IEEE 802.15.4 with pseudo-header'],
]

const byNumber = new Map(LINK_TYPES.map((type) => [type[0], type]))
const byName = new Map(LINK_TYPES.map((type) => [type[1], type]))

/** Raw IP was written as 12 or 14 before it got its number in files. */
const RAW_ALIASES = new Set([12, 14])

/** tcpdump's name of a link type: 1 → `EN10MB`; one that is not in the table → `LINKTYPE_4711`. */
export function linkTypeName(link: number): string {
  return find(link)?.[1] ?? `LINKTYPE_${link}`
}

/** Description in tcpdump's words: 1 → `Ethernet`; null for one that is not in the table. */
export function linkTypeDescription(link: number): string | null {
  return find(link)?.[2] ?? null
}

/** Number of a name in any case, with or without `DLT_`, or of `LINKTYPE_4711`; null if there is none. */
export function linkTypeNumber(name: string): number | null {
  const plain = name.toUpperCase().replace(/^DLT_/, '')
  const numbered = /^LINKTYPE_(\d{1,5})$/.exec(plain)
  if (numbered !== null) return Number(numbered[1])
  return byName.get(plain.replace(/^LINKTYPE_/, ''))?.[0] ?? null
}

function find(link: number): LinkType | undefined {
  return byNumber.get(RAW_ALIASES.has(link) ? 101 : link)
}
