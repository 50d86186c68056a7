import type { Bytes } from '../units.ts'
import * as bpf from './bpf.ts'

/** What a generator of code must know of a valid program before it writes the first instruction. */
export interface Flow {
  /** 1 for the instructions that some path reaches. */
  readonly reached: Uint8Array
  /** Instructions that are jumped to, other than from the one before; ascending. */
  readonly targets: readonly number[]
  /** Some jump goes backwards. */
  readonly loops: boolean
  /** Captured bytes that are known to be there before each instruction: what earlier loads on every path to it needed. */
  readonly knownBytes: Float64Array
}

export function analyseFlow(program: bpf.BpfProgram): Flow {
  const { length, code } = program
  const reached = new Uint8Array(length)
  const isTarget = new Uint8Array(length)
  const knownBytes = new Float64Array(length).fill(Number.POSITIVE_INFINITY)
  knownBytes[0] = 0
  let loops = false
  const open = [0]
  reached[0] = 1
  for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
    for (const to of successors(program, pc)) {
      if (to !== pc + 1) isTarget[to] = 1
      if (to <= pc) {
        loops = true
        knownBytes[to] = 0
      }
      if (reached[to] === 0) {
        reached[to] = 1
        open.push(to)
      }
    }
  }
  for (let pc = 0; pc < length; pc++) {
    if (reached[pc] === 0 || (code[pc] & bpf.BPF_CLASS) === bpf.BPF_RET) continue
    const known = Math.max(knownBytes[pc], neededBytes(program, pc))
    for (const to of successors(program, pc)) knownBytes[to] = Math.min(knownBytes[to], known)
  }
  const targets: number[] = []
  for (let pc = 0; pc < length; pc++) if (isTarget[pc] === 1) targets.push(pc)
  return { reached, targets, loops, knownBytes }
}

/** Captured bytes without which the instruction rejects the packet, whatever X holds. */
export function neededBytes({ code, k }: bpf.BpfProgram, pc: number): Bytes {
  switch (code[pc] & ~(bpf.BPF_H | bpf.BPF_B)) {
    case bpf.BPF_LD | bpf.BPF_ABS:
    case bpf.BPF_LD | bpf.BPF_IND:
    case bpf.BPF_LDX | bpf.BPF_MSH:
      return k[pc] + loadBytes(code[pc])
    default:
      return 0
  }
}

/** Width of a load from the packet. */
export function loadBytes(code: number): 1 | 2 | 4 {
  if ((code & bpf.BPF_B) !== 0) return 1
  return (code & bpf.BPF_H) !== 0 ? 2 : 4
}

function successors({ code, jt, jf, k }: bpf.BpfProgram, pc: number): readonly number[] {
  const next = pc + 1
  if ((code[pc] & bpf.BPF_CLASS) === bpf.BPF_RET) return []
  if ((code[pc] & bpf.BPF_CLASS) !== bpf.BPF_JMP) return [next]
  return code[pc] === (bpf.BPF_JMP | bpf.BPF_JA) ? [next + (k[pc] | 0)] : [next + jt[pc], next + jf[pc]]
}

/** Scratch words that the program names, ascending. */
export function scratchWords({ length, code, k }: bpf.BpfProgram): number[] {
  const words = new Set<number>()
  for (let pc = 0; pc < length; pc++) {
    const isStore = (code[pc] & bpf.BPF_CLASS) === bpf.BPF_ST || (code[pc] & bpf.BPF_CLASS) === bpf.BPF_STX
    const isLoad = code[pc] === (bpf.BPF_LD | bpf.BPF_MEM) || code[pc] === (bpf.BPF_LDX | bpf.BPF_MEM)
    if (isStore || isLoad) words.add(k[pc])
  }
  return [...words].sort((a, b) => a - b)
}
