import { BPF_B, BPF_H } from '../bpf.ts'
import { and, type Condition, not, or } from '../condition.ts'
import type { Direction } from '../syntax/tree.ts'
import type { Base, Context } from './context.ts'
import { wirelessDirection } from './hosts.ts'
import { carries } from './link-type.ts'
import { ETHERTYPE_IP, ETHERTYPE_IPV6, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from './numbers.ts'

/** Ports of UDP, TCP and SCTP: all three have the source's first, the destination's two bytes on. */
const SOURCE = 0
const DESTINATION = 2
/** In libpcap's order. */
const WITH_PORTS = [IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP]

/** Not the first fragment of a datagram: the transport header was in that one. */
export function isFirstFragment(context: Context): Condition {
  return not(context.anyBit('network', 6, BPF_H, 0x1fff))
}

/** A port of `protocol` (null: of any that has ports), IPv6's first. */
export function isPort(
  context: Context,
  port: number,
  protocol: number | null,
  direction: Direction | null,
): Condition {
  return overBoth(context, protocol, direction, 'ports', (base, at) => context.equal(base, at, BPF_H, port))
}

/** A port from `low` to `high`, in either order. */
export function isPortInRange(
  context: Context,
  ends: readonly [number, number],
  protocol: number | null,
  direction: Direction | null,
): Condition {
  const low = Math.min(...ends)
  const high = Math.max(...ends)
  return overBoth(context, protocol, direction, 'port ranges', (base, at) => {
    const isAtLeast = context.atLeast(base, at, BPF_H, low)
    return and(isAtLeast, context.atMost(base, at, BPF_H, high))
  })
}

function overBoth(
  context: Context,
  protocol: number | null,
  direction: Direction | null,
  what: string,
  isAt: (base: Base, at: number) => Condition,
): Condition {
  const protocols = protocol === null ? WITH_PORTS : [protocol]
  const over = (version: 4 | 6): Condition => {
    const isCarried = carries(context, version === 4 ? ETHERTYPE_IP : ETHERTYPE_IPV6)
    const any = protocols.map((number) => overOne(context, version, number, direction, what, isAt))
    return and(
      isCarried,
      any.reduce((left, right) => or(left, right)),
    )
  }
  const over6 = over(6)
  return or(over6, over(4))
}

function overOne(
  context: Context,
  version: 4 | 6,
  protocol: number,
  direction: Direction | null,
  what: string,
  isAt: (base: Base, at: number) => Condition,
): Condition {
  const base: Base = version === 4 ? 'ipv4-payload' : 'ipv6-payload'
  let condition = context.equal('network', version === 4 ? 9 : 6, BPF_B, protocol)
  if (version === 4) condition = and(condition, isFirstFragment(context))
  switch (direction) {
    case 'src':
      return and(condition, isAt(base, SOURCE))
    case 'dst':
      return and(condition, isAt(base, DESTINATION))
    case 'and':
      return and(condition, and(isAt(base, SOURCE), isAt(base, DESTINATION)))
    case 'or':
    case null:
      return and(condition, or(isAt(base, SOURCE), isAt(base, DESTINATION)))
    default:
      throw wirelessDirection(direction, what)
  }
}
