import {
  BPF_A,
  BPF_ABS,
  BPF_ADD,
  BPF_ALU,
  BPF_AND,
  BPF_B,
  BPF_CLASS,
  BPF_DIV,
  BPF_H,
  BPF_IMM,
  BPF_IND,
  BPF_JA,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_JMP,
  BPF_JSET,
  BPF_K,
  BPF_LD,
  BPF_LDX,
  BPF_LEN,
  BPF_LSH,
  BPF_MEM,
  BPF_MISC,
  BPF_MOD,
  BPF_MSH,
  BPF_MUL,
  BPF_NEG,
  BPF_OR,
  BPF_RET,
  BPF_RSH,
  BPF_ST,
  BPF_STX,
  BPF_SUB,
  BPF_TAX,
  BPF_TXA,
  BPF_W,
  BPF_X,
  BPF_XOR,
  type BpfProgram,
} from './bpf.ts'

/** `human`: `tcpdump -d`; `c`: -dd, initialisers of struct bpf_insn; `decimal`: -ddd, the number of instructions, then
 *  their fields. Each line ends with a line feed. */
export function disassemble(program: BpfProgram, form: 'human' | 'c' | 'decimal'): string {
  let text = form === 'decimal' ? `${program.length}\n` : ''
  for (let i = 0; i < program.length; i++) {
    const { code, jt, jf, k } = program
    if (form === 'human') text += `${line(program, i)}\n`
    else if (form === 'c')
      text += `{ 0x${code[i].toString(16)}, ${jt[i]}, ${jf[i]}, 0x${k[i].toString(16).padStart(8, '0')} },\n`
    else text += `${code[i]} ${jt[i]} ${jf[i]} ${k[i]}\n`
  }
  return text
}

const SIZES: Readonly<Record<number, string>> = { [BPF_W]: 'ld', [BPF_H]: 'ldh', [BPF_B]: 'ldb' }

const OPERATIONS: Readonly<Record<number, string>> = {
  [BPF_ADD]: 'add',
  [BPF_SUB]: 'sub',
  [BPF_MUL]: 'mul',
  [BPF_DIV]: 'div',
  [BPF_MOD]: 'mod',
  [BPF_AND]: 'and',
  [BPF_OR]: 'or',
  [BPF_XOR]: 'xor',
  [BPF_LSH]: 'lsh',
  [BPF_RSH]: 'rsh',
}
/** Written in hexadecimal. */
const BITWISE: ReadonlySet<number> = new Set([BPF_AND, BPF_OR, BPF_XOR])

const JUMPS: Readonly<Record<number, string>> = {
  [BPF_JEQ]: 'jeq',
  [BPF_JGT]: 'jgt',
  [BPF_JGE]: 'jge',
  [BPF_JSET]: 'jset',
}

/** Ancillary data of the Linux kernel (linux/filter.h), by place. */
const ANCILLARY = 0xfffff000
const ANCILLARY_NAMES = [
  'proto',
  'type',
  'ifidx',
  'nla',
  'nlan',
  'mark',
  'queue',
  'hatype',
  'rxhash',
  'cpu',
  'xor_x',
  'vlan_tci',
  'vlanp',
  'pay_offset',
  'random',
  'vlan_tpid',
]

/** One instruction: `(004) jeq      #0x800           jt 5\tjf 6`. */
function line(program: BpfProgram, i: number): string {
  const code = program.code[i]
  const k = program.k[i]
  const [operation, operand] = parts(code, k, i)
  const place = `(${String(i).padStart(3, '0')}) `
  if ((code & BPF_CLASS) !== BPF_JMP || isAlways(code)) return `${place}${operation.padEnd(8)} ${operand}`
  const yes = i + 1 + program.jt[i]
  const no = i + 1 + program.jf[i]
  return `${place}${operation.padEnd(8)} ${operand.padEnd(16)} jt ${yes}\tjf ${no}`
}

function isAlways(code: number): boolean {
  return (code & 0xf0) === BPF_JA
}

function parts(code: number, k: number, i: number): [operation: string, operand: string] {
  const hex = `#0x${k.toString(16)}`
  switch (code & BPF_CLASS) {
    case BPF_LD:
    case BPF_LDX:
      return load(code, k) ?? unknown(code)
    case BPF_ST:
      return code === BPF_ST ? ['st', `M[${k}]`] : unknown(code)
    case BPF_STX:
      return code === BPF_STX ? ['stx', `M[${k}]`] : unknown(code)
    case BPF_ALU: {
      const operation = code & 0xf0
      if (code === (BPF_ALU | BPF_NEG)) return ['neg', '']
      const name = OPERATIONS[operation]
      if (name === undefined || (code & ~0xff) !== 0) return unknown(code)
      if ((code & BPF_X) !== 0) return [name, 'x']
      return [name, BITWISE.has(operation) ? hex : `#${k}`]
    }
    case BPF_JMP: {
      if (code === (BPF_JMP | BPF_JA)) return ['ja', String((i + 1 + k) | 0)]
      const name = JUMPS[code & 0xf0]
      if (name === undefined || (code & ~0xff) !== 0) return unknown(code)
      return [name, (code & BPF_X) !== 0 ? 'x' : hex]
    }
    case BPF_RET:
      if (code === (BPF_RET | BPF_K)) return ['ret', `#${k | 0}`]
      return code === (BPF_RET | BPF_A) ? ['ret', ''] : unknown(code)
    default:
      if (code === (BPF_MISC | BPF_TAX)) return ['tax', '']
      return code === (BPF_MISC | BPF_TXA) ? ['txa', ''] : unknown(code)
  }
}

function unknown(code: number): [string, string] {
  return ['unimp', `0x${code.toString(16)}`]
}

function load(code: number, k: number): [string, string] | null {
  switch (code) {
    case BPF_LD | BPF_IMM:
      return ['ld', `#0x${k.toString(16)}`]
    case BPF_LDX | BPF_IMM:
      return ['ldx', `#0x${k.toString(16)}`]
    case BPF_LD | BPF_MEM:
      return ['ld', `M[${k}]`]
    case BPF_LDX | BPF_MEM:
      return ['ldx', `M[${k}]`]
    case BPF_LD | BPF_W | BPF_LEN:
      return ['ld', '#pktlen']
    case BPF_LDX | BPF_W | BPF_LEN:
      return ['ldx', '#pktlen']
    case BPF_LDX | BPF_MSH | BPF_B:
      return ['ldxb', `4*([${k | 0}]&0xf)`]
  }
  const name = (code & BPF_CLASS) === BPF_LD ? SIZES[code & 0x18] : undefined
  if (name === undefined || (code & ~0xff) !== 0) return null
  if ((code & 0xe0) === BPF_ABS) return [name, `[${ancillaryName(k) ?? k | 0}]`]
  return (code & 0xe0) === BPF_IND ? [name, `[x + ${k | 0}]`] : null
}

function ancillaryName(k: number): string | null {
  const offset = k - ANCILLARY
  return offset >= 0 && offset % 4 === 0 ? (ANCILLARY_NAMES[offset / 4] ?? null) : null
}
