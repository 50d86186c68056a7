/** Tags of Marvell's Distributed Switch Architecture behind the addresses of a frame: of 4 bytes, or of 8 with an
 *  EtherType of their own.
 *
 *  First byte: mode (2 bits), tagged, device (5). Second: port (5), trunk or sniffed on reception, code bit, CFI.
 *  Third: priority (3), code bit, VID bits 11 to 8. Fourth: VID bits 7 to 0. */
import type { Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { etherTypeName } from './ether-types.ts'
import { printFrame } from './ethernet.ts'
import type { Line } from './line.ts'
import type { Printer } from './printer.ts'

const TAG_BYTES = 4
const TYPED_TAG_BYTES = 8
const TO_CPU = 0
const FROM_CPU = 1
const TO_SNIFFER = 2
const modes = ['To CPU', 'From CPU', 'To Sniffer', 'Forward'] as const
const codes = ['BPDU (MGMT) Trap', 'Frame2Reg', 'IGMP/MLD Trap', 'Policy Trap', 'ARP Mirror', 'Policy Mirror']

export const printDsaLink: Printer = (out, packet, at, length, context) => {
  context.protocol = 'dsa'
  context.linkBytes = printFrame(out, packet, at, length, context, TAG_BYTES, printTag)
}

export const printTypedDsaLink: Printer = (out, packet, at, length, context) => {
  context.protocol = 'edsa'
  context.linkBytes = printFrame(out, packet, at, length, context, TYPED_TAG_BYTES, printTypedTag)
}

const printTag: Printer = (out, packet, at, _length, context) => {
  out.text(context.options.link ? 'Marvell DSA ' : 'DSA ')
  printFields(out, packet, at, context.options.link)
}

const printTypedTag: Printer = (out, packet, at, _length, context) => {
  const type = packet.u16(at)
  if (context.options.link) {
    out.text('Marvell EDSA ethertype 0x')
    out.hexPadded(type, 4)
    out.text(` (${etherTypeName(type) ?? 'Unknown'}), rsvd ${packet.u8(at + 2)} ${packet.u8(at + 3)}, `)
  } else {
    out.text('EDSA 0x')
    out.hexPadded(type, 4)
    out.text(', ')
  }
  printFields(out, packet, at + 4, context.options.link)
}

function printFields(out: Line, packet: Cursor, at: Offset, whole: boolean): void {
  const first = packet.u8(at)
  const second = packet.u8(at + 1)
  const third = packet.u8(at + 2)
  const mode = first >> 6
  const device = first & 0x1f
  const port = second >> 3
  const bit18 = (second & 4) !== 0
  const tagged = (first & 0x20) !== 0
  const vlan = ((third & 0x0f) << 8) | packet.u8(at + 3)
  if (!whole) {
    if (mode === TO_CPU) out.text(`port ${device}.${port} > CPU`)
    else if (mode === FROM_CPU) out.text(`CPU > port ${device}.${port}`)
    else if (mode === TO_SNIFFER) out.text(`port ${device}.${port} > ${bit18 ? 'Rx' : 'Tx'} Sniffer`)
    else out.text(`Forward ${bit18 ? 'trunk' : 'port'} ${device}.${port}`)
    out.text(`, VLAN ${vlan}${tagged ? 't' : 'u'}, `)
    return
  }
  out.text(`mode ${modes[mode]}, `)
  if (mode === FROM_CPU) out.text(`target dev ${device}, port ${port}, `)
  else if (mode === TO_CPU || mode === TO_SNIFFER) out.text(`source dev ${device}, port ${port}, `)
  else out.text(`dev ${device}, ${bit18 ? 'trunk' : 'port'} ${port}, `)
  if (mode === TO_CPU) out.text(`code ${codes[(second & 6) | ((third >> 4) & 1)] ?? 'reserved'}, `)
  if (mode === TO_SNIFFER) out.text(bit18 ? 'ingress sniff, ' : 'egress sniff, ')
  out.text(tagged ? 'tagged, ' : 'untagged, ')
  if ((second & 1) !== 0) out.text('CFI, ')
  out.text(`VID ${vlan}, FPri ${third >> 5}, `)
}
