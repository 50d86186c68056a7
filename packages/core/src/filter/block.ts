import { BPF_JA, BPF_JMP, BPF_K, BPF_RET } from './bpf.ts'

/** A program before its layout: blocks of straight code that end in a jump or a return. */

/** An instruction that is no jump. */
export interface Statement {
  code: number
  k: number
}

export class Block {
  statements: Statement[]
  /** BPF_JMP|… with two successors, BPF_JMP|BPF_JA with `yes` only, or BPF_RET. */
  code: number
  k: number
  yes: Block | null
  no: Block | null
  /** Its place in the order that orderBlocks() gave last. */
  index = -1
  /** Walks that have met it: the last one's number, and which of its sides that has looked at. */
  walk = 0
  side = 0

  constructor(statements: Statement[], code: number, k: number, yes: Block | null = null, no: Block | null = null) {
    this.statements = statements
    this.code = code
    this.k = k
    this.yes = yes
    this.no = no
  }
}

export function returnBlock(bytes: number): Block {
  return new Block([], BPF_RET | BPF_K, bytes)
}

export function gotoBlock(target: Block | null): Block {
  return new Block([], BPF_JMP | BPF_JA, 0, target)
}

let walks = 0

/** All blocks that can be reached, each after those that jump to it (loops aside), the `yes` side first; sets `index`. */
export function orderBlocks(root: Block): Block[] {
  const walk = ++walks
  const finished: Block[] = []
  const open: Block[] = []
  const meet = (block: Block | null): void => {
    if (block === null || block.walk === walk) return
    block.walk = walk
    block.side = 0
    open.push(block)
  }
  meet(root)
  while (open.length > 0) {
    const block = open[open.length - 1]
    const side = block.side++
    // The side looked at first is finished first, and so comes last.
    if (side === 0) meet(block.no)
    else if (side === 1) meet(block.yes)
    else {
      open.pop()
      finished.push(block)
    }
  }
  finished.reverse()
  for (let i = 0; i < finished.length; i++) finished[i].index = i
  return finished
}
