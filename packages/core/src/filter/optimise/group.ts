import type { Block } from '../block.ts'
import type { Decisions } from './decisions.ts'

/** Brings comparisons of one value together, so that the value need not be loaded again. In a chain of alternatives
 *  (`a or b or c`: comparisons that go to the same place where they hold, each entered only from the one before) the order
 *  does not matter: first come those of the value that was compared on the way to the chain, then the others, by first
 *  appearance. The same for `and`. Tells whether anything was moved. */
export function groupComparisons(blocks: readonly Block[], decisions: Decisions): boolean {
  const changedOr = groupSide(blocks, decisions, true)
  return groupSide(blocks, decisions, false) || changedOr
}

/** No value, or more than one. */
const NONE = -1
const UNSEEN = -2

function groupSide(blocks: readonly Block[], decisions: Decisions, or: boolean): boolean {
  const next = (of: Block): Block => (or ? of.no! : of.yes!)
  const shared = (of: Block): Block => (or ? of.yes! : of.no!)
  const entries = new Int32Array(blocks.length)
  const entryValue = new Int32Array(blocks.length).fill(UNSEEN)
  for (const block of blocks) {
    const decision = decisions.of(block)
    if (decision === null) continue
    for (const to of [block.yes!, block.no!]) {
      const before = entryValue[to.index]
      entryValue[to.index] = before === UNSEEN || before === decision.a ? decision.a : NONE
      entries[to.index]++
    }
  }
  const isMember = new Uint8Array(blocks.length)
  let changed = false
  for (const head of blocks) {
    if (isMember[head.index] === 1 || decisions.of(head) === null) continue
    const chain = [head]
    for (let member = next(head); ; member = next(member)) {
      if (decisions.of(member) === null || shared(member) !== shared(head) || entries[member.index] !== 1) break
      isMember[member.index] = 1
      chain.push(member)
    }
    if (chain.length > 1 && groupChain(chain, entryValue[head.index], decisions)) changed = true
  }
  return changed
}

/** Exchanges what the members of a chain compare; the members themselves, and the jumps between them, stay. */
function groupChain(chain: readonly Block[], firstValue: number, decisions: Decisions): boolean {
  const groups = new Map<number, Block[]>([[firstValue, []]])
  for (const member of chain) {
    const value = decisions.of(member)!.a
    const group = groups.get(value)
    if (group === undefined) groups.set(value, [member])
    else group.push(member)
  }
  const order = [...groups.values()].flat()
  if (order.every((member, i) => member === chain[i])) return false
  const contents = order.map(({ statements, code, k }) => ({ statements, code, k }))
  const compared = order.map((member) => decisions.of(member)!)
  for (const [i, member] of chain.entries()) {
    Object.assign(member, contents[i])
    decisions.set(member, compared[i])
  }
  return true
}
