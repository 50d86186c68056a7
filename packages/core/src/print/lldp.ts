/** LLDP, IEEE 802.1AB. What organizations add is shown as bytes. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printHex } from './hex-dump.ts'
import type { Line } from './line.ts'
import { ouiName } from './oui.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'
import { printString } from './safe-text.ts'
import { bitNames, type Names, namesFromZero } from './tokens.ts'

const END = 0
const SYSTEM_NAME = 5
const ORGANIZATION = 127
const INTERFACE_BYTES = 5

const elements: Names = new Map([
  ...namesFromZero(
    'End|Chassis ID|Port ID|Time to Live|Port Description|System Name|System Description|System Capabilities|Management Address',
  ),
  [ORGANIZATION, 'Organization specific'],
])
const chassisKinds: Names = namesFromZero(
  '|Chassis component|Interface alias|Port component|MAC address|Network address|Interface name|Local',
)
const portKinds: Names = namesFromZero(
  '|Interface alias|Port component|MAC address|Network Address|Interface Name|Agent circuit ID|Local',
)
const capabilities: Names = new Map([
  [0x01, 'Other'],
  [0x02, 'Repeater'],
  [0x04, 'Bridge'],
  [0x08, 'WLAN AP'],
  [0x10, 'Router'],
  [0x20, 'Telephone'],
  [0x40, 'Docsis'],
  [0x80, 'Station Only'],
])
const numberings: Names = namesFromZero('|Unknown|Interface Index|System Port Number')
/** IANA "Address Family Numbers", as tcpdump writes them. */
const families: Names = new Map([
  ...namesFromZero(
    'Reserved|IPv4|IPv6|NSAP|HDLC|BBN 1822|802|E.163|E.164|F.69|X.121|Novell IPX|Appletalk|Decnet IV|Banyan Vines|E.164 with NSAP subaddress',
  ),
  [25, 'VPLS'],
  [196, 'Layer-2 VPN'],
])

export const printLldp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'lldp'
  out.text(`LLDP, length ${length}`)
  const { verbose } = context.options
  const end = at + length
  let next = at
  while (end - next >= 2) {
    const head = packet.u16(next)
    const type = head >> 9
    const bytes = head & 0x1ff
    next += 2
    if (verbose > 0) out.text(`\n\t${elements.get(type) ?? 'Unknown'} TLV (${type}), length ${bytes}`)
    if (type === END || bytes === 0) return
    packet.need(next, bytes)
    if (bytes > end - next) {
      printTruncated(out, context)
      return
    }
    let shown: Shown = 'whole'
    if (type === SYSTEM_NAME) printDescription(out, packet, next, bytes, ': ')
    else if (verbose > 0) shown = printElement(out, packet, type, next, bytes, context)
    if (shown === 'cut') {
      printTruncated(out, context)
      return
    }
    if (verbose > 1 || (verbose > 0 && shown === 'not')) printHex(out, packet, '\n\t  ', next, bytes, 0)
    next += bytes
  }
}

/** `cut`: its own lengths contradict each other. `not`: it is shown as bytes. */
type Shown = 'whole' | 'cut' | 'not'

function printElement(out: Line, packet: Cursor, type: number, at: Offset, bytes: Bytes, context: Context): Shown {
  switch (type) {
    case 1:
      return printId(out, packet, at, bytes, chassisKinds, 4, 5, context)
    case 2:
      return printId(out, packet, at, bytes, portKinds, 3, 4, context)
    case 3:
      if (bytes < 2) return 'cut'
      out.text(`: TTL ${packet.u16(at)}s`)
      return 'whole'
    case 4:
      printDescription(out, packet, at, bytes, ': ')
      return 'whole'
    case 6:
      printDescription(out, packet, at, bytes, '\n\t  ')
      return 'whole'
    case 7:
      if (bytes < 4) return 'cut'
      printCapabilities(out, packet.u16(at), '\n\t  System  Capabilities [')
      printCapabilities(out, packet.u16(at + 2), '\n\t  Enabled Capabilities [')
      return 'whole'
    case 8:
      return printManagementAddress(out, packet, at, bytes, context) ? 'whole' : 'cut'
    case ORGANIZATION: {
      if (bytes < 3) return 'cut'
      const organization = packet.u24(at)
      out.text(`: OUI ${ouiName(organization)} (0x`)
      out.hexPadded(organization, 6)
      out.byte(0x29)
      return 'not'
    }
    default:
      return 'not'
  }
}

function printDescription(out: Line, packet: Cursor, at: Offset, bytes: Bytes, before: string): void {
  out.text(before)
  printString(out, packet, at, at + bytes)
}

function printCapabilities(out: Line, bits: number, before: string): void {
  out.text(`${before}${bitNames(capabilities, bits, ', ', 'none')}] (0x`)
  out.hexPadded(bits, 4)
  out.byte(0x29)
}

/** Of a chassis or a port. `mac` and `network`: the kinds that are such addresses. */
function printId(
  out: Line,
  packet: Cursor,
  at: Offset,
  bytes: Bytes,
  kinds: Names,
  mac: number,
  network: number,
  context: Context,
): Shown {
  if (bytes < 2) return 'cut'
  const kind = packet.u8(at)
  out.text(`\n\t  Subtype ${kinds.get(kind) ?? 'Unknown'} (${kind}): `)
  if (kind === mac) {
    if (bytes < 7) return 'cut'
    context.names.ether(out, packet.bytes, at + 1)
  } else if (kind === network) return printNetworkAddress(out, packet, at + 1, bytes - 1, context, '') ? 'whole' : 'cut'
  else if (kinds.has(kind)) printString(out, packet, at + 1, at + bytes)
  else return 'not'
  return 'whole'
}

/** Family and address. False, with nothing printed, if it is too short. */
function printNetworkAddress(
  out: Line,
  packet: Cursor,
  at: Offset,
  bytes: Bytes,
  context: Context,
  before: string,
): boolean {
  if (bytes < 1) return false
  const family = packet.u8(at)
  const needed = family === 1 ? 4 : family === 2 ? 16 : family === 6 ? 6 : 0
  if (bytes - 1 < needed) return false
  out.text(`${before}AFI ${families.get(family) ?? 'Unknown'} (${family})`)
  if (needed === 0) {
    out.text(', no AF printer !')
    return true
  }
  out.text(': ')
  if (family === 1) context.names.ipv4(out, packet.bytes, at + 1)
  else if (family === 2) context.names.ipv6(out, packet.bytes, at + 1)
  else context.names.ether(out, packet.bytes, at + 1)
  return true
}

function printManagementAddress(out: Line, packet: Cursor, at: Offset, bytes: Bytes, context: Context): boolean {
  const addressBytes = packet.u8(at)
  const end = at + bytes
  const next = at + 1 + addressBytes
  if (next > end) return false
  const before = `\n\t  Management Address length ${addressBytes}, `
  if (!printNetworkAddress(out, packet, at + 1, addressBytes, context, before)) return false
  if (end - next < INTERFACE_BYTES) return false
  const numbering = packet.u8(next)
  out.text(
    `\n\t  ${numberings.get(numbering) ?? 'Unknown'} Interface Numbering (${numbering}): ${packet.u32(next + 1)}`,
  )
  const object = next + INTERFACE_BYTES
  if (object >= end) return true
  const objectBytes = packet.u8(object)
  if (object + 1 + objectBytes > end) return false
  if (objectBytes > 0) printDescription(out, packet, object + 1, objectBytes, `\n\t  OID length ${objectBytes}`)
  return true
}
