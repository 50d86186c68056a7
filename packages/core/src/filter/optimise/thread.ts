import type { Block } from '../block.ts'
import type { Decisions } from './decisions.ts'
import type { Dominators } from './dominators.ts'

/** 0 = unknown. */
const TRUE = 1
const FALSE = 2

/** Steps of jumps in one call, per block: those left over are for the next call, which has fewer blocks. */
const MAX_STEPS = 16

/** Leads jumps past comparisons whose outcome is known from those on the way to them: the same comparison of the same
 *  values, or one of a value that is known to equal another constant. Tells whether any jump was changed.
 *  Values are what they are for the whole packet, so that what is known stays true whatever jumps change meanwhile. */
export function threadJumps(blocks: readonly Block[], dominators: Dominators, decisions: Decisions): boolean {
  const known = new Uint8Array(decisions.testCount)
  const equalTo = new Map<number, number>()
  const n = blocks.length
  const maxSteps = MAX_STEPS * n + 1000
  let steps = 0

  /** Moves one jump on as far as it goes. */
  const lead = (next: Block): Block => {
    let target = next
    for (;;) {
      const decision = decisions.of(target)
      if (decision === null || steps >= maxSteps) return target
      let to: Block
      if (target.yes === target.no) to = target.yes!
      else if (known[decision.test] === TRUE) to = target.yes!
      else if (known[decision.test] === FALSE) to = target.no!
      // Equal to another constant than the one it is compared with here.
      else if (decision.equals >= 0 && equalTo.has(decision.a)) to = target.no!
      else return target
      target = to
      steps++
    }
  }

  // Down the dominator tree; on the way back what a jump made known is forgotten.
  const undo: (() => void)[] = []
  const open: number[] = [0]
  while (open.length > 0) {
    const node = open.pop()!
    if (node < 0) {
      undo.pop()!()
      continue
    }
    if (node >= n) {
      const block = blocks[(node - n) >> 1]
      const isYes = ((node - n) & 1) === 0
      const { a, test, equals } = decisions.of(block)!
      const before = known[test]
      known[test] = isYes ? TRUE : FALSE
      const isNew = isYes && equals >= 0 && !equalTo.has(a)
      if (isNew) equalTo.set(a, equals)
      // Jumps farther on go first, so that this one can follow where they lead.
      undo.push(() => {
        if (isYes) block.yes = lead(block.yes!)
        else block.no = lead(block.no!)
        known[test] = before
        if (isNew) equalTo.delete(a)
      })
      open.push(-1)
    }
    for (let child = dominators.children(node); child >= 0; child = dominators.sibling(child)) open.push(child)
  }
  return steps > 0
}
