import { afterEach, expect, test, vi } from 'vitest'
import { type Instruction, programOf } from '../../../../tests/filter/programs.ts'
import * as bpf from './bpf.ts'
import { createPredicate } from './predicate.ts'

const packet = Uint8Array.of(1, 2, 3, 4)

afterEach(() => vi.unstubAllGlobals())

test('reads the packet where it lies in a buffer, and not beyond its end', () => {
  const isThree = createPredicate(
    programOf([
      [bpf.BPF_LD | bpf.BPF_B | bpf.BPF_ABS, 0, 0, 1],
      [bpf.BPF_JMP | bpf.BPF_JEQ, 0, 1, 3],
      [bpf.BPF_RET, 0, 0, 96],
      [bpf.BPF_RET, 0, 0, 0],
    ]),
  )
  expect(isThree(packet, 1, 2, 60)).toBe(96)
  expect(isThree(packet, 1, 1, 60)).toBe(0)
  expect(isThree(packet, 0, 4, 60)).toBe(0)
})

test('runs where code must not be generated', () => {
  vi.stubGlobal('Function', () => {
    throw new EvalError('unsafe-eval is not an allowed source of script')
  })
  const predicate = createPredicate(
    programOf([
      [bpf.BPF_LD | bpf.BPF_LEN, 0, 0, 0],
      [bpf.BPF_RET | bpf.BPF_A, 0, 0, 0],
    ]),
  )
  expect(predicate(packet, 0, 4, 1500)).toBe(1500)
})

test('runs a program with more branches than a function should have', () => {
  // Takes the way around every second instruction: 2000 places are jumped to.
  const instructions = Array.from(
    { length: 4000 },
    (_, i): Instruction => (i % 2 === 0 ? [bpf.BPF_JMP | bpf.BPF_JEQ, 1, 0, 0] : [bpf.BPF_RET, 0, 0, 0]),
  )
  const predicate = createPredicate(programOf([...instructions, [bpf.BPF_RET, 0, 0, 7]]))
  expect(predicate(packet, 0, 4, 4)).toBe(7)
})
