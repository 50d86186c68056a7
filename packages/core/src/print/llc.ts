/** IEEE 802.2 logical link control, and the SNAP header (RFC 1042). */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { etherTypeName } from './ether-types.ts'
import { dumpUnknown } from './hex-dump.ts'
import type { Line } from './line.ts'
import { ouiName } from './oui.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'

const Sap = { NULL: 0x00, GLOBAL: 0xff, IP: 0x06, BPDU: 0x42, IPX: 0xe0, ISO: 0xfe, SNAP: 0xaa } as const
const GROUP_OR_RESPONSE = 1
const UNNUMBERED_INFORMATION = 0x03
const XID = 0xaf
const SNAP_BYTES = 8
const Oui = { ETHERNET: 0x000000, CISCO: 0x00000c, CISCO_BRIDGED: 0x0000f8, APPLETALK: 0x080007 }

const sapNames = new Map<number, string>([
  [0x00, 'Null'],
  [0xff, 'Global'],
  [0x02, '802.1B I'],
  [0x03, '802.1B G'],
  [0x06, 'IP'],
  [0x04, 'SNA'],
  [0x0e, 'ProWay NM'],
  [0x42, 'STP'],
  [0x4e, 'RS511'],
  [0x7e, 'ISO8208'],
  [0x8e, 'ProWay'],
  [0xaa, 'SNAP'],
  [0xe0, 'IPX'],
  [0xf0, 'NetBeui'],
  [0xfe, 'OSI'],
])
const commandNames = new Map<number, string>([
  [0x03, 'ui'],
  [0xe3, 'test'],
  [0xaf, 'xid'],
  [0x63, 'ua'],
  [0x43, 'disc'],
  [0x0f, 'dm'],
  [0x6f, 'sabme'],
  [0x87, 'frmr'],
])
const flagNames = ['Command', 'Response', 'Poll', 'Final'] as const
const supervisoryNames = ['Receiver Ready', 'Receiver not Ready', 'Reject', '?'] as const
const ciscoTypes = new Map<number, string>([
  [0x2000, 'CDP'],
  [0x2004, 'DTP'],
  [0x0111, 'UDLD'],
  [0x2003, 'VTP'],
  [0x010b, 'PVST'],
  [0x010c, 'VLAN Bridge'],
])

/** Sets `context.llcBytes`: negative where nothing is known of what follows, which is then dumped. */
export const printLlc: Printer = (out, packet, at, length, context) => {
  context.protocol = 'llc'
  if (packet.left(at) < 3 || length < 3) {
    printCut(out, packet, at, context)
    return
  }
  const destination = packet.u8(at)
  const source = packet.u8(at + 1)
  // The control field has one byte in unnumbered frames, else two.
  const unnumbered = (packet.u8(at + 2) & 3) === 3
  let headerBytes = 3
  let control = packet.u8(at + 2)
  if (!unnumbered) {
    if (packet.left(at) < 4 || length < 4) {
      printCut(out, packet, at, context)
      return
    }
    headerBytes = 4
    control = packet.le16(at + 2)
  }
  if (source === Sap.GLOBAL && destination === Sap.GLOBAL) {
    if (context.options.link) out.text('IPX 802.3: ')
    printIpx(out, packet, at, context)
    context.llcBytes = 0
    return
  }
  if (context.options.link) printSaps(out, destination, source, control, unnumbered)
  if (source === Sap.SNAP && destination === Sap.SNAP && control === UNNUMBERED_INFORMATION) {
    printSnap(out, packet, at, length, context)
    return
  }
  if (unnumbered && (source & ~GROUP_OR_RESPONSE) === destination) {
    const printer = context.table.saps.get(destination)
    if (printer !== undefined && control === UNNUMBERED_INFORMATION) {
      printer(out, packet, at + headerBytes, length - headerBytes, context)
      context.llcBytes = headerBytes
      return
    }
  }
  if (source === Sap.IPX && destination === Sap.IPX && control === UNNUMBERED_INFORMATION) {
    if (context.options.link) out.text('IPX 802.2: ')
    printIpx(out, packet, at + 3, context)
    context.llcBytes = 3
    return
  }
  if (!context.options.link) printStations(out, packet, destination, source, context)
  const response = source & GROUP_OR_RESPONSE
  if (unnumbered) {
    const command = control & ~0x10
    out.text(`Unnumbered, ${commandNames.get(command) ?? hex2(command)}, Flags [`)
    out.text(flagNames[response | ((control & 0x10) !== 0 ? 2 : 0)])
    out.text(`], length ${length}`)
    if (command === XID && length > 3 && packet.left(at) > 3 && packet.u8(at + 3) === 0x81) {
      out.text(': ')
      out.hexPadded(packet.u8(at + 4), 2)
      out.byte(0x20)
      out.hexPadded(packet.u8(at + 5), 2)
      context.llcBytes = headerBytes
      return
    }
    context.llcBytes = -headerBytes
    return
  }
  const flags = flagNames[response | ((control & 0x0100) !== 0 ? 2 : 0)]
  const received = (control >> 9) & 0x7f
  if ((control & 3) === 1) {
    const name = supervisoryNames[(control >> 2) & 3]
    out.text(`Supervisory, ${name}, rcv seq ${received}, Flags [${flags}], length ${length}`)
    context.llcBytes = headerBytes
  } else {
    out.text(`Information, send seq ${(control >> 1) & 0x7f}, rcv seq ${received}, Flags [${flags}], length ${length}`)
    context.llcBytes = -headerBytes
  }
}

/** Too short to be read: what there is is dumped. */
function printCut(out: Line, packet: Cursor, at: Offset, context: Context): void {
  printTruncated(out, context)
  context.llcBytes = packet.left(at)
  dumpUnknown(out, packet, at, packet.left(at))
}

function printSaps(out: Line, destination: number, source: number, control: number, unnumbered: boolean): void {
  const from = source & ~GROUP_OR_RESPONSE
  const to = destination & ~GROUP_OR_RESPONSE
  out.text(`LLC, dsap ${sapNames.get(to) ?? 'Unknown'} (0x${hex2(to)}) `)
  out.text((destination & GROUP_OR_RESPONSE) !== 0 ? 'Group' : 'Individual')
  out.text(`, ssap ${sapNames.get(from) ?? 'Unknown'} (0x${hex2(from)}) `)
  out.text((source & GROUP_OR_RESPONSE) !== 0 ? 'Response' : 'Command')
  out.text(', ctrl 0x')
  out.hexPadded(control, unnumbered ? 2 : 4)
  out.text(': ')
}

/** Who speaks to whom, where the link header does not say so. */
function printStations(out: Line, packet: Cursor, destination: number, source: number, context: Context): void {
  const from = source & ~GROUP_OR_RESPONSE
  const { sourceLinkAt, destinationLinkAt, names } = context
  if (from === destination) {
    if (sourceLinkAt >= 0) {
      names.ether(out, packet.bytes, sourceLinkAt)
      out.text(' > ')
      names.ether(out, packet.bytes, destinationLinkAt)
      out.byte(0x20)
    }
    out.text(sapNames.get(destination) ?? `Unknown DSAP 0x${hex2(destination)}`)
    out.byte(0x20)
    return
  }
  if (sourceLinkAt >= 0) {
    names.ether(out, packet.bytes, sourceLinkAt)
    out.byte(0x20)
  }
  out.text(sapNames.get(from) ?? `Unknown SSAP 0x${hex2(from)}`)
  out.text(' > ')
  if (sourceLinkAt >= 0) {
    names.ether(out, packet.bytes, destinationLinkAt)
    out.byte(0x20)
  }
  out.text(sapNames.get(destination) ?? `Unknown DSAP 0x${hex2(destination)}`)
  out.byte(0x20)
}

/** SNAP: vendor and type behind the LLC header. */
function printSnap(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  context.protocol = 'snap'
  packet.need(at + 3, 5)
  if (length < SNAP_BYTES) {
    printTruncated(out, context)
    context.llcBytes = -3
    return
  }
  const oui = packet.u24(at + 3)
  const type = packet.u16(at + 6)
  const payload = length - SNAP_BYTES
  if (context.options.link) {
    const etherLike = oui === Oui.ETHERNET
    const name = etherLike ? etherTypeName(type) : oui === Oui.CISCO ? (ciscoTypes.get(type) ?? null) : null
    out.text(`oui ${ouiName(oui)} (0x`)
    out.hexPadded(oui, 6)
    out.text(`), ${etherLike ? 'ethertype' : 'pid'} ${name ?? 'Unknown'} (0x`)
    out.hexPadded(type, 4)
    out.text(`), length ${payload}: `)
  }
  const printer =
    oui === Oui.ETHERNET || oui === Oui.CISCO_BRIDGED || (oui === Oui.APPLETALK && type === 0x809b)
      ? context.table.etherTypes.get(type)
      : undefined
  if (printer !== undefined) {
    context.type = type
    printer(out, packet, at + SNAP_BYTES, payload, context)
    context.llcBytes = SNAP_BYTES
    return
  }
  if (!context.options.link) {
    if (context.sourceLinkAt >= 0) {
      context.names.ether(out, packet.bytes, context.sourceLinkAt)
      out.text(' > ')
      context.names.ether(out, packet.bytes, context.destinationLinkAt)
      out.byte(0x20)
    }
    if (oui === Oui.ETHERNET) {
      out.text(`SNAP, ethertype ${etherTypeName(type) ?? 'Unknown'} (0x`)
      out.hexPadded(type, 4)
    } else {
      out.text(`SNAP, oui ${ouiName(oui)} (0x`)
      out.hexPadded(oui, 6)
      out.text(`), pid ${(oui === Oui.CISCO ? ciscoTypes.get(type) : undefined) ?? 'Unknown'} (0x`)
      out.hexPadded(type, 4)
    }
    out.text(`), length ${payload}: `)
  }
  context.llcBytes = -SNAP_BYTES
}

function printIpx(out: Line, packet: Cursor, at: Offset, context: Context): void {
  context.protocol = 'ipx'
  out.text('IPX ')
  packet.need(at, 30)
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0')
}
