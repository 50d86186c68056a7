/** IPv6, RFC 8200, with its extension headers. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printIpPayload } from './ip-payload.ts'
import { ipProtocolName } from './ip-protocols.ts'
import { namesItsAddresses } from './ipv4.ts'
import { printFragment6 } from './ipv6-fragment.ts'
import { printDestinationOptions, printHopByHop } from './ipv6-options.ts'
import { printRouting6 } from './ipv6-routing.ts'
import type { Line } from './line.ts'
import { printIpv6Pair } from './ports.ts'
import { type Context, type Printer, printInvalid, printTruncated } from './printer.ts'

const FIXED_BYTES = 40
const HOP_BY_HOP = 0
const ROUTING = 43
const FRAGMENT = 44
const DESTINATION_OPTIONS = 60

/** What printExtension() found; one instance is enough, since it is read at once. */
const found = { jumboBytes: -1 }

export const printIpv6: Printer = (out, packet, at, length, context) => {
  context.protocol = 'ip6'
  if (!context.options.link) out.text('IP6 ')
  if (length < FIXED_BYTES) {
    printOdd(out, 'length', length, '<', FIXED_BYTES)
    return
  }
  const version = packet.u8(at) >> 4
  if (version !== 6) {
    printOdd(out, 'version', version, '!=', 6)
    return
  }
  const payloadBytes = packet.u16(at + 4)
  const total = FIXED_BYTES + payloadBytes
  if (payloadBytes > 0 && total > length) {
    out.text(`[header+payload length ${total} > length ${length}]`)
    printInvalid(out)
    out.byte(0x20)
  }
  const protocol = packet.u8(at + 6)
  if (context.options.verbose > 0) printHeader(out, packet, at, protocol, payloadBytes)
  packet.need(at, FIXED_BYTES)
  const before = payloadBytes > 0 ? packet.narrow(at + total) : packet.end
  const { ipVersion, ipAt, fragmented, hopLimit } = context
  context.ipVersion = 6
  context.ipAt = at
  context.fragmented = false
  context.hopLimit = packet.bytes[at + 7]
  printExtensions(out, packet, at, length, payloadBytes, protocol, context)
  context.ipVersion = ipVersion
  context.ipAt = ipAt
  context.fragmented = fragmented
  context.hopLimit = hopLimit
  packet.end = before
}

/** Follows the chain of headers to the payload. */
function printExtensions(
  out: Line,
  packet: Cursor,
  at: Offset,
  length: Bytes,
  payloadBytes: Bytes,
  first: number,
  context: Context,
): void {
  let protocol = first
  let next = at + FIXED_BYTES
  let left = payloadBytes === 0 && first === HOP_BY_HOP ? length - FIXED_BYTES : payloadBytes
  let extended = false
  found.jumboBytes = -1
  if (!namesItsAddresses(protocol)) {
    printIpv6Pair(out, packet, at, context)
    out.text(': ')
  }
  // The first payload is looked at even if it is empty; what follows extension headers only if something is left.
  for (;;) {
    let bytes: Bytes
    switch (protocol) {
      case HOP_BY_HOP:
        if (extended) {
          out.text(
            first === HOP_BY_HOP
              ? '[The Hop-by-Hop Options header was already found]'
              : "[The Hop-by-Hop Options header don't follow the IPv6 header]",
          )
          printInvalid(out)
          return
        }
        bytes = printHopByHop(out, packet, next, context, found)
        if (bytes < 0) return
        if (payloadBytes === 0 && found.jumboBytes < 0) {
          out.text('[No valid Jumbo Payload Hop-by-Hop option found]')
          printInvalid(out)
          return
        }
        if (payloadBytes === 0) {
          const total = FIXED_BYTES + found.jumboBytes
          if (total > length) {
            out.text(`[header+payload length ${total} > length ${length}]`)
            printInvalid(out)
            out.byte(0x20)
          }
          left = found.jumboBytes
          packet.narrow(at + total)
        }
        break
      case DESTINATION_OPTIONS:
        bytes = printDestinationOptions(out, packet, next, context)
        break
      case ROUTING:
        bytes = printRouting6(out, packet, next, context)
        break
      case FRAGMENT:
        bytes = printFragment6(out, packet, next, context)
        context.fragmented = true
        break
      default:
        // Without a payload length only a jumbogram has a payload.
        if (payloadBytes === 0 && found.jumboBytes < 0) packet.narrow(at + FIXED_BYTES)
        printIpPayload(out, packet, next, left, protocol, context)
        return
    }
    if (bytes < 0) return
    extended = true
    protocol = packet.bytes[next]
    context.protocol = 'ip6'
    if (left < bytes) {
      printTruncated(out, context)
      return
    }
    if (next >= packet.end) return
    next += bytes
    left -= bytes
  }
}

function printHeader(out: Line, packet: Cursor, at: Offset, protocol: number, payloadBytes: Bytes): void {
  printFlow(out, packet, at)
  out.text(`hlim ${packet.u8(at + 7)}, next-header ${ipProtocolName(protocol) ?? 'unknown'}`)
  out.text(` (${protocol}), payload length ${payloadBytes}) `)
}

/** Traffic class and flow label, where they are not zero. */
export function printFlow(out: Line, packet: Cursor, at: Offset): void {
  const flow = packet.u32(at)
  out.byte(0x28)
  const trafficClass = (flow >>> 20) & 0xff
  if (trafficClass !== 0) {
    out.text('class 0x')
    out.hexPadded(trafficClass, 2)
    out.text(', ')
  }
  if ((flow & 0xfffff) !== 0) {
    out.text('flowlabel 0x')
    out.hexPadded(flow & 0xfffff, 5)
    out.text(', ')
  }
}

function printOdd(out: Line, what: string, value: number, relation: string, limit: number): void {
  out.text(` [${what} ${value} ${relation} ${limit}]`)
  printInvalid(out)
}
