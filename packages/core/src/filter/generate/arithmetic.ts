import type { Statement } from '../block.ts'
import {
  BPF_ADD,
  BPF_ALU,
  BPF_AND,
  BPF_B,
  BPF_DIV,
  BPF_H,
  BPF_IMM,
  BPF_IND,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_LEN,
  BPF_LSH,
  BPF_MEM,
  BPF_MISC,
  BPF_MOD,
  BPF_MUL,
  BPF_NEG,
  BPF_OR,
  BPF_RSH,
  BPF_ST,
  BPF_SUB,
  BPF_TAX,
  BPF_W,
  BPF_X,
  BPF_XOR,
} from '../bpf.ts'
import { and, type Condition, not, test } from '../condition.ts'
import { meaningless, unsupported } from '../error.ts'
import type { Arithmetic, ArithmeticOperator, Relation } from '../syntax/tree.ts'
import { type Context, statement } from './context.ts'
import { IPPROTO_ICMPV6 } from './numbers.ts'
import { isFirstFragment } from './ports.ts'
import { isProtocol } from './protocol.ts'

/** A value on its way: statements that leave it in a scratch register, and what a packet must be for it to make sense. */
interface Value {
  readonly statements: Statement[]
  readonly register: number
  readonly condition: Condition | null
}

const OPERATIONS: Readonly<Record<ArithmeticOperator, number>> = {
  '+': BPF_ADD,
  '-': BPF_SUB,
  '*': BPF_MUL,
  '/': BPF_DIV,
  '%': BPF_MOD,
  '&': BPF_AND,
  '|': BPF_OR,
  '^': BPF_XOR,
  '<<': BPF_LSH,
  '>>': BPF_RSH,
}

/** Comparison of the left value in A with the right one in X, and whether it is the opposite that is asked for. */
const COMPARISONS: Readonly<Record<Relation, readonly [jump: number, negated: boolean]>> = {
  '=': [BPF_JEQ, false],
  '!=': [BPF_JEQ, true],
  '>': [BPF_JGT, false],
  '<=': [BPF_JGT, true],
  '>=': [BPF_JGE, false],
  '<': [BPF_JGE, true],
}

/** `left relation right`. */
export function isRelated(context: Context, relation: Relation, left: Arithmetic, right: Arithmetic): Condition {
  const a = evaluate(context, left)
  const b = evaluate(context, right)
  const [jump, negated] = COMPARISONS[relation]
  const statements = [...a.statements, ...b.statements, loadX(b.register), loadA(a.register)]
  // A difference compares as well, and the optimiser can do more with it.
  if (jump === BPF_JEQ) statements.push(statement(BPF_ALU | BPF_SUB | BPF_X, 0))
  const comparison = test(statements, jump === BPF_JEQ ? jump | BPF_K : jump | BPF_X, 0)
  context.freeRegister(a.register)
  context.freeRegister(b.register)
  const condition = negated ? not(comparison) : comparison
  const needed = both(a.condition, b.condition)
  return needed === null ? condition : and(needed, condition)
}

function both(a: Condition | null, b: Condition | null): Condition | null {
  if (a === null || b === null) return a ?? b
  return and(a, b)
}

function loadA(register: number): Statement {
  return statement(BPF_LD | BPF_MEM, register)
}

function loadX(register: number): Statement {
  return statement(BPF_LDX | BPF_MEM, register)
}

/** Puts A, which `statements` end with, into a register. */
function stored(context: Context, statements: Statement[], condition: Condition | null): Value {
  const register = context.allocateRegister()
  statements.push(statement(BPF_ST, register))
  return { statements, register, condition }
}

function evaluate(context: Context, arithmetic: Arithmetic): Value {
  // Long sums lean to the left: walk down to their first operand, then up again.
  const sums: (Arithmetic & { kind: 'binary' })[] = []
  let first = arithmetic
  while (first.kind === 'binary') {
    sums.push(first)
    first = first.left
  }
  let value = operandOf(context, first)
  for (let i = sums.length - 1; i >= 0; i--) value = applied(context, sums[i], value)
  return value
}

function operandOf(context: Context, operand: Arithmetic): Value {
  switch (operand.kind) {
    case 'number':
      return stored(context, [statement(BPF_LD | BPF_IMM, operand.value)], null)
    case 'len':
      return stored(context, [statement(BPF_LD | BPF_LEN, 0)], null)
    case 'load':
      return loaded(context, operand)
    default:
      if (operand.kind !== 'negate') return evaluate(context, operand)
      return negated(context, operand)
  }
}

function negated(context: Context, operand: Arithmetic): Value {
  let signs = 0
  let inner = operand
  while (inner.kind === 'negate') {
    signs++
    inner = inner.operand
  }
  const value = evaluate(context, inner)
  for (; signs > 0; signs--) {
    value.statements.push(loadA(value.register), statement(BPF_ALU | BPF_NEG, 0), statement(BPF_ST, value.register))
  }
  return value
}

function applied(context: Context, sum: Arithmetic & { kind: 'binary' }, left: Value): Value {
  const right = evaluate(context, sum.right)
  checkConstant(sum.operator, sum.right)
  // Appended to in place: a long sum stays linear.
  const { statements } = left
  for (const part of right.statements) statements.push(part)
  statements.push(loadX(right.register), loadA(left.register))
  statements.push(statement(BPF_ALU | OPERATIONS[sum.operator] | BPF_X, 0))
  context.freeRegister(left.register)
  context.freeRegister(right.register)
  // As in libpcap, what a packet must be for the right operand to make sense is not asked: matches are tcpdump's.
  return stored(context, statements, left.condition)
}

/** What BPF would refuse, or leave undefined. */
function checkConstant(operator: ArithmeticOperator, right: Arithmetic): void {
  if (right.kind !== 'number') return
  if (operator === '/' && right.value === 0) throw meaningless('division by zero')
  if (operator === '%' && right.value === 0) throw meaningless('modulus by zero')
  if ((operator === '<<' || operator === '>>') && right.value > 31) throw meaningless('shift by more than 31 bits')
}

const LOAD_SIZES: Readonly<Record<number, typeof BPF_B | typeof BPF_H | typeof BPF_W>> = {
  1: BPF_B,
  2: BPF_H,
  4: BPF_W,
}

/** From the network header, … */
const FROM_NETWORK: ReadonlySet<string> = new Set('ip arp rarp atalk decnet lat sca moprc mopdl ip6'.split(' '))
/** … or from what follows an IPv4 header. */
const FROM_TRANSPORT: ReadonlySet<string> = new Set('sctp tcp udp icmp igmp igrp pim vrrp carp'.split(' '))

/** `protocol[index:size]`. */
function loaded(context: Context, load: Arithmetic & { kind: 'load' }): Value {
  const index = evaluate(context, load.index)
  const { protocol } = load
  const size = LOAD_SIZES[load.size]
  if (size === undefined) throw meaningless('data size must be 1, 2, or 4')
  const { statements } = index
  const read = (from: { constant: number; register: number }, extra: number): void => {
    if (from.register >= 0) addToX(statements, [loadX(from.register)], index.register)
    else statements.push(loadX(index.register))
    statements.push(statement(BPF_LD | BPF_IND | size, from.constant + extra))
  }
  let { condition } = index
  if (protocol === 'link') {
    // Inside Geneve without asking whether there is a link header, as in libpcap.
    read(context.linkHeader, 0)
  } else if (FROM_NETWORK.has(protocol)) {
    condition = both(condition, isProtocol(context, protocol))
    read(context.payload, context.network)
  } else if (FROM_TRANSPORT.has(protocol)) {
    const isTransport = and(isProtocol(context, protocol), isFirstFragment(context))
    condition = and(isProtocol(context, 'ip'), both(condition, isTransport)!)
    addToX(statements, context.loadIpv4HeaderBytes(), index.register)
    statements.push(statement(BPF_LD | BPF_IND | size, context.payload.constant + context.network))
  } else if (protocol === 'icmp6') {
    condition = both(condition, isProtocol(context, 'ip6'))
    condition = both(condition, context.equal('network', 6, BPF_B, IPPROTO_ICMPV6))
    read(context.payload, context.network + 40)
  } else if (protocol === 'radio') throw unsupported('radio information not present in capture')
  else throw unsupported('unsupported index operation')
  const value = stored(context, statements, condition)
  context.freeRegister(index.register)
  return value
}

/** X = X + index, where `loadBase` loads X. */
function addToX(statements: Statement[], loadBase: readonly Statement[], index: number): void {
  statements.push(...loadBase, loadA(index), statement(BPF_ALU | BPF_ADD | BPF_X, 0), statement(BPF_MISC | BPF_TAX, 0))
}
