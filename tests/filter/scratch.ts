import {
  BPF_JA,
  BPF_JMP,
  BPF_LD,
  BPF_LDX,
  BPF_MEM,
  BPF_MEMWORDS,
  BPF_RET,
  BPF_ST,
  BPF_STX,
  type BpfProgram,
} from '../../packages/core/src/filter/bpf.ts'

const CLASS = 0x07
const MODE = 0xe0
const ALL_WORDS = (1 << BPF_MEMWORDS) - 1

/** Whether some way through the program reads a word of scratch memory that nothing has written: libpcap's interpreter
 *  then takes what happens to lie on its stack, and no answer is the right one. */
export function readsUnwrittenScratch({ length, code, jt, jf, k }: BpfProgram): boolean {
  // Words written on every way to an instruction. Jumps go forward only, so one pass settles it.
  const written = new Int32Array(length + 1).fill(ALL_WORDS)
  written[0] = 0
  const isReached = new Uint8Array(length + 1)
  isReached[0] = 1
  for (let at = 0; at < length; at++) {
    if (isReached[at] === 0) continue
    const kind = code[at] & CLASS
    const word = 1 << k[at]
    if ((kind === BPF_LD || kind === BPF_LDX) && (code[at] & MODE) === BPF_MEM && (written[at] & word) === 0)
      return true
    const after = kind === BPF_ST || kind === BPF_STX ? written[at] | word : written[at]
    for (const next of successors(kind, at)) {
      written[next] &= after
      isReached[next] = 1
    }
  }
  return false

  function successors(kind: number, at: number): readonly number[] {
    if (kind === BPF_RET) return []
    if (kind !== BPF_JMP) return [at + 1]
    return (code[at] & 0xf0) === BPF_JA ? [at + 1 + k[at]] : [at + 1 + jt[at], at + 1 + jf[at]]
  }
}
