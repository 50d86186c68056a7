import { describe, expect, test } from 'vitest'
import { type Instruction, programOf } from '../../../../tests/filter/programs.ts'
import * as bpf from './bpf.ts'
import { MAX_BACKWARD_JUMPS, runBpf } from './interpret.ts'
import { createPredicate } from './predicate.ts'
import { isValidBpf } from './validate.ts'

const RETURN_A: Instruction = [bpf.BPF_RET | bpf.BPF_A, 0, 0, 0]
const TAX: Instruction = [bpf.BPF_MISC | bpf.BPF_TAX, 0, 0, 0]
const accept = (k = 1): Instruction => [bpf.BPF_RET | bpf.BPF_K, 0, 0, k]
const setA = (k: number): Instruction => [bpf.BPF_LD | bpf.BPF_IMM, 0, 0, k]
const setX = (k: number): Instruction => [bpf.BPF_LDX | bpf.BPF_IMM, 0, 0, k]
const load = (mode: number, k: number): Instruction => [bpf.BPF_LD | mode, 0, 0, k]
const calculate = (operation: number, k = 0): Instruction => [bpf.BPF_ALU | operation, 0, 0, k]
const jump = (test: number, jt: number, jf: number, k = 0): Instruction => [bpf.BPF_JMP | test, jt, jf, k]

const packet = Uint8Array.of(0x45, 0x81, 0x02, 0x83, 0xff, 0xfe, 0xfd, 0xfc)

/** The result of the interpreter and of the predicate, which are the same. */
function run(instructions: readonly Instruction[], bytes = packet, wireBytes = bytes.length): number {
  const program = programOf(instructions)
  const result = runBpf(program, bytes, 0, bytes.length, wireBytes)
  expect(createPredicate(program)(bytes, 0, bytes.length, wireBytes)).toBe(result)
  return result
}

describe('loads', () => {
  test('take bytes, halves and words in network byte order, without sign', () => {
    expect(run([load(bpf.BPF_W | bpf.BPF_ABS, 4), RETURN_A])).toBe(0xfffefdfc)
    expect(run([load(bpf.BPF_H | bpf.BPF_ABS, 4), RETURN_A])).toBe(0xfffe)
    expect(run([load(bpf.BPF_B | bpf.BPF_ABS, 4), RETURN_A])).toBe(0xff)
    expect(run([setX(3), load(bpf.BPF_H | bpf.BPF_IND, 1), RETURN_A])).toBe(0xfffe)
  })

  test('reject the packet where a byte of them is missing', () => {
    for (const [size, bytes] of [
      [bpf.BPF_W, 4],
      [bpf.BPF_H, 2],
      [bpf.BPF_B, 1],
    ]) {
      const last = packet.length - bytes
      expect(run([load(size | bpf.BPF_ABS, last), accept(7)])).toBe(7)
      expect(run([load(size | bpf.BPF_ABS, last + 1), accept(7)])).toBe(0)
      expect(run([setX(1), load(size | bpf.BPF_IND, last - 1), accept(7)])).toBe(7)
      expect(run([setX(2), load(size | bpf.BPF_IND, last - 1), accept(7)])).toBe(0)
    }
  })

  test('do not wrap around where X and the offset exceed 32 bits', () => {
    expect(run([setX(0xffffffff), load(bpf.BPF_B | bpf.BPF_IND, 1), accept()])).toBe(0)
    expect(run([setX(1), load(bpf.BPF_B | bpf.BPF_IND, 0xffffffff), accept()])).toBe(0)
    expect(run([load(bpf.BPF_W | bpf.BPF_ABS, 0xfffffffe), accept()])).toBe(0)
  })

  test('know nothing of a live capture', () => {
    expect(run([load(bpf.BPF_B | bpf.BPF_ABS, 0xfffff030), accept()])).toBe(0)
  })

  test('take the length of an IPv4 header', () => {
    const toA: Instruction = [bpf.BPF_MISC | bpf.BPF_TXA, 0, 0, 0]
    expect(run([[bpf.BPF_LDX | bpf.BPF_B | bpf.BPF_MSH, 0, 0, 0], toA, RETURN_A])).toBe(20)
    expect(run([[bpf.BPF_LDX | bpf.BPF_B | bpf.BPF_MSH, 0, 0, 4], toA, RETURN_A])).toBe(60)
    expect(run([[bpf.BPF_LDX | bpf.BPF_B | bpf.BPF_MSH, 0, 0, 8], accept()])).toBe(0)
  })

  test('take the length on the wire', () => {
    expect(run([[bpf.BPF_LD | bpf.BPF_LEN, 0, 0, 0], RETURN_A], packet, 0x80000001)).toBe(0x80000001)
    const fromX: Instruction[] = [[bpf.BPF_LDX | bpf.BPF_LEN, 0, 0, 0], calculate(bpf.BPF_OR | bpf.BPF_X), RETURN_A]
    expect(run(fromX, packet, 1500)).toBe(1500)
  })

  test('take scratch memory, which begins as zeros', () => {
    const program: Instruction[] = [setA(9), [bpf.BPF_ST, 0, 0, 15], setA(0), load(bpf.BPF_MEM, 15), RETURN_A]
    expect(run(program)).toBe(9)
    expect(run([setA(9), load(bpf.BPF_MEM, 15), RETURN_A])).toBe(0)
  })
})

describe('arithmetic', () => {
  test('is that of unsigned 32-bit numbers', () => {
    expect(run([setA(0xffffffff), calculate(bpf.BPF_ADD, 2), RETURN_A])).toBe(1)
    expect(run([setA(1), calculate(bpf.BPF_SUB, 2), RETURN_A])).toBe(0xffffffff)
    expect(run([setA(0xffffffff), calculate(bpf.BPF_MUL, 0xffffffff), RETURN_A])).toBe(1)
    expect(run([setA(0xffffffff), calculate(bpf.BPF_DIV, 2), RETURN_A])).toBe(0x7fffffff)
    expect(run([setA(0xffffffff), calculate(bpf.BPF_MOD, 10), RETURN_A])).toBe(5)
    expect(run([setA(1), calculate(bpf.BPF_NEG), RETURN_A])).toBe(0xffffffff)
    expect(run([setA(0x80000000), calculate(bpf.BPF_RSH, 31), RETURN_A])).toBe(1)
    expect(run([setA(0x80000000), calculate(bpf.BPF_XOR, 0xffffffff), RETURN_A])).toBe(0x7fffffff)
  })

  test('rejects the packet where it divides by zero', () => {
    expect(run([setA(8), calculate(bpf.BPF_DIV | bpf.BPF_X), accept()])).toBe(0)
    expect(run([setA(8), calculate(bpf.BPF_MOD | bpf.BPF_X), accept()])).toBe(0)
    expect(run([setA(8), calculate(bpf.BPF_DIV, 0), accept()])).toBe(0)
  })

  test('shifts everything out by 32 and more', () => {
    for (const distance of [32, 33, 64, 0xffffffff]) {
      expect(run([setX(distance), setA(0xffffffff), calculate(bpf.BPF_LSH | bpf.BPF_X), RETURN_A])).toBe(0)
      expect(run([setX(distance), setA(0xffffffff), calculate(bpf.BPF_RSH | bpf.BPF_X), RETURN_A])).toBe(0)
      expect(run([setA(0xffffffff), calculate(bpf.BPF_LSH, distance), RETURN_A])).toBe(0)
    }
    expect(run([setX(31), setA(3), calculate(bpf.BPF_LSH | bpf.BPF_X), RETURN_A])).toBe(0x80000000)
  })
})

describe('jumps', () => {
  test('compare without sign', () => {
    const program = (test: number, k: number): Instruction[] => [
      setA(0x80000000),
      jump(test, 0, 1, k),
      accept(),
      accept(0),
    ]
    expect(run(program(bpf.BPF_JGT, 0x7fffffff))).toBe(1)
    expect(run(program(bpf.BPF_JGT, 0x80000000))).toBe(0)
    expect(run(program(bpf.BPF_JGE, 0x80000000))).toBe(1)
    expect(run(program(bpf.BPF_JGE, 0x80000001))).toBe(0)
    expect(run(program(bpf.BPF_JEQ, 0x80000000))).toBe(1)
    expect(run(program(bpf.BPF_JSET, 0xc0000000))).toBe(1)
    expect(run(program(bpf.BPF_JSET, 0x7fffffff))).toBe(0)
    expect(run([setA(5), TAX, jump(bpf.BPF_JGT | bpf.BPF_X, 1, 0), accept(3), accept(4)])).toBe(3)
  })

  test('may go backwards', () => {
    // Adds 1 until the sum is 100.
    const loop: Instruction[] = [
      calculate(bpf.BPF_ADD, 1),
      jump(bpf.BPF_JEQ, 1, 0, 100),
      [bpf.BPF_JMP | bpf.BPF_JA, 0, 0, -3 >>> 0],
      RETURN_A,
    ]
    expect(run(loop)).toBe(100)
  })

  test('backwards lead to loads that nothing before has made safe', () => {
    const back: Instruction[] = [
      [bpf.BPF_JMP | bpf.BPF_JA, 0, 0, 3],
      TAX,
      load(bpf.BPF_B | bpf.BPF_ABS, 5),
      accept(7),
      [bpf.BPF_JMP | bpf.BPF_JA, 0, 0, -4 >>> 0],
    ]
    expect(run([...back, accept()], packet.subarray(0, 3))).toBe(0)
    expect(run([...back, accept()])).toBe(7)
  })

  test('may go backwards so often, but no more', () => {
    const loop = (turns: number): Instruction[] => [
      calculate(bpf.BPF_ADD, 1),
      jump(bpf.BPF_JGT, 1, 0, turns),
      [bpf.BPF_JMP | bpf.BPF_JA, 0, 0, -3 >>> 0],
      accept(),
    ]
    expect(run(loop(MAX_BACKWARD_JUMPS))).toBe(1)
    expect(run(loop(MAX_BACKWARD_JUMPS + 1))).toBe(0)
    expect(run([[bpf.BPF_JMP | bpf.BPF_JA, 0, 0, 0xffffffff], accept()])).toBe(0)
  })
})

describe('programs that are not valid', () => {
  const invalid: Record<string, readonly Instruction[]> = {
    'nothing at all': [],
    'no return at the end': [setA(1)],
    'an unknown instruction': [[0xffff, 0, 0, 0], accept()],
    'a load of 8 bytes': [load(bpf.BPF_H | bpf.BPF_B | bpf.BPF_ABS, 0), accept()],
    'a negation of X': [calculate(bpf.BPF_NEG | bpf.BPF_X), accept()],
    'an unknown operation': [calculate(0xb0, 1), accept()],
    'an unknown test': [jump(0x50, 0, 0), accept()],
    'a return of X': [[bpf.BPF_RET | bpf.BPF_X, 0, 0, 0]],
    'scratch memory that does not exist': [load(bpf.BPF_MEM, 16), accept()],
    'a store outside of scratch memory': [[bpf.BPF_STX, 0, 0, 0xffffffff], accept()],
    'a division by the constant 0': [calculate(bpf.BPF_DIV, 0), accept()],
    'a shift by the constant 32': [setA(1), calculate(bpf.BPF_LSH, 32), RETURN_A],
    'a conditional jump past the end': [jump(bpf.BPF_JEQ, 1, 0), accept()],
    'a jump past the end': [[bpf.BPF_JMP | bpf.BPF_JA, 0, 0, 1], accept()],
    'a jump before the beginning': [[bpf.BPF_JMP | bpf.BPF_JA, 0, 0, -2 >>> 0], accept()],
    'a jump as far as jumps go': [[bpf.BPF_JMP | bpf.BPF_JA, 0, 0, 0x80000000], accept()],
  }
  test.each(Object.entries(invalid))('%s: rejects every packet', (_, instructions) => {
    expect(isValidBpf(programOf(instructions))).toBe(false)
    expect(run(instructions)).toBe(0)
  })
})
