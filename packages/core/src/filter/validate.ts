import * as bpf from './bpf.ts'

/** True if a program can be generated code: every instruction known, every jump within the program, every path ending
 *  at a return, no constant operand that would be undefined. As libpcap's own check, which lets jumps go backwards. */
export function isValidBpf(program: bpf.BpfProgram): boolean {
  const { length, code, jt, jf, k } = program
  if (length === 0 || (code[length - 1] & bpf.BPF_CLASS) !== bpf.BPF_RET) return false
  for (let pc = 0; pc < length; pc++) {
    if (!isKnown(code[pc], k[pc])) return false
    if ((code[pc] & bpf.BPF_CLASS) !== bpf.BPF_JMP) continue
    const next = pc + 1
    if (code[pc] === (bpf.BPF_JMP | bpf.BPF_JA)) {
      const target = next + (k[pc] | 0)
      if (target < 0 || target >= length) return false
    } else if (next + jt[pc] >= length || next + jf[pc] >= length) {
      return false
    }
  }
  return true
}

function isKnown(code: number, k: number): boolean {
  const operation = code & ~(bpf.BPF_CLASS | bpf.BPF_X)
  switch (code & bpf.BPF_CLASS) {
    case bpf.BPF_LD:
      return isKnownLoad(code, k)
    case bpf.BPF_LDX:
      if (code === (bpf.BPF_LDX | bpf.BPF_B | bpf.BPF_MSH) || code === (bpf.BPF_LDX | bpf.BPF_LEN)) return true
      return code === (bpf.BPF_LDX | bpf.BPF_IMM) || (code === (bpf.BPF_LDX | bpf.BPF_MEM) && k < bpf.BPF_MEMWORDS)
    case bpf.BPF_ST:
    case bpf.BPF_STX:
      return code <= bpf.BPF_CLASS && k < bpf.BPF_MEMWORDS
    case bpf.BPF_ALU:
      if (operation === bpf.BPF_NEG) return code === (bpf.BPF_ALU | bpf.BPF_NEG)
      if (operation > bpf.BPF_XOR) return false
      if ((code & bpf.BPF_X) !== 0) return true
      if (operation === bpf.BPF_DIV || operation === bpf.BPF_MOD) return k !== 0
      return (operation !== bpf.BPF_LSH && operation !== bpf.BPF_RSH) || k < 32
    case bpf.BPF_JMP:
      return operation === bpf.BPF_JA ? code === bpf.BPF_JMP : operation <= bpf.BPF_JSET
    case bpf.BPF_RET:
      return code === (bpf.BPF_RET | bpf.BPF_K) || code === (bpf.BPF_RET | bpf.BPF_A)
    default:
      return code === (bpf.BPF_MISC | bpf.BPF_TAX) || code === (bpf.BPF_MISC | bpf.BPF_TXA)
  }
}

function isKnownLoad(code: number, k: number): boolean {
  const size = code & (bpf.BPF_H | bpf.BPF_B)
  if (code === (bpf.BPF_LD | bpf.BPF_MEM)) return k < bpf.BPF_MEMWORDS
  if (code === (bpf.BPF_LD | bpf.BPF_IMM) || code === (bpf.BPF_LD | bpf.BPF_LEN)) return true
  const mode = code & ~(bpf.BPF_CLASS | bpf.BPF_H | bpf.BPF_B)
  return (mode === bpf.BPF_ABS || mode === bpf.BPF_IND) && size !== (bpf.BPF_H | bpf.BPF_B)
}
