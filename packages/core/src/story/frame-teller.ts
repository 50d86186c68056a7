import { largestPacket } from '../conversation/icmp-quote.ts'
import { sideName } from '../conversation/record.ts'
import type { Tracker } from '../conversation/tracker.ts'
import { Decode, type Packet, Protocol } from '../packet/packet.ts'
import type { PacketNumber } from '../units.ts'
import * as icmp from '../wire/icmp.ts'
import * as icmpv6 from '../wire/icmpv6.ts'
import type { Tell } from './tell.ts'

/** Codes of "destination unreachable" in ICMP (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1) and ICMPv6 (RFC 4443 §3.1). */
const UNREACHABLE: readonly string[] = [
  'net unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
  'net unknown',
  'host unknown',
  'source host isolated',
  'net prohibited',
  'host prohibited',
  'net unreachable for this TOS',
  'host unreachable for this TOS',
  'administratively prohibited',
  'host precedence violation',
  'precedence cutoff',
]
const UNREACHABLE_V6: readonly string[] = [
  'no route',
  'administratively prohibited',
  'beyond scope of source address',
  'address unreachable',
  'port unreachable',
  'source address failed policy',
  'reject route',
]

const TIME_EXCEEDED: readonly string[] = ['time to live exceeded', 'fragment reassembly time exceeded']
const TIME_EXCEEDED_V6: readonly string[] = ['hop limit exceeded', 'fragment reassembly time exceeded']

/** What a packet that is no TCP segment says. `syn`: of the attempt to connect that it ended, if it did. */
export function tellFrame(tracker: Tracker, p: Packet, syn: PacketNumber, tell: Tell): void {
  if (tracker.endedByIcmp >= 0) tell('icmp.ended-attempt', { syn, what: describeError(p) })
  else if (tracker.quotedByIcmp >= 0) {
    tell('icmp.about', { from: sideName(tracker.quotedSide), what: describeError(p), mtu: largestPacket(p) })
  } else if (p.status === Decode.FRAGMENT) tell('frame.fragment', {})
  else if (p.status === Decode.TRUNCATED) tell('frame.truncated', {})
  else if (p.status === Decode.MALFORMED) tell('frame.malformed', {})
  else tell('frame.other', { what: describeFrame(p) })
}

/** An ICMP error's type and code in words. */
function describeError({ protocol, bytes, transportAt: at }: Packet): string {
  if (protocol === Protocol.ICMP) {
    const type = icmp.type(bytes, at)
    if (type === icmp.Type.PARAMETER_PROBLEM) return 'parameter problem'
    return nameCode(type === icmp.Type.UNREACHABLE ? UNREACHABLE : TIME_EXCEEDED, icmp.code(bytes, at))
  }
  const type = icmpv6.type(bytes, at)
  if (type === icmpv6.Type.PACKET_TOO_BIG) return 'packet too big'
  if (type === icmpv6.Type.PARAMETER_PROBLEM) return 'parameter problem'
  return nameCode(type === icmpv6.Type.UNREACHABLE ? UNREACHABLE_V6 : TIME_EXCEEDED_V6, icmpv6.code(bytes, at))
}

function nameCode(names: readonly string[], code: number): string {
  return names[code] ?? `code ${code}`
}

function describeFrame(p: Packet): string {
  if (p.protocol === Protocol.UDP) return `UDP ${p.sourcePort} > ${p.destinationPort}, ${p.payloadBytes} B`
  if (p.protocol === Protocol.ICMP) return 'ICMP'
  if (p.protocol === Protocol.ICMPV6) return 'ICMPv6'
  if (p.etherType === 0x0806) return 'ARP'
  if (p.ipVersion !== 0) return `IP protocol ${p.protocol}`
  return p.etherType >= 0 ? `EtherType 0x${p.etherType.toString(16).padStart(4, '0')}` : 'unknown link-layer payload'
}
