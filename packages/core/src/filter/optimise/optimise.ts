import { type Block, orderBlocks, type Statement } from '../block.ts'
import { BPF_ABS, BPF_CLASS, BPF_IND, BPF_JMP, BPF_K, BPF_LDX, BPF_MSH, BPF_RET } from '../bpf.ts'
import { Decisions } from './decisions.ts'
import { Dominators } from './dominators.ts'
import { groupComparisons } from './group.ts'
import { mergeBlocks } from './merge.ts'
import { checkConstants, shortenStatements } from './statements.ts'
import { threadJumps } from './thread.ts'
import { ValueTable } from './values.ts'

/** Work on jumps, in blocks times rounds, after which the program is good enough. */
const MAX_WORK = 250_000
/** Programs of more blocks stay as generated: thousands of ports in one expression must not take seconds to compile. */
const MAX_BLOCKS = 30_000
const MAX_ROUNDS = 100

export interface Optimized {
  readonly root: Block
  /** Whether no packet is ever accepted, as far as libpcap's optimiser would find out. */
  readonly rejectsAll: boolean
}

/** Shortens a program without loops, of which each block computes what it compares (as generated). First its jumps, then
 *  the code between them. What it accepts stays the same, but for packets cut short: loads that are dropped, or come
 *  later, no longer reject those. libpcap's optimiser does the same, and so this one finds what that one does, and no
 *  more, wherever the difference shows. */
export function optimize(entry: Block): Optimized {
  if (orderBlocks(entry).length > MAX_BLOCKS) return { root: entry, rejectsAll: false }
  const table = new ValueTable()
  // libpcap, too, calculates with constants only in what is left when its jumps are short: there it complains of a
  // division by zero, and there it keeps some loads that it could have done without.
  let root = shortenJumps(entry, table, false)
  checkConstants(orderBlocks(root), table)
  root = shortenJumps(root, table, true)
  root = withoutConstantStart(root)
  shortenStatements(orderBlocks(root), table)
  root = withoutEmptyStart(root)
  const rejectsAll = root.code === (BPF_RET | BPF_K) && root.k === 0
  root = withoutEmptyStart(withoutEmptyBlocks(root))
  return { root: mergeBlocks(root), rejectsAll }
}

function shortenJumps(root: Block, table: ValueTable, foldsConstants: boolean): Block {
  const decisions = new Decisions(table, foldsConstants)
  let work = 0
  for (let round = 0; round < MAX_ROUNDS && work < MAX_WORK; round++) {
    let blocks = orderBlocks(root)
    work += blocks.length
    for (const block of blocks) decisions.of(block)
    blocks = orderBlocks(root)
    let changed = threadJumps(blocks, new Dominators(blocks), decisions)
    if (groupComparisons(orderBlocks(root), decisions)) changed = true
    if (!changed) break
  }
  return root
}

/** Skips first blocks that go on to one place whatever they find, and read no packet for it. Before any code was
 *  shortened: no later block relies on what they compute. */
function withoutConstantStart(entry: Block): Block {
  let root = entry
  while (isEmptyDecision(root) && !root.statements.some((statement) => readsPacket(statement))) root = root.yes!
  return root
}

/** Skips first blocks that go on to one place whatever they find. Their code stays: what follows may rely on it, and their
 *  loads may reject a short packet. */
function withoutEmptyStart(entry: Block): Block {
  let root = entry
  while (isEmptyDecision(root)) {
    const next = root.yes!
    if ((next.code & BPF_CLASS) === BPF_JMP) next.statements = [...root.statements, ...next.statements]
    root = next
  }
  return root
}

function isEmptyDecision(block: Block): boolean {
  return (block.code & BPF_CLASS) === BPF_JMP && block.yes === block.no
}

function readsPacket({ code }: Statement): boolean {
  return (code & BPF_CLASS) <= BPF_LDX && [BPF_ABS, BPF_IND, BPF_MSH].includes(code & 0xe0)
}

/** Leads jumps past blocks that compute nothing and decide nothing. */
function withoutEmptyBlocks(root: Block): Block {
  const past = (block: Block | null): Block | null => {
    let next = block
    while (next !== null && isEmptyDecision(next) && next.statements.length === 0) next = next.yes
    return next
  }
  for (const block of orderBlocks(root).reverse()) {
    block.yes = past(block.yes)
    block.no = past(block.no)
  }
  return past(root)!
}
