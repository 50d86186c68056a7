import type { Line } from './line.ts'

/** Tag control information (IEEE 802.1Q §9.6): `vlan 100, p 3, DEI`. */
export function printTag(out: Line, tag: number): void {
  out.text('vlan ')
  out.decimal(tag & 0xfff)
  out.text(', p ')
  out.decimal(tag >> 13)
  if ((tag & 0x1000) !== 0) out.text(', DEI')
}
