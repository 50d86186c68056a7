import { Block, type Statement } from './block.ts'
import { BPF_JMP } from './bpf.ts'

/** What the generator makes of a test, before it is known where to jump: statements, then a comparison of A. */
export type Condition =
  | { readonly kind: 'test'; readonly statements: Statement[]; readonly jump: number; readonly k: number }
  | { readonly kind: 'not'; readonly of: Condition }
  /** To the left: ((first op rest[0]) op rest[1]) … Owned by who made it; and() and or() add to it. */
  | {
      readonly kind: 'chain'
      readonly first: Condition
      readonly rest: { readonly or: boolean; readonly of: Condition }[]
    }
  /** A piece of program with jumps of its own. */
  | { readonly kind: 'custom'; readonly build: (yes: Block, no: Block) => Block }

/** `jump` is BPF_JEQ and its like, with BPF_K or BPF_X. */
export function test(statements: Statement[], jump: number, k: number): Condition {
  return { kind: 'test', statements, jump: BPF_JMP | jump, k }
}

export function not(of: Condition): Condition {
  return of.kind === 'not' ? of.of : { kind: 'not', of }
}

/** Takes `left` over. */
export function and(left: Condition, right: Condition): Condition {
  return extend(left, false, right)
}

/** Takes `left` over. */
export function or(left: Condition, right: Condition): Condition {
  return extend(left, true, right)
}

function extend(left: Condition, or: boolean, of: Condition): Condition {
  if (left.kind !== 'chain') return { kind: 'chain', first: left, rest: [{ or, of }] }
  left.rest.push({ or, of })
  return left
}

/** Blocks that go to `yes` where the condition holds, and to `no` where it does not. */
export function link(condition: Condition, yes: Block, no: Block): Block {
  switch (condition.kind) {
    case 'test':
      return new Block(condition.statements, condition.jump, condition.k, yes, no)
    case 'not':
      return link(condition.of, no, yes)
    case 'custom':
      return condition.build(yes, no)
    case 'chain': {
      let onYes = yes
      let onNo = no
      for (let i = condition.rest.length - 1; i >= 0; i--) {
        const part = condition.rest[i]
        const entry = link(part.of, onYes, onNo)
        if (part.or) onNo = entry
        else onYes = entry
      }
      return link(condition.first, onYes, onNo)
    }
  }
}
