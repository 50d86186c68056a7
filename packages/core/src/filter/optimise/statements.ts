import type { Block, Statement } from '../block.ts'
import {
  BPF_ABS,
  BPF_ADD,
  BPF_ALU,
  BPF_AND,
  BPF_CLASS,
  BPF_DIV,
  BPF_IMM,
  BPF_IND,
  BPF_JMP,
  BPF_LD,
  BPF_LDX,
  BPF_LSH,
  BPF_MEM,
  BPF_MISC,
  BPF_MOD,
  BPF_MSH,
  BPF_MUL,
  BPF_NEG,
  BPF_OR,
  BPF_RSH,
  BPF_ST,
  BPF_SUB,
  BPF_TAX,
  BPF_TXA,
  BPF_X,
  BPF_XOR,
} from '../bpf.ts'
import { meaningless } from '../error.ts'
import { A, compare, evaluate, PLACES, readBits, readByJump, shortenComparison, written, X } from './evaluate.ts'
import type { ValueTable } from './values.ts'

/** Rounds until nothing gets shorter, at most: each helps the next, and most programs need four. */
const MAX_ROUNDS = 30

/** Shortens the straight code in blocks: drops what computes a value that is there already, or that nobody reads, and
 *  computes with constants. `blocks`: in order, as of orderBlocks(). Jumps stay as they are, though some may get one
 *  target for both outcomes. */
export function shortenStatements(blocks: readonly Block[], table: ValueTable): void {
  const values = blocks.map(() => new Int32Array(PLACES))
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const live = liveAfter(blocks)
    const isEntered = new Uint8Array(blocks.length)
    isEntered[0] = 1
    for (let place = 0; place < PLACES; place++) values[0][place] = table.fresh()
    let changed = false
    for (const [i, block] of blocks.entries()) {
      const own = values[i]
      if (shortenBlock(block, own, live[i], table)) changed = true
      for (const next of block.no === block.yes ? [block.yes] : [block.yes, block.no]) {
        if (next === null) continue
        const there = values[next.index]
        if (isEntered[next.index] === 0) {
          isEntered[next.index] = 1
          there.set(own)
        } else
          for (let place = 0; place < PLACES; place++) if (there[place] !== own[place]) there[place] = table.fresh()
      }
    }
    if (!changed) return
  }
}

/** Complains of constant operands that BPF refuses, in code that may turn out later never to run. */
export function checkConstants(blocks: readonly Block[], table: ValueTable): void {
  for (const { statements } of blocks) {
    if (!statements.some(({ code }) => isRestricted(code))) continue
    const values = new Int32Array(PLACES).fill(table.fresh())
    for (const { code, k } of statements) {
      const copy: Statement = { code, k }
      simplify(copy, values, table)
      if (!isNothing(copy)) values[written(copy)] = evaluate(copy, values, table)
    }
  }
}

function isRestricted(code: number): boolean {
  return (code & BPF_CLASS) === BPF_ALU && [BPF_DIV, BPF_MOD, BPF_LSH, BPF_RSH].includes(code & 0xf0)
}

/** The places that somebody reads after each block, as bits. */
function liveAfter(blocks: readonly Block[]): Int32Array {
  const before = new Int32Array(blocks.length)
  const after = new Int32Array(blocks.length)
  for (let i = blocks.length - 1; i >= 0; i--) {
    const block = blocks[i]
    const yes = block.yes === null ? 0 : before[block.yes.index]
    after[i] = yes | (block.no === null ? 0 : before[block.no.index])
    let live = after[i] | readByJump(block)
    for (let s = block.statements.length - 1; s >= 0; s--)
      live = (live & ~(1 << written(block.statements[s]))) | readBits(block.statements[s])
    before[i] = live
  }
  return after
}

/** `values`: at the block's start, and on return at its end. */
function shortenBlock(block: Block, values: Int32Array, live: number, table: ValueTable): boolean {
  const startA = values[A]
  const startX = values[X]
  const length = block.statements.length
  let changed = false
  const kept: Statement[] = []
  for (const statement of block.statements) {
    if (simplify(statement, values, table)) changed = true
    const value = isNothing(statement) ? -1 : evaluate(statement, values, table)
    const place = value < 0 ? A : written(statement)
    if (value < 0 || values[place] === value) continue
    values[place] = value
    kept.push(statement)
  }
  const isReturn = (block.code & BPF_CLASS) !== BPF_JMP
  // What a return leaves in registers is of no use, nor is the way to values that were there from the start.
  if (isReturn || (live === 0 && values[A] === startA && values[X] === startX)) kept.length = 0
  block.statements = kept
  if (isReturn) return length !== kept.length
  if (rearrange(kept, (live & (1 << X)) !== 0)) {
    changed = true
    block.statements = kept.filter((statement) => !isNothing(statement))
  }
  if (shortenComparison(block, (live & (1 << A)) === 0, values, table)) {
    changed = true
    values[A] = table.fresh()
  }
  const constant = table.asConstant(values[A])
  if (constant !== undefined && (block.code & BPF_X) === 0 && block.yes !== block.no) {
    if (compare(block.code, constant, block.k)) block.no = block.yes
    else block.yes = block.no
    changed = true
  }
  dropUnread(block, values, live, table)
  return changed || block.statements.length !== length
}

/** Code of a statement that is to go. */
const NOTHING = 0xffff

function isNothing(statement: Statement): boolean {
  return statement.code === NOTHING
}

/** Replaces a statement by a simpler one that does the same; tells whether it did. */
function simplify(statement: Statement, values: Int32Array, table: ValueTable): boolean {
  const { code, k } = statement
  if (code === (BPF_LD | BPF_MEM) || code === (BPF_LDX | BPF_MEM)) {
    const constant = table.asConstant(values[k])
    return constant !== undefined && become(statement, (code & BPF_CLASS) | BPF_IMM, constant)
  }
  const x = table.asConstant(values[X])
  if ((code & BPF_CLASS) === BPF_LD && (code & 0xe0) === BPF_IND)
    return x !== undefined && become(statement, (code & ~0xe0) | BPF_ABS, k + x)
  if ((code & BPF_CLASS) !== BPF_ALU) return false
  const a = table.asConstant(values[A])
  if (code === (BPF_ALU | BPF_NEG)) return a !== undefined && become(statement, BPF_LD | BPF_IMM, -a)
  const operation = code & 0xf0
  if ((code & BPF_X) !== 0 && x === undefined) return a === 0 && simplifyZero(statement, operation)
  const operand = (code & BPF_X) !== 0 ? x! : k
  checkOperand(operation, operand)
  if (simplifyConstant(statement, operation, operand)) return true
  const result = a === undefined ? null : calculate(operation, a, operand)
  if (result !== null) return become(statement, BPF_LD | BPF_IMM, result)
  return (code & BPF_X) !== 0 && become(statement, code & ~BPF_X, operand)
}

function become(statement: Statement, code: number, k: number): true {
  statement.code = code
  statement.k = k >>> 0
  return true
}

/** What only now turns out to be a constant that BPF refuses, or leaves undefined. */
function checkOperand(operation: number, operand: number): void {
  if (operation === BPF_DIV && operand === 0) throw meaningless('division by zero')
  if (operation === BPF_MOD && operand === 0) throw meaningless('modulus by zero')
  if ((operation === BPF_LSH || operation === BPF_RSH) && operand > 31) throw meaningless('shift by more than 31 bits')
}

/** 0 op X. */
function simplifyZero(statement: Statement, operation: number): boolean {
  switch (operation) {
    case BPF_ADD:
    case BPF_OR:
    case BPF_XOR:
      return become(statement, BPF_MISC | BPF_TXA, 0)
    case BPF_MUL:
    case BPF_AND:
    case BPF_LSH:
    case BPF_RSH:
      return become(statement, BPF_LD | BPF_IMM, 0)
    default:
      // A division by an X of 0 ends the program.
      return false
  }
}

/** A op a constant that makes it trivial. */
function simplifyConstant(statement: Statement, operation: number, operand: number): boolean {
  switch (operation) {
    case BPF_ADD:
    case BPF_SUB:
    case BPF_OR:
    case BPF_XOR:
    case BPF_LSH:
    case BPF_RSH:
      return operand === 0 && become(statement, NOTHING, 0)
    case BPF_MUL:
      return operand === 0 && become(statement, BPF_LD | BPF_IMM, 0)
    case BPF_AND:
      if (operand === 0xffffffff) return become(statement, NOTHING, 0)
      return operand === 0 && become(statement, BPF_LD | BPF_IMM, 0)
    default:
      return false
  }
}

/** `b` has been checked. Null for what is no calculation. */
function calculate(operation: number, a: number, b: number): number | null {
  switch (operation) {
    case BPF_ADD:
      return (a + b) >>> 0
    case BPF_SUB:
      return (a - b) >>> 0
    case BPF_MUL:
      return Math.imul(a, b) >>> 0
    case BPF_DIV:
      return Math.floor(a / b)
    case BPF_MOD:
      return a % b
    case BPF_AND:
      return (a & b) >>> 0
    case BPF_OR:
      return (a | b) >>> 0
    case BPF_XOR:
      return (a ^ b) >>> 0
    case BPF_LSH:
      return (a << b) >>> 0
    case BPF_RSH:
      return a >>> b
    default:
      return null
  }
}

/** Shorter forms of sequences; some statements become NOTHING. `isXLive`: somebody after the block reads X. */
function rearrange(statements: readonly Statement[], isXLive: boolean): boolean {
  let changed = false
  for (let i = 0; i + 1 < statements.length; i++) {
    const first = statements[i]
    const second = statements[i + 1]
    // st M[k]; ldx M[k] → st M[k]; tax
    if (first.code === BPF_ST && second.code === (BPF_LDX | BPF_MEM) && first.k === second.k) {
      changed = become(second, BPF_MISC | BPF_TAX, 0)
    }
    // ld #k; tax → ldx #k; txa (the latter mostly goes)
    else if (first.code === (BPF_LD | BPF_IMM) && second.code === (BPF_MISC | BPF_TAX)) {
      changed = become(first, BPF_LDX | BPF_IMM, first.k)
      become(second, BPF_MISC | BPF_TXA, 0)
    } else if (first.code === (BPF_LD | BPF_IMM) && moveIntoOffset(statements, i, isXLive)) changed = true
  }
  return changed
}

/** How far ahead to look for the next write of X. */
const MAX_LOOK_AHEAD = 1000

/** ld #k; (ldxb …;) add x; tax; ld [x + n] → (ldxb …;) ld [x + n + k], where nobody needs that X. */
function moveIntoOffset(statements: readonly Statement[], i: number, isXLive: boolean): boolean {
  const at = (statements[i + 1].code & 0xe7) === (BPF_LDX | BPF_MSH) ? i + 2 : i + 1
  const [add, tax, load] = [statements[at], statements[at + 1], statements[at + 2]]
  if (add?.code !== (BPF_ALU | BPF_ADD | BPF_X) || tax?.code !== (BPF_MISC | BPF_TAX)) return false
  if (load === undefined || (load.code & BPF_CLASS) !== BPF_LD || (load.code & 0xe0) !== BPF_IND) return false
  for (let later = at + 3; ; later++) {
    if (later >= statements.length) {
      if (isXLive) return false
      break
    }
    if (later - at > MAX_LOOK_AHEAD || (readBits(statements[later]) & (1 << X)) !== 0) return false
    if (written(statements[later]) === X) break
  }
  load.k = (load.k + statements[i].k) >>> 0
  for (const gone of [statements[i], add, tax]) become(gone, NOTHING, 0)
  return true
}

/** Drops what writes a place that is written again, or left, without being read. */
function dropUnread(block: Block, values: Int32Array, live: number, table: ValueTable): void {
  const { statements } = block
  let needed = live | readByJump(block)
  let kept = statements.length
  for (let i = statements.length - 1; i >= 0; i--) {
    const place = written(statements[i])
    if ((needed & (1 << place)) === 0) continue
    needed = (needed & ~(1 << place)) | readBits(statements[i])
    statements[--kept] = statements[i]
  }
  if (kept === 0) return
  statements.splice(0, kept)
  // Values that were only left behind are gone.
  const lost = ~(live | readByJump(block))
  for (let place = 0; place < PLACES; place++) if ((lost & (1 << place)) !== 0) values[place] = table.fresh()
}
