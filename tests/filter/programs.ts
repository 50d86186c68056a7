import fc from 'fast-check'
import * as bpf from '../../packages/core/src/filter/bpf.ts'

/** code, jt, jf, k */
export type Instruction = readonly [code: number, jt: number, jf: number, k: number]

export function programOf(instructions: readonly Instruction[]): bpf.BpfProgram {
  return {
    length: instructions.length,
    code: Uint16Array.from(instructions, ([code]) => code),
    jt: Uint8Array.from(instructions, ([, jt]) => jt),
    jf: Uint8Array.from(instructions, ([, , jf]) => jf),
    k: Uint32Array.from(instructions, ([, , , k]) => k),
  }
}

/** Operands: packet offsets that are there and that are not, and the borders of arithmetic. */
const operand = fc.oneof(
  { weight: 6, arbitrary: fc.nat(80) },
  { weight: 1, arbitrary: fc.constantFrom(0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0xfffff030) },
  { weight: 1, arbitrary: fc.nat(0xffffffff) },
)

const loads = [bpf.BPF_W, bpf.BPF_H, bpf.BPF_B].flatMap((size) =>
  [bpf.BPF_ABS, bpf.BPF_IND].map((mode) => bpf.BPF_LD | size | mode),
)
const operations = [
  ...[bpf.BPF_ADD, bpf.BPF_SUB, bpf.BPF_MUL, bpf.BPF_OR, bpf.BPF_AND, bpf.BPF_XOR],
  ...[bpf.BPF_DIV, bpf.BPF_MOD, bpf.BPF_LSH, bpf.BPF_RSH],
]
const shifts: readonly number[] = [bpf.BPF_LSH, bpf.BPF_RSH]
const tests = [bpf.BPF_JEQ, bpf.BPF_JGT, bpf.BPF_JGE, bpf.BPF_JSET]
const plain = [
  ...[bpf.BPF_LD | bpf.BPF_IMM, bpf.BPF_LDX | bpf.BPF_IMM, bpf.BPF_LD | bpf.BPF_LEN, bpf.BPF_LDX | bpf.BPF_LEN],
  ...[bpf.BPF_LDX | bpf.BPF_B | bpf.BPF_MSH, bpf.BPF_ALU | bpf.BPF_NEG],
  ...[bpf.BPF_MISC | bpf.BPF_TAX, bpf.BPF_MISC | bpf.BPF_TXA],
]
const memory = [bpf.BPF_LD | bpf.BPF_MEM, bpf.BPF_LDX | bpf.BPF_MEM, bpf.BPF_ST, bpf.BPF_STX]

/** What one instruction is made from: its kind, three choices, an operand. */
type Draw = readonly [kind: number, a: number, b: number, c: number, k: number]

const anyDraw: fc.Arbitrary<Draw> = fc.tuple(fc.nat(999), fc.nat(255), fc.nat(255), fc.nat(255), operand)

/** Instruction `pc` of a valid program of `length`. */
function instruction([kind, a, b, c, k]: Draw, pc: number, length: number): Instruction {
  const rest = length - pc - 1
  if (rest === 0 || kind < 20)
    return a % 3 === 0 ? [bpf.BPF_RET | bpf.BPF_A, 0, 0, 0] : [bpf.BPF_RET, 0, 0, b % 4 ? k : 0]
  if (kind < 330) return [loads[a % loads.length], 0, 0, k]
  if (kind < 450) return [plain[a % plain.length], 0, 0, k]
  if (kind < 570) return [memory[a % memory.length], 0, 0, b % bpf.BPF_MEMWORDS]
  if (kind < 730) {
    const operation = operations[a % operations.length]
    const code = bpf.BPF_ALU | operation | (b % 2 ? bpf.BPF_X : bpf.BPF_K)
    return [code, 0, 0, shifts.includes(operation) ? k % 32 : k || 1]
  }
  if (kind < 740) return [bpf.BPF_JMP | bpf.BPF_JA, 0, 0, a % rest]
  if (kind < 743) return [bpf.BPF_JMP | bpf.BPF_JA, 0, 0, (-1 - (a % (pc + 1))) >>> 0]
  return [bpf.BPF_JMP | tests[a % tests.length] | (a > 127 ? bpf.BPF_X : bpf.BPF_K), b % rest, c % rest, k]
}

/** Valid programs, some of which loop. */
export const anyProgram: fc.Arbitrary<bpf.BpfProgram> = fc
  .array(anyDraw, { minLength: 1, maxLength: 40 })
  .map((draws) => programOf(draws.map((draw, pc) => instruction(draw, pc, draws.length))))

/** Bytes of a packet, and the length that it claims to have had on the wire. */
export const anyPacket = fc.record({
  bytes: fc.oneof(fc.uint8Array({ maxLength: 120 }), fc.uint8Array({ maxLength: 120, max: 2 })),
  cut: fc.oneof(fc.nat(3000), fc.constantFrom(0, 0x7fffffff)),
})
