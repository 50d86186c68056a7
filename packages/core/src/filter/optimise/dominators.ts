import type { Block } from '../block.ts'

/** The dominator tree of a program without loops, over its blocks and its jumps: what is on every way from the start.
 *  Nodes are numbers: block i is node i, its `yes` jump n + 2i, its `no` jump n + 2i + 1. */
export class Dominators {
  private readonly parent: Int32Array
  private readonly depth: Int32Array
  /** An ancestor farther up, so that the way up takes a logarithmic number of steps. */
  private readonly skip: Int32Array
  private readonly firstChild: Int32Array
  private readonly nextSibling: Int32Array

  /** `blocks`: in an order in which each comes after those that jump to it, with their `index` set. */
  constructor(blocks: readonly Block[]) {
    const n = blocks.length
    this.parent = new Int32Array(3 * n).fill(-1)
    this.depth = new Int32Array(3 * n)
    this.skip = new Int32Array(3 * n)
    this.firstChild = new Int32Array(3 * n).fill(-1)
    this.nextSibling = new Int32Array(3 * n).fill(-1)
    // What dominates a block is what its jumps in have in common; collected as those jumps are met.
    const common = new Int32Array(n).fill(-1)
    for (const [i, block] of blocks.entries()) {
      if (i > 0) this.hang(i, common[i])
      for (const [side, next] of [block.yes, block.no].entries()) {
        if (next === null) continue
        const jump = n + 2 * i + side
        this.hang(jump, i)
        const met = common[next.index]
        common[next.index] = met < 0 ? jump : this.meet(met, jump)
      }
    }
  }

  children(node: number): number {
    return this.firstChild[node]
  }

  sibling(node: number): number {
    return this.nextSibling[node]
  }

  private hang(node: number, parent: number): void {
    this.parent[node] = parent
    this.depth[node] = this.depth[parent] + 1
    const jump = this.skip[parent]
    const isEven = this.depth[parent] - this.depth[jump] === this.depth[jump] - this.depth[this.skip[jump]]
    this.skip[node] = isEven ? this.skip[jump] : parent
    this.nextSibling[node] = this.firstChild[parent]
    this.firstChild[parent] = node
  }

  /** The lowest node above both. */
  private meet(a: number, b: number): number {
    let [low, high] = this.depth[a] > this.depth[b] ? [a, b] : [b, a]
    while (this.depth[low] > this.depth[high])
      low = this.depth[this.skip[low]] >= this.depth[high] ? this.skip[low] : this.parent[low]
    while (low !== high) {
      const far = this.skip[low] !== this.skip[high]
      low = far ? this.skip[low] : this.parent[low]
      high = far ? this.skip[high] : this.parent[high]
    }
    return low
  }
}
