/** IPv6 as tcpdump 3.9.8 prints it, with its extension headers. */
import type { Bytes, Offset } from '../../units.ts'
import type { Cursor } from '../cursor.ts'
import { printIpPayload } from '../ip-payload.ts'
import { ipProtocolName } from '../ip-protocols.ts'
import { namesItsAddresses } from '../ipv4.ts'
import { printFlow } from '../ipv6.ts'
import { printFragment6 } from '../ipv6-fragment.ts'
import { printDestinationOptions, printHopByHop } from '../ipv6-options.ts'
import { printRouting6 } from '../ipv6-routing.ts'
import type { Line } from '../line.ts'
import { printIpv6Pair } from '../ports.ts'
import type { Context, Printer } from '../printer.ts'

const FIXED_BYTES = 40
const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const DESTINATION_OPTIONS = 60

/** 3.9.8 knows no jumbograms: what the option says is not used. */
const jumbo = { jumboBytes: -1 }

export const printClassicIpv6: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ip6'
  if (!context.options.link) out.text('IP6 ')
  packet.need(at, FIXED_BYTES)
  if (length < FIXED_BYTES) {
    out.text(`truncated-ip6 ${length}`)
    return
  }
  const payloadBytes = packet.u16(at + 4)
  const total = FIXED_BYTES + payloadBytes
  if (length < total) out.text(`truncated-ip6 - ${total - length} bytes missing!`)
  const protocol = packet.u8(at + 6)
  if (context.options.verbose > 0) {
    printFlow(out, packet, at)
    const name = protocol === HOP_BY_HOP ? 'Options' : (ipProtocolName(protocol) ?? 'unknown')
    out.text(`hlim ${packet.u8(at + 7)}, next-header ${name} (${protocol})`)
    out.text(` payload length: ${payloadBytes}) `)
  }
  const before = packet.narrow(at + total)
  const { ipVersion, ipAt, fragmented, hopLimit } = context
  context.ipVersion = 6
  context.ipAt = at
  context.fragmented = false
  context.hopLimit = packet.bytes[at + 7]
  if (!namesItsAddresses(protocol)) {
    printIpv6Pair(out, packet, at, context)
    out.text(': ')
  }
  printChain(out, packet, at + FIXED_BYTES, payloadBytes, protocol, context)
  context.ipVersion = ipVersion
  context.ipAt = ipAt
  context.fragmented = fragmented
  context.hopLimit = hopLimit
  packet.end = before
}

/** Follows the chain of headers to the payload; each is eight bytes at least. */
function printChain(
  out: Line,
  packet: Cursor,
  start: Offset,
  payloadBytes: Bytes,
  first: number,
  context: Context,
): void {
  let protocol = first
  let next = start
  let left = payloadBytes
  for (;;) {
    const bytes = printExtension(out, packet, next, protocol, context)
    if (bytes === 0) {
      printIpPayload(out, packet, next, left, protocol, context)
      return
    }
    if (bytes < 0 || next + bytes >= packet.end) return
    protocol = packet.bytes[next]
    next += bytes
    left -= bytes
  }
}

/** Returns the header's length, 0 for what is no extension header, or -1 where nothing follows. */
function printExtension(out: Line, packet: Cursor, at: Offset, protocol: number, context: Context): Bytes {
  switch (protocol) {
    case HOP_BY_HOP:
      return printHopByHop(out, packet, at, context, jumbo)
    case DESTINATION_OPTIONS:
      return printDestinationOptions(out, packet, at, context)
    case ROUTING:
      return printRouting6(out, packet, at, context)
    case FRAGMENT:
      context.fragmented = true
      return printFragment6(out, packet, at, context)
    default:
      return 0
  }
}
