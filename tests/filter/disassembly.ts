import * as bpf from '../../packages/core/src/filter/bpf.ts'
import { type Instruction, programOf } from './programs.ts'

const sizes: Record<string, number> = { '': bpf.BPF_W, h: bpf.BPF_H, b: bpf.BPF_B }
const operations: Record<string, number> = {
  add: bpf.BPF_ADD,
  sub: bpf.BPF_SUB,
  mul: bpf.BPF_MUL,
  div: bpf.BPF_DIV,
  mod: bpf.BPF_MOD,
  or: bpf.BPF_OR,
  and: bpf.BPF_AND,
  xor: bpf.BPF_XOR,
  lsh: bpf.BPF_LSH,
  rsh: bpf.BPF_RSH,
}
const tests: Record<string, number> = { jeq: bpf.BPF_JEQ, jgt: bpf.BPF_JGT, jge: bpf.BPF_JGE, jset: bpf.BPF_JSET }
/** What a live capture knows besides the bytes (SKF_AD_OFF and beyond). */
const ancillary: Record<string, number> = {
  type: 0xfffff004,
  ifidx: 0xfffff008,
  vlan_tci: 0xfffff02c,
  vlanp: 0xfffff030,
}

/** The program that `tcpdump -d` has printed. Throws on a line that it does not know. */
export function parseDisassembly(text: string): bpf.BpfProgram {
  return programOf(text.trim().split('\n').map(parseLine))
}

/** The program that `tcpdump -ddd` has printed. */
export function parseDecimals(text: string): bpf.BpfProgram {
  const [, ...lines] = text.trim().split('\n')
  return programOf(lines.map((line) => line.split(' ').map(Number) as unknown as Instruction))
}

function parseLine(line: string, pc: number): Instruction {
  const [, name, rest] = /^\(\d+\) (\w+)\s*(.*)$/.exec(line) ?? refuse(line)
  if (name === 'ret') return rest === '' ? [bpf.BPF_RET | bpf.BPF_A, 0, 0, 0] : [bpf.BPF_RET, 0, 0, number(rest)]
  if (name === 'tax') return [bpf.BPF_MISC | bpf.BPF_TAX, 0, 0, 0]
  if (name === 'txa') return [bpf.BPF_MISC | bpf.BPF_TXA, 0, 0, 0]
  if (name === 'neg') return [bpf.BPF_ALU | bpf.BPF_NEG, 0, 0, 0]
  if (name === 'st' || name === 'stx') return [name === 'st' ? bpf.BPF_ST : bpf.BPF_STX, 0, 0, number(rest)]
  if (name === 'ja') return [bpf.BPF_JMP | bpf.BPF_JA, 0, 0, (number(rest) - pc - 1) >>> 0]
  if (name in operations) {
    const operation = bpf.BPF_ALU | operations[name]
    return rest === 'x' ? [operation | bpf.BPF_X, 0, 0, 0] : [operation, 0, 0, number(rest)]
  }
  if (name in tests) {
    const [, operand, jt, jf] = /^(\S+)\s+jt (\d+)\s+jf (\d+)$/.exec(rest) ?? refuse(line)
    const source = operand === 'x' ? bpf.BPF_X : bpf.BPF_K
    const k = operand === 'x' ? 0 : number(operand)
    return [bpf.BPF_JMP | tests[name] | source, Number(jt) - pc - 1, Number(jf) - pc - 1, k]
  }
  const [, letters] = /^ld(xb|x|h|b|)$/.exec(name) ?? refuse(line)
  return parseLoad(letters, rest, line)
}

function parseLoad(letters: string, operand: string, line: string): Instruction {
  const isX = letters.startsWith('x')
  const load = isX ? bpf.BPF_LDX : bpf.BPF_LD
  if (operand === '#pktlen') return [load | bpf.BPF_LEN, 0, 0, 0]
  if (operand.startsWith('#')) return [load | bpf.BPF_IMM, 0, 0, number(operand)]
  if (operand.startsWith('M[')) return [load | bpf.BPF_MEM, 0, 0, number(operand)]
  if (letters === 'xb') return [load | bpf.BPF_B | bpf.BPF_MSH, 0, 0, number(operand.replace('4*', ''))]
  const [, indirect, at] = /^\[(x \+ )?(\w+)\]$/.exec(operand) ?? refuse(line)
  const mode = indirect === undefined ? bpf.BPF_ABS : bpf.BPF_IND
  return [load | sizes[letters] | mode, 0, 0, ancillary[at] ?? number(at)]
}

/** The first number of a text: `#0x800`, `M[3]`, `([14]&0xf)`. */
function number(text: string): number {
  const [digits] = /0x[0-9a-f]+|\d+/.exec(text) ?? refuse(text)
  return Number(digits)
}

function refuse(text: string): never {
  throw new Error(`no line of a disassembly: ${text}`)
}
