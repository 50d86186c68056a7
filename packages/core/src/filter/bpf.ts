/** Classic BPF: programs and the encoding of their instructions, as Linux takes them (linux/filter.h, linux/bpf_common.h).
 *  A 32-bit accumulator A, an index register X, 16 words of scratch memory M[], and jumps. */

/** One instruction at each index: struct sock_filter as columns. */
export interface BpfProgram {
  readonly length: number
  readonly code: Uint16Array
  /** Instructions to skip where a conditional jump's test holds, … */
  readonly jt: Uint8Array
  /** … and where it does not. */
  readonly jf: Uint8Array
  /** Operand: an immediate, a packet offset, a scratch word, or the distance of BPF_JA (modulo 2^32: may be backwards). */
  readonly k: Uint32Array
}

/** Words of scratch memory. */
export const BPF_MEMWORDS = 16

/** Instruction class: code & BPF_CLASS. */
export const BPF_CLASS = 0x07
export const BPF_LD = 0x00
export const BPF_LDX = 0x01
export const BPF_ST = 0x02
export const BPF_STX = 0x03
export const BPF_ALU = 0x04
export const BPF_JMP = 0x05
export const BPF_RET = 0x06
export const BPF_MISC = 0x07

/** Size of a load. */
export const BPF_W = 0x00
export const BPF_H = 0x08
export const BPF_B = 0x10

/** Addressing of a load. */
export const BPF_IMM = 0x00
export const BPF_ABS = 0x20
export const BPF_IND = 0x40
export const BPF_MEM = 0x60
export const BPF_LEN = 0x80
/** X = 4 × (low four bits of the byte at k): the length of an IPv4 header. */
export const BPF_MSH = 0xa0

/** Operation of BPF_ALU. */
export const BPF_ADD = 0x00
export const BPF_SUB = 0x10
export const BPF_MUL = 0x20
export const BPF_DIV = 0x30
export const BPF_OR = 0x40
export const BPF_AND = 0x50
export const BPF_LSH = 0x60
export const BPF_RSH = 0x70
export const BPF_NEG = 0x80
export const BPF_MOD = 0x90
export const BPF_XOR = 0xa0

/** Test of BPF_JMP. */
export const BPF_JA = 0x00
export const BPF_JEQ = 0x10
export const BPF_JGT = 0x20
export const BPF_JGE = 0x30
export const BPF_JSET = 0x40

/** Operand of BPF_ALU and BPF_JMP, value of BPF_RET: the constant k, … */
export const BPF_K = 0x00
/** … the index register, … */
export const BPF_X = 0x08
/** … or, for BPF_RET only, the accumulator. */
export const BPF_A = 0x10

/** Operation of BPF_MISC. */
export const BPF_TAX = 0x00
export const BPF_TXA = 0x80
