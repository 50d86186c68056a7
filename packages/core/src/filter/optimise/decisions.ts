import type { Block } from '../block.ts'
import { BPF_CLASS, BPF_JEQ, BPF_JMP, BPF_JSET, BPF_K, BPF_X } from '../bpf.ts'
import { A, compare, evaluate, PLACES, shortenComparison, written, X } from './evaluate.ts'
import type { ValueTable } from './values.ts'

/** What a block compares, in values. As generated, each block computes all that it compares, whatever was before it. */
export interface Decision {
  /** Value in A. */
  readonly a: number
  /** Number of the comparison: the same for the same operation on the same values. */
  readonly test: number
  /** The constant that A is tested to be equal to; -1 for other comparisons. */
  readonly equals: number
}

/** Decisions of all blocks of a program. */
export class Decisions {
  private readonly table: ValueTable
  private readonly foldsConstants: boolean
  private readonly ofBlock = new Map<Block, Decision | null>()
  private readonly tests = new Map<number, number>()

  /** Comparisons of constants become jumps with one target: of loaded ones only, or with `foldsConstants` also of those
   *  that come out of a calculation. */
  constructor(table: ValueTable, foldsConstants: boolean) {
    this.table = table
    this.foldsConstants = foldsConstants
  }

  /** Highest number of a comparison, plus one. */
  get testCount(): number {
    return this.tests.size
  }

  /** Null for a return. */
  of(block: Block): Decision | null {
    let decision = this.ofBlock.get(block)
    if (decision === undefined) {
      decision = (block.code & BPF_CLASS) === BPF_JMP ? this.decide(block) : null
      this.ofBlock.set(block, decision)
    }
    return decision
  }

  /** Notes that a block was given another's comparison. */
  set(block: Block, decision: Decision): void {
    this.ofBlock.set(block, decision)
  }

  private decide(block: Block): Decision {
    const { table } = this
    let values = this.evaluate(block)
    const loaded = table.asConstant(values[A])
    while (shortenComparison(block, true, values, table)) values = this.evaluate(block)
    const a = values[A]
    const isByX = (block.code & BPF_X) !== 0
    const constant = this.foldsConstants ? table.asConstant(a) : loaded
    if (constant !== undefined && !isByX) {
      if (compare(block.code, constant, block.k)) block.no = block.yes
      else block.yes = block.no
    } else if (this.foldsConstants && block.code === (BPF_JMP | BPF_JSET | BPF_K) && block.k === 0) block.yes = block.no
    const key = table.computation(block.code & ~BPF_X, a, isByX ? values[X] : table.constant(block.k))
    let test = this.tests.get(key)
    if (test === undefined) {
      test = this.tests.size
      this.tests.set(key, test)
    }
    return { a, test, equals: block.code === (BPF_JMP | BPF_JEQ | BPF_K) ? block.k : -1 }
  }

  private evaluate(block: Block): Int32Array {
    const values = new Int32Array(PLACES)
    values.fill(this.table.fresh())
    for (const statement of block.statements) values[written(statement)] = evaluate(statement, values, this.table)
    return values
  }
}
