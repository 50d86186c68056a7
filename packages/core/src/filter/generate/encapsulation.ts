import { BPF_B, BPF_JEQ, BPF_LD, BPF_LDX, BPF_MEM, BPF_W, BPF_X } from '../bpf.ts'
import { and, type Condition, not, test } from '../condition.ts'
import { meaningless } from '../error.ts'
import { type Context, statement } from './context.ts'
import { LINK_C_HDLC, LINK_EN10MB, LINK_NETANALYZER, LINK_PPP } from './layout.ts'
import { carries } from './link-type.ts'
import { ETHERTYPE_MPLS, ETHERTYPE_PPPOED, ETHERTYPE_PPPOES, PPP_MPLS } from './numbers.ts'
import { isTunnel } from './tunnel.ts'
import { isVlan } from './vlan.ts'

/** `vlan`, `mpls`, `pppoed`, `pppoes`, `geneve`, `vxlan`: a test that also moves the offsets of all tests to its right. */
export function isEncapsulated(context: Context, name: string, id: number | null): Condition {
  switch (name) {
    case 'vlan':
      return isVlan(context, id)
    case 'mpls':
      return isMpls(context, id)
    case 'pppoed':
      return carries(context, ETHERTYPE_PPPOED)
    case 'pppoes':
      return isPppoeSession(context, id)
    default:
      return isTunnel(context, name === 'geneve' ? 'geneve' : 'vxlan', id)
  }
}

/** A label's entry is four bytes: label (20 bits), traffic class, bottom of stack, TTL (RFC 3032 §2.1). */
function isMpls(context: Context, label: number | null): Condition {
  let condition: Condition
  if (context.mplsDepth > 0) {
    // After another label: that one must not be the last.
    condition = context.equalMasked('mpls-label', 2, BPF_B, 0, 1)
  } else if (context.link === LINK_EN10MB || context.link === LINK_NETANALYZER || context.link === LINK_C_HDLC) {
    condition = carries(context, ETHERTYPE_MPLS)
  } else if (context.link === LINK_PPP) condition = carries(context, PPP_MPLS)
  else throw context.notFor('no MPLS support for')
  if (label !== null) {
    if (label > 0xfffff) throw meaningless(`MPLS label ${label} greater than maximum 1048575`)
    condition = and(condition, context.equalMasked('network', 0, BPF_W, label << 12, 0xfffff000))
  }
  context.network += 4
  context.networkLlc += 4
  context.mplsDepth++
  return condition
}

/** A PPPoE session packet (RFC 2516 §4): version, code, session (2 bytes), length (2 bytes), then PPP without framing. */
function isPppoeSession(context: Context, session: number | null): Condition {
  let condition = carries(context, ETHERTYPE_PPPOES)
  if (session !== null) {
    if (session > 0xffff) throw meaningless(`PPPoE session number ${session} greater than maximum 65535`)
    condition = and(condition, context.equalMasked('network', 0, BPF_W, session, 0xffff))
  }
  const { register, constant } = context.payload
  const header = { constant: constant + context.network + 6, register }
  context.enterLink(LINK_PPP, header)
  context.linkType = header
  context.payload = { constant: header.constant + 2, register }
  context.network = 0
  context.networkLlc = 0
  return condition
}

/** Inside Geneve there may be no link header: whether there is one. Null outside of it. */
export function hasLinkHeader(context: Context): Condition | null {
  if (!context.isGeneve) return null
  const statements = [
    statement(BPF_LD | BPF_MEM, context.linkHeader.register),
    statement(BPF_LDX | BPF_MEM, context.payload.register),
  ]
  return not(test(statements, BPF_JEQ | BPF_X, 0))
}
