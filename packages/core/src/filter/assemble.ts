import { type Block, orderBlocks } from './block.ts'
import { BPF_CLASS, BPF_JA, BPF_JMP, BPF_RET, type BpfProgram } from './bpf.ts'

/** The farthest that a conditional jump reaches. */
const MAX_SKIP = 255

/** Places of a block and its instructions. */
interface Placed {
  readonly block: Block
  /** Its first instruction. */
  at: number
  /** A jump too far for a conditional one goes to a BPF_JA behind it. */
  isYesLong: boolean
  isNoLong: boolean
  /** Goes on with the next instruction, without a jump. */
  readonly fallsThrough: boolean
}

/** Blocks → instructions. */
export function assemble(root: Block): BpfProgram {
  const blocks = orderBlocks(root)
  const placed = blocks.map((block, i): Placed => {
    const fallsThrough = isGoto(block) && block.yes === blocks[i + 1]
    return { block, at: 0, isYesLong: false, isNoLong: false, fallsThrough }
  })
  const length = place(placed)
  const program: BpfProgram = {
    length,
    code: new Uint16Array(length),
    jt: new Uint8Array(length),
    jf: new Uint8Array(length),
    k: new Uint32Array(length),
  }
  for (const { block, at, isYesLong, isNoLong, fallsThrough } of placed) {
    let i = at
    for (const statement of block.statements) {
      program.code[i] = statement.code
      program.k[i++] = statement.k
    }
    if (fallsThrough) continue
    program.code[i] = block.code
    program.k[i] = block.k
    if ((block.code & BPF_CLASS) === BPF_RET) continue
    const yes = placed[block.yes!.index].at
    if (isGoto(block)) {
      program.k[i] = yes - i - 1
      continue
    }
    const no = placed[block.no!.index].at
    program.jt[i] = isYesLong ? 0 : yes - i - 1
    program.jf[i] = isNoLong ? Number(isYesLong) : no - i - 1
    let extra = i + 1
    for (const [isLong, target] of [
      [isYesLong, yes],
      [isNoLong, no],
    ] as const) {
      if (!isLong) continue
      program.code[extra] = BPF_JMP | BPF_JA
      program.k[extra] = target - extra - 1
      extra++
    }
  }
  return program
}

function isGoto(block: Block): boolean {
  return block.code === (BPF_JMP | BPF_JA)
}

/** Lays blocks out until every conditional jump reaches its target; gives the number of instructions. */
function place(placed: readonly Placed[]): number {
  for (;;) {
    let at = 0
    for (const entry of placed) {
      entry.at = at
      at += entry.block.statements.length + Number(!entry.fallsThrough)
      at += Number(entry.isYesLong) + Number(entry.isNoLong)
    }
    let isSettled = true
    for (const entry of placed) {
      const { block } = entry
      if (block.no === null || isGoto(block)) continue
      const jump = entry.at + block.statements.length
      if (!entry.isYesLong && isTooFar(placed[block.yes!.index].at - jump - 1)) {
        entry.isYesLong = true
        isSettled = false
      }
      if (!entry.isNoLong && isTooFar(placed[block.no.index].at - jump - 1)) {
        entry.isNoLong = true
        isSettled = false
      }
    }
    if (isSettled) return at
  }
}

/** Backwards, too, only BPF_JA goes. */
function isTooFar(skip: number): boolean {
  return skip < 0 || skip > MAX_SKIP
}
