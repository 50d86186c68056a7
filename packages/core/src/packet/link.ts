/** Link types and what lies between the start of a frame and its network header. */
import type { Offset } from '../units.ts'
import * as ethernet from '../wire/ethernet.ts'
import * as llc from '../wire/llc.ts'
import * as mpls from '../wire/mpls.ts'
import * as nullLoop from '../wire/null-loop.ts'
import { MALFORMED, TRUNCATED } from '../wire/outcome.ts'
import * as ppp from '../wire/ppp.ts'
import * as pppoe from '../wire/pppoe.ts'
import * as sll from '../wire/sll.ts'
import * as sll2 from '../wire/sll2.ts'
import * as vlan from '../wire/vlan.ts'
import { Decode, type DecodeStatus } from './packet.ts'

const { EtherType } = ethernet

/** LINKTYPE_ values that are looked into (https://www.tcpdump.org/linktypes.html). */
export const LinkType = {
  NULL: 0,
  ETHERNET: 1,
  PPP: 9,
  /** Raw IP as some systems' DLT_RAW number it. */
  RAW_12: 12,
  RAW_14: 14,
  PPP_HDLC: 50,
  PPP_ETHER: 51,
  RAW: 101,
  CISCO_HDLC: 104,
  LOOP: 108,
  LINUX_SLL: 113,
  /** PPP behind one byte that tells the direction. */
  PPP_WITH_DIRECTION: 204,
  IPV4: 228,
  IPV6: 229,
  LINUX_SLL2: 276,
} as const

/** Tags, labels and encapsulations that are followed in one frame. */
const MAX_SHIMS = 16

/** What findNetwork() found; reuse one instance. */
export class Link {
  /** OK: a network header begins at networkAt. OTHER: the payload has no EtherType. */
  status: DecodeStatus = Decode.OTHER
  /** EtherType of the innermost layer-2 payload, or -1. */
  etherType = -1
  /** First byte after the link layer, or -1. */
  networkAt: Offset = -1
  /** Where the layer-2 payload ends on the wire, whatever was captured. Link padding may be in it. */
  wireEnd: Offset = 0
}

/** Finds the network header of the frame at b[at, end), which on the wire ends at `wireEnd` ≥ end. */
export function findNetwork(link: number, b: Uint8Array, at: Offset, end: Offset, wireEnd: Offset, out: Link): void {
  out.status = Decode.OTHER
  out.etherType = -1
  out.networkAt = -1
  out.wireEnd = wireEnd
  switch (link) {
    case LinkType.ETHERNET:
      if (enter(ethernet.headerEnd(b, at, end), out)) follow(b, ethernet.type(b, at), out.networkAt, end, out)
      return
    case LinkType.LINUX_SLL:
      if (enter(sll.headerEnd(b, at, end), out))
        cooked(b, sll.hardwareType(b, at), sll.protocol(b, at), out.networkAt, end, out)
      return
    case LinkType.LINUX_SLL2:
      if (enter(sll2.headerEnd(b, at, end), out))
        cooked(b, sll2.hardwareType(b, at), sll2.protocol(b, at), out.networkAt, end, out)
      return
    case LinkType.RAW:
    case LinkType.RAW_12:
    case LinkType.RAW_14:
      rawIp(b, at, end, out)
      return
    case LinkType.IPV4:
      follow(b, EtherType.IPV4, at, end, out)
      return
    case LinkType.IPV6:
      follow(b, EtherType.IPV6, at, end, out)
      return
    case LinkType.NULL:
    case LinkType.LOOP:
      if (enter(nullLoop.headerEnd(b, at, end), out)) {
        const version = nullLoop.ipVersion(nullLoop.family(b, at))
        if (version !== 0) follow(b, version === 4 ? EtherType.IPV4 : EtherType.IPV6, out.networkAt, end, out)
      }
      return
    case LinkType.PPP:
    case LinkType.PPP_HDLC:
    case LinkType.CISCO_HDLC:
      pointToPoint(b, at, end, out)
      return
    case LinkType.PPP_WITH_DIRECTION:
      if (end <= at) out.status = Decode.TRUNCATED
      else pointToPoint(b, at + 1, end, out)
      return
    case LinkType.PPP_ETHER:
      follow(b, EtherType.PPPOE_SESSION, at, end, out)
      return
  }
}

/** Notes the outcome of a header check; true if there is a payload. */
function enter(headerEnd: Offset, out: Link): boolean {
  if (headerEnd < 0) {
    out.status = headerEnd === TRUNCATED ? Decode.TRUNCATED : Decode.MALFORMED
    out.networkAt = -1
    return false
  }
  out.networkAt = headerEnd
  return true
}

function cooked(b: Uint8Array, hardware: number, protocol: number, at: Offset, end: Offset, out: Link): void {
  if (!sll.carriesEtherType(hardware)) return
  if (protocol === sll.SllProtocol.LLC) subnetwork(b, at, end, out)
  else if (protocol >= ethernet.SMALLEST_ETHER_TYPE) follow(b, protocol, at, end, out)
}

function pointToPoint(b: Uint8Array, at: Offset, end: Offset, out: Link): void {
  if (!enter(ppp.headerEnd(b, at, end), out)) return
  const etherType = ppp.etherType(b, at)
  if (etherType >= 0) follow(b, etherType, out.networkAt, end, out)
}

/** IP without a link header: the version is in the first four bits. */
function rawIp(b: Uint8Array, at: Offset, end: Offset, out: Link): void {
  out.networkAt = at
  if (end <= at) {
    out.status = Decode.TRUNCATED
    return
  }
  const version = b[at] >> 4
  if (version === 4) found(EtherType.IPV4, at, out)
  else if (version === 6) found(EtherType.IPV6, at, out)
}

function subnetwork(b: Uint8Array, at: Offset, end: Offset, out: Link): void {
  if (!enter(llc.headerEnd(b, at, end), out)) return
  const etherType = llc.etherType(b, at)
  if (etherType >= ethernet.SMALLEST_ETHER_TYPE) follow(b, etherType, out.networkAt, end, out)
}

function found(etherType: number, at: Offset, out: Link): void {
  out.status = Decode.OK
  out.etherType = etherType
  out.networkAt = at
}

/** Goes through tags, labels and encapsulations from a payload whose type is known. */
function follow(b: Uint8Array, type: number, from: Offset, end: Offset, out: Link): void {
  let etherType = type
  let at = from
  for (let n = 0; n < MAX_SHIMS; n++) {
    if (vlan.isTag(etherType)) {
      if (!enter(vlan.headerEnd(b, at, end), out)) return
      etherType = vlan.type(b, at)
      at = out.networkAt
    } else if (etherType < ethernet.SMALLEST_ETHER_TYPE) {
      if (at + etherType < out.wireEnd) out.wireEnd = at + etherType
      if (!enter(llc.headerEnd(b, at, end), out)) return
      etherType = llc.etherType(b, at)
      at = out.networkAt
      if (etherType < ethernet.SMALLEST_ETHER_TYPE) return
    } else if (etherType === EtherType.MPLS || etherType === EtherType.MPLS_MULTICAST) {
      if (!enter(mpls.headerEnd(b, at, end), out)) return
      const bottom = mpls.isBottom(b, at)
      at = out.networkAt
      if (bottom) {
        rawIp(b, at, end, out)
        return
      }
    } else if (etherType === EtherType.PPPOE_SESSION) {
      if (!enter(pppoe.headerEnd(b, at, end), out)) return
      const session = pppoe.code(b, at) === 0
      const payloadEnd = out.networkAt + pppoe.payloadBytes(b, at)
      if (payloadEnd < out.wireEnd) out.wireEnd = payloadEnd
      at = out.networkAt
      if (!session || !enter(ppp.headerEnd(b, at, end), out)) return
      etherType = ppp.etherType(b, at)
      at = out.networkAt
      if (etherType < 0) return
    } else {
      found(etherType, at, out)
      return
    }
  }
  enter(MALFORMED, out)
}
