/** IPv4 as tcpdump 3.9.8 prints it: the header of -v stands on the line of its payload. */
import { internetChecksum } from '../../bytes/checksum.ts'
import type { Bytes, Offset } from '../../units.ts'
import { rightChecksum } from '../checksum.ts'
import type { Cursor } from '../cursor.ts'
import { printIpPayload } from '../ip-payload.ts'
import { ipProtocolName } from '../ip-protocols.ts'
import { FragmentField, namesItsAddresses, printFragmentFlags } from '../ipv4.ts'
import { printIpv4Options } from '../ipv4-options.ts'
import type { Line } from '../line.ts'
import { printIpv4Pair } from '../ports.ts'
import type { Context, Printer } from '../printer.ts'

const FIXED_BYTES = 20
const congestionMarks = ['', ',ECT(1)', ',ECT(0)', ',CE']

export const printClassicIpv4: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ip'
  if (!context.options.link) out.text('IP ')
  packet.need(at, FIXED_BYTES)
  if (length < FIXED_BYTES) {
    out.text(`truncated-ip ${length}`)
    return
  }
  const headerBytes = (packet.bytes[at] & 15) * 4
  if (headerBytes < FIXED_BYTES) {
    out.text(`bad-hlen ${headerBytes}`)
    return
  }
  const total = packet.u16(at + 2)
  if (length < total) out.text(`truncated-ip - ${total - length} bytes missing! `)
  if (total < headerBytes) {
    out.text(`bad-len ${total}`)
    return
  }
  const before = packet.narrow(at + total)
  const { ipVersion, ipAt, fragmented, hopLimit } = context
  const fragment = packet.u16(at + 6)
  context.ipVersion = 4
  context.ipAt = at
  context.fragmented = (fragment & (FragmentField.MORE | FragmentField.OFFSET)) !== 0
  context.hopLimit = packet.bytes[at + 8]
  if (context.options.verbose > 0) printHeader(out, packet, at, headerBytes, total, fragment, context)
  printData(out, packet, at, headerBytes, total, fragment, context)
  context.ipVersion = ipVersion
  context.ipAt = ipAt
  context.fragmented = fragmented
  context.hopLimit = hopLimit
  packet.end = before
}

function printData(
  out: Line,
  packet: Cursor,
  at: Offset,
  headerBytes: Bytes,
  total: Bytes,
  fragment: number,
  context: Context,
): void {
  const protocol = packet.bytes[at + 9]
  const first = (fragment & FragmentField.OFFSET) === 0
  if (!first && context.options.quiet > 1) return
  if (!first || !namesItsAddresses(protocol)) {
    printIpv4Pair(out, packet, at, context)
    out.text(': ')
  }
  if (first) printIpPayload(out, packet, at + headerBytes, total - headerBytes, protocol, context)
  else out.text(context.names.protocol(protocol) ?? `ip-proto-${protocol}`)
}

function printHeader(
  out: Line,
  packet: Cursor,
  at: Offset,
  headerBytes: Bytes,
  total: Bytes,
  fragment: number,
  context: Context,
): void {
  const b = packet.bytes
  out.text('(tos 0x')
  out.hex(b[at + 1])
  out.text(congestionMarks[b[at + 1] & 3])
  if (b[at + 8] > 0) out.text(`, ttl ${b[at + 8]}`)
  out.text(`, id ${packet.u16(at + 4)}, offset ${(fragment & FragmentField.OFFSET) * 8}, flags [`)
  printFragmentFlags(out, fragment)
  out.text(`], proto ${ipProtocolName(b[at + 9]) ?? 'unknown'} (${b[at + 9]}), length ${total}`)
  if (headerBytes > FIXED_BYTES) {
    out.text(', options (')
    printIpv4Options(out, packet, at + FIXED_BYTES, headerBytes - FIXED_BYTES, context)
    out.byte(0x29)
  }
  if (packet.has(at, headerBytes)) {
    const sum = internetChecksum(b, at, at + headerBytes)
    if (sum !== 0) {
      const found = packet.u16(at + 10)
      out.text(', bad cksum ')
      out.hex(found)
      out.text(' (->')
      out.hex(rightChecksum(found, sum))
      out.text(')!')
    }
  }
  out.text(') ')
}
