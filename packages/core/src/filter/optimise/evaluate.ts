import type { Block, Statement } from '../block.ts'
import {
  BPF_ABS,
  BPF_ALU,
  BPF_AND,
  BPF_CLASS,
  BPF_IMM,
  BPF_IND,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_JMP,
  BPF_JSET,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_MEM,
  BPF_MEMWORDS,
  BPF_MISC,
  BPF_NEG,
  BPF_ST,
  BPF_STX,
  BPF_SUB,
  BPF_TAX,
  BPF_X,
} from '../bpf.ts'
import type { ValueTable } from './values.ts'

/** Places that hold values: the scratch words, then A and X. */
export const A = BPF_MEMWORDS
export const X = BPF_MEMWORDS + 1
export const PLACES = BPF_MEMWORDS + 2

/** The place that a statement writes. */
export function written(statement: Statement): number {
  switch (statement.code & BPF_CLASS) {
    case BPF_ST:
    case BPF_STX:
      return statement.k
    case BPF_LDX:
      return X
    case BPF_MISC:
      return statement.code === (BPF_MISC | BPF_TAX) ? X : A
    default:
      return A
  }
}

/** The places that a statement reads, as bits. */
export function readBits(statement: Statement): number {
  const { code, k } = statement
  switch (code & BPF_CLASS) {
    case BPF_ST:
      return 1 << A
    case BPF_STX:
      return 1 << X
    case BPF_ALU:
      return (1 << A) | ((code & BPF_X) !== 0 && code !== (BPF_ALU | BPF_NEG) ? 1 << X : 0)
    case BPF_MISC:
      return code === (BPF_MISC | BPF_TAX) ? 1 << A : 1 << X
    default:
      if ((code & 0xe0) === BPF_MEM) return 1 << k
      return (code & 0xe0) === BPF_IND ? 1 << X : 0
  }
}

/** The places that a block's jump reads, as bits. */
export function readByJump(block: Block): number {
  if ((block.code & BPF_CLASS) !== BPF_JMP || block.no === null) return 0
  return (1 << A) | ((block.code & BPF_X) !== 0 ? 1 << X : 0)
}

/** The value that a statement computes from those in `values`. */
export function evaluate(statement: Statement, values: Int32Array, table: ValueTable): number {
  const { code, k } = statement
  switch (code & BPF_CLASS) {
    case BPF_ST:
      return values[A]
    case BPF_STX:
      return values[X]
    case BPF_ALU:
      if (code === (BPF_ALU | BPF_NEG)) return table.computation(code, values[A])
      return table.computation(code & ~BPF_X, values[A], (code & BPF_X) !== 0 ? values[X] : table.constant(k))
    case BPF_MISC:
      return code === (BPF_MISC | BPF_TAX) ? values[A] : values[X]
    default:
      if (code === (BPF_LD | BPF_IMM) || code === (BPF_LDX | BPF_IMM)) return table.constant(k)
      if ((code & 0xe0) === BPF_MEM) return values[k]
      if ((code & 0xe0) === BPF_IND) return table.computation(code, table.constant(k), values[X])
      return table.computation(code, table.constant((code & 0xe0) === BPF_ABS || code & 0x80 ? k : 0))
  }
}

/** Whether a comparison of `a` with `b` holds. */
export function compare(code: number, a: number, b: number): boolean {
  switch (code & 0xf0) {
    case BPF_JEQ:
      return a === b
    case BPF_JGT:
      return a > b
    case BPF_JGE:
      return a >= b
    case BPF_JSET:
      return (a & b) !== 0
    default:
      throw new Error(`no comparison: 0x${code.toString(16)}`)
  }
}

/** Rewrites a block's comparison where the instruction before it can be made part of it. `isFree`: nothing after the
 *  block reads A. Tells whether anything changed; A's value at the end may have, too. */
export function shortenComparison(block: Block, isFree: boolean, values: Int32Array, table: ValueTable): boolean {
  let changed = false
  const last = block.statements.at(-1)
  if (isFree && last !== undefined && block.code === (BPF_JMP | BPF_JEQ | BPF_K)) {
    if (last.code === (BPF_ALU | BPF_SUB | BPF_X)) {
      const x = table.asConstant(values[X])
      if (x !== undefined) {
        block.k = (block.k + x) >>> 0
        changed = true
      } else if (block.k === 0) {
        block.code = BPF_JMP | BPF_JEQ | BPF_X
        changed = true
      }
    } else if (last.code === (BPF_ALU | BPF_SUB | BPF_K)) {
      block.k = (block.k + last.k) >>> 0
      changed = true
    } else if (last.code === (BPF_ALU | BPF_AND | BPF_K) && block.k === 0) {
      block.k = last.k
      block.code = BPF_JMP | BPF_JSET | BPF_K
      ;[block.yes, block.no] = [block.no, block.yes]
      changed = true
    }
    if (changed) block.statements.pop()
  }
  const x = (block.code & BPF_CLASS) === BPF_JMP && (block.code & BPF_X) !== 0 ? table.asConstant(values[X]) : undefined
  if (x !== undefined) {
    block.code &= ~BPF_X
    block.k = x
    changed = true
  }
  return changed
}
