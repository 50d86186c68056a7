import { Block, gotoBlock, type Statement } from '../block.ts'
import {
  BPF_ABS,
  BPF_ADD,
  BPF_ALU,
  BPF_B,
  BPF_IMM,
  BPF_IND,
  BPF_JEQ,
  BPF_JMP,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_MEM,
  BPF_MISC,
  BPF_MSH,
  BPF_MUL,
  BPF_ST,
  BPF_TAX,
  BPF_TXA,
  BPF_X,
} from '../bpf.ts'
import { and, type Condition, or } from '../condition.ts'
import { meaningless, unsupported } from '../error.ts'
import type { Protocol } from '../syntax/tree.ts'
import { type Context, statement } from './context.ts'
import { carries } from './link-type.ts'
import {
  ETHERTYPE_IP,
  ETHERTYPE_IPV6,
  IPPROTO_AH,
  IPPROTO_DSTOPTS,
  IPPROTO_FRAGMENT,
  IPPROTO_HOPOPTS,
  IPPROTO_NONE,
  IPPROTO_ROUTING,
} from './numbers.ts'

/** Whether protocol `number` is somewhere in the chain of headers: a loop, so not for a kernel. */
export function hasInChain(context: Context, number: number, over: Protocol | null): Condition {
  if (over === null) {
    // A register of its own, which libpcap never gives back: it decides which registers the tests to the right share.
    context.allocateRegister()
    const ip = hasInChain(context, number, 'ip')
    return or(ip, hasInChain(context, number, 'ip6'))
  }
  if (over !== 'ip' && over !== 'ip6') throw meaningless("bad protocol applied for 'protochain'")
  if (context.isVariable) throw unsupported("'protochain' not supported with variable length headers")
  context.mayOptimize = false
  const isCarried = carries(context, over === 'ip' ? ETHERTYPE_IP : ETHERTYPE_IPV6)
  const register = context.allocateRegister()
  context.freeRegister(register)
  const at = context.payload.constant + context.network
  const chain: Condition = {
    kind: 'custom',
    build: (yes, no) =>
      over === 'ip' ? chainFromIpv4(at, register, number, yes, no) : chainFromIpv6(at, register, number, yes, no),
  }
  return and(isCarried, chain)
}

/** A is the next header's number, X the number of bytes from `at` to that header. */
function chainFromIpv4(at: number, register: number, number: number, yes: Block, no: Block): Block {
  const start = [statement(BPF_LD | BPF_ABS | BPF_B, at + 9), statement(BPF_LDX | BPF_MSH | BPF_B, at)]
  const isAuthentication = compare(IPPROTO_AH, null, no)
  const loop = compare(number, yes, compare(IPPROTO_NONE, no, isAuthentication))
  isAuthentication.yes = skipAuthentication(at, register, loop)
  return prefixed(start, loop)
}

function chainFromIpv6(at: number, register: number, number: number, yes: Block, no: Block): Block {
  const start = [statement(BPF_LD | BPF_ABS | BPF_B, at + 6), statement(BPF_LDX | BPF_IMM, 40)]
  const loop = compare(number, yes, null)
  const skip = skipExtension(at, register, loop)
  let next = compare(IPPROTO_AH, skipAuthentication(at, register, loop), no)
  for (const extension of [IPPROTO_FRAGMENT, IPPROTO_ROUTING, IPPROTO_DSTOPTS, IPPROTO_HOPOPTS])
    next = compare(extension, skip, next)
  // "No next header" ends the chain, unless it is what was asked for.
  loop.no = compare(IPPROTO_NONE, no, next)
  return prefixed(start, loop)
}

function compare(number: number, yes: Block | null, no: Block | null): Block {
  return new Block([], BPF_JMP | BPF_JEQ | BPF_K, number, yes, no)
}

/** Statements that run once, before a loop. */
function prefixed(statements: Statement[], loop: Block): Block {
  const block = gotoBlock(loop)
  block.statements = statements
  return block
}

/** IPv6 extension header: next header, length in units of 8 bytes without the first (RFC 8200 §4.3). */
function skipExtension(at: number, register: number, loop: Block): Block {
  const statements = [
    statement(BPF_LD | BPF_IND | BPF_B, at),
    statement(BPF_ST, register),
    statement(BPF_LD | BPF_IND | BPF_B, at + 1),
    statement(BPF_ALU | BPF_ADD | BPF_K, 1),
    statement(BPF_ALU | BPF_MUL | BPF_K, 8),
    statement(BPF_ALU | BPF_ADD | BPF_X, 0),
    statement(BPF_MISC | BPF_TAX, 0),
    statement(BPF_LD | BPF_MEM, register),
  ]
  return prefixed(statements, loop)
}

/** Authentication header: next header, length in units of 4 bytes less 2 (RFC 4302 §2.2). As in libpcap the place found
 *  counts from the first header, not from this one: matches are tcpdump's. */
function skipAuthentication(at: number, register: number, loop: Block): Block {
  const statements = [
    statement(BPF_LD | BPF_IND | BPF_B, at),
    statement(BPF_ST, register),
    statement(BPF_MISC | BPF_TXA, 0),
    statement(BPF_ALU | BPF_ADD | BPF_K, 1),
    statement(BPF_MISC | BPF_TAX, 0),
    statement(BPF_LD | BPF_IND | BPF_B, at),
    statement(BPF_ALU | BPF_ADD | BPF_K, 2),
    statement(BPF_ALU | BPF_MUL | BPF_K, 4),
    statement(BPF_MISC | BPF_TAX, 0),
    statement(BPF_LD | BPF_MEM, register),
  ]
  return prefixed(statements, loop)
}
