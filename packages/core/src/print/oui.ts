/** Vendors by the first three bytes of a link address, as far as tcpdump names them behind an address. */
const vendors = new Map<number, string>([
  [0x000000, 'Ethernet'],
  [0x00000c, 'Cisco'],
  [0x000142, 'Cisco'],
  [0x0000f8, 'Cisco bridged'],
  [0x080007, 'Appletalk'],
  [0x009069, 'Juniper'],
  [0x00000f, 'NeXT'],
  [0x0003ba, 'Sun'],
])

export function ouiName(oui: number): string {
  return vendors.get(oui) ?? 'Unknown'
}
