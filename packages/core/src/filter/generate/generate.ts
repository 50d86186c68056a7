import {
  BPF_ABS,
  BPF_ALU,
  BPF_AND,
  BPF_B,
  BPF_H,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_K,
  BPF_LD,
  BPF_LEN,
  BPF_OR,
  BPF_W,
} from '../bpf.ts'
import { and, type Condition, not, or, test } from '../condition.ts'
import { FilterError, meaningless, unsupported } from '../error.ts'
import type { Arithmetic, FilterNode } from '../syntax/tree.ts'
import { isRelated } from './arithmetic.ts'
import { isBroadcast, isMulticast } from './casts.ts'
import { type Context, statement } from './context.ts'
import { isEncapsulated } from './encapsulation.ts'
import { isForeign, isWirelessType } from './foreign.ts'
import { isIdentified, withLinkHeader } from './identifier.ts'
import { LINK_IPNET, LINK_LINUX_SLL, LINK_LINUX_SLL2, LINK_PPP_PPPD, LINK_SLIP } from './layout.ts'
import { isLlc } from './llc.ts'
import { isProtocol } from './protocol.ts'

/** The condition that a syntax tree stands for. Left to right, since what is on the left moves the offsets of the rest.
 *  Throws FilterError with the place of the test that is wrong. */
export function generate(context: Context, node: FilterNode): Condition {
  if (node.kind === 'not') return not(generate(context, node.node))
  if (node.kind !== 'chain') return generateTest(context, node)
  let condition = generate(context, node.first)
  for (const { or: isOr, node: part } of node.rest) {
    const right = generate(context, part)
    condition = isOr ? or(condition, right) : and(condition, right)
  }
  return condition
}

/** Complains of what is wrong in a part of an expression, should anything be. */
export function checkPart(context: Context, node: FilterNode | Arithmetic): void {
  if (node.kind === 'load') {
    const zero: Arithmetic = { kind: 'number', value: 0, at: node.at, end: node.end }
    generateTest(context, { kind: 'relation', relation: '=', left: node, right: zero, at: node.at, end: node.end })
  } else if (node.kind !== 'number' && node.kind !== 'len' && node.kind !== 'negate' && node.kind !== 'binary')
    generate(context, node)
}

function generateTest(context: Context, node: FilterNode): Condition {
  try {
    return testOf(context, node)
  } catch (error) {
    if (error instanceof FilterError && error.at < 0) {
      error.at = node.at
      error.end = node.end
    }
    throw error
  }
}

function testOf(context: Context, node: FilterNode): Condition {
  switch (node.kind) {
    case 'id':
      return isIdentified(context, node.id, node.qualifiers)
    case 'protocol':
      return isProtocol(context, node.protocol)
    case 'relation':
      return isRelated(context, node.relation, node.left, node.right)
    case 'cast': {
      const is = node.cast === 'broadcast' ? isBroadcast : isMulticast
      const isLink = node.protocol === null || node.protocol === 'link'
      const condition = is(context, node.protocol)
      return isLink ? withLinkHeader(context, condition) : condition
    }
    case 'length': {
      const load = [statement(BPF_LD | BPF_LEN, 0)]
      if (node.test === 'greater') return test(load, BPF_JGE | BPF_K, node.bytes)
      return not(test(load, BPF_JGT | BPF_K, node.bytes))
    }
    case 'byte':
      return isByte(context, node.index, node.operator, node.value)
    case 'direction':
      return isOutbound(context, node.outbound)
    case 'ifindex':
      return isInterface(context, node.index)
    case 'encapsulation':
      return isEncapsulated(context, node.name, node.id)
    case 'llc':
      return isLlc(context, node.type)
    case 'foreign':
      return isForeign(node.word, node.value)
    case 'wireless-type':
      return isWirelessType(node.type, node.subtype)
    case 'chain':
    case 'not':
      return generate(context, node)
  }
}

/** `byte 0 & 1`: of the link header. */
function isByte(context: Context, index: number, operator: string, value: number): Condition {
  const load = context.load('link-header', index, BPF_B)
  switch (operator) {
    case '=':
      return test(load, BPF_JEQ | BPF_K, value)
    case '<':
      return not(test(load, BPF_JGE | BPF_K, value))
    case '>':
      return test(load, BPF_JGT | BPF_K, value)
    case '&':
      return not(test([...load, statement(BPF_ALU | BPF_AND | BPF_K, value)], BPF_JEQ | BPF_K, 0))
    case '|':
      return not(test([...load, statement(BPF_ALU | BPF_OR | BPF_K, value)], BPF_JEQ | BPF_K, 0))
    default:
      throw meaningless(`'${operator}' compares no byte`)
  }
}

/** Packet type "outgoing" of Linux (linux/if_packet.h). */
const PACKET_OUTGOING = 4
/** Ancillary data of Linux's kernel (linux/filter.h: SKF_AD_OFF + SKF_AD_PKTTYPE, SKF_AD_IFINDEX). */
const ANCILLARY_TYPE = 0xfffff000 + 4
const ANCILLARY_INTERFACE = 0xfffff000 + 8

function isOutbound(context: Context, outbound: boolean): Condition {
  const is = (condition: Condition): Condition => (outbound ? condition : not(condition))
  switch (context.link) {
    case LINK_SLIP:
      return is(not(context.equal('link-header', 0, BPF_B, 0)))
    case LINK_PPP_PPPD:
      return context.equal('link-header', 0, BPF_B, outbound ? 1 : 0)
    case LINK_IPNET:
      return context.equal('link-header', 2, BPF_H, outbound ? 1 : 2)
    case LINK_LINUX_SLL:
      return is(context.equal('link-header', 0, BPF_H, PACKET_OUTGOING))
    case LINK_LINUX_SLL2:
      return is(context.equal('link-header', 10, BPF_B, PACKET_OUTGOING))
  }
  if (context.isSavefile)
    throw unsupported(`inbound/outbound not supported on ${context.linkDescription} when reading savefiles`)
  return is(test([statement(BPF_LD | BPF_ABS | BPF_H, ANCILLARY_TYPE)], BPF_JEQ | BPF_K, PACKET_OUTGOING))
}

function isInterface(context: Context, index: number): Condition {
  if (context.link === LINK_LINUX_SLL2) return context.equal('link-header', 4, BPF_W, index)
  if (context.isSavefile)
    throw unsupported(`ifindex not supported on ${context.linkDescription} when reading savefiles`)
  return test([statement(BPF_LD | BPF_ABS | BPF_W, ANCILLARY_INTERFACE)], BPF_JEQ | BPF_K, index)
}
