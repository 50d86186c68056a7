import { BPF_B, BPF_W } from '../bpf.ts'
import { and, type Condition, or } from '../condition.ts'
import { FilterError, unsupported } from '../error.ts'
import type { Protocol } from '../syntax/tree.ts'
import type { Context } from './context.ts'
import { isMac, macOffsets } from './hosts.ts'
import { carries } from './link-type.ts'
import { ETHERTYPE_IP, ETHERTYPE_IPV6 } from './numbers.ts'

const BROADCAST_MAC = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff)

export function isBroadcast(context: Context, protocol: Protocol | null): Condition {
  if (protocol === null || protocol === 'link') {
    if (macOffsets(context.link) === null) throw unsupported('not a broadcast link')
    return isMac(context, BROADCAST_MAC, 'dst')
  }
  if (protocol !== 'ip') throw unsupported('only link-layer/IP broadcast filters supported')
  if (context.netmask === null)
    throw new FilterError('unsupported', "netmask not known, so 'ip broadcast' not supported")
  // Both forms: all host bits set, and (of old) none.
  const hostBits = ~context.netmask >>> 0
  const isIp = carries(context, ETHERTYPE_IP)
  const isOld = context.equalMasked('network', 16, BPF_W, 0, hostBits)
  return and(isIp, or(isOld, context.equalMasked('network', 16, BPF_W, hostBits, hostBits)))
}

export function isMulticast(context: Context, protocol: Protocol | null): Condition {
  if (protocol === 'ip') {
    const isIp = carries(context, ETHERTYPE_IP)
    return and(isIp, context.atLeast('network', 16, BPF_B, 224))
  }
  if (protocol === 'ip6') {
    const isIpv6 = carries(context, ETHERTYPE_IPV6)
    return and(isIpv6, context.equal('network', 24, BPF_B, 255))
  }
  const offsets = protocol === null || protocol === 'link' ? macOffsets(context.link) : null
  if (offsets === null)
    throw unsupported(
      'link-layer multicast filters supported only on ethernet/FDDI/token ring/ARCNET/802.11/ATM LANE/Fibre Channel',
    )
  return context.anyBit('link-header', offsets[1], BPF_B, 1)
}
