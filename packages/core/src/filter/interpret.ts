import { u16be, u32be } from '../bytes/read.ts'
import type { Bytes, Offset } from '../units.ts'
import * as bpf from './bpf.ts'

/** Jumps backwards that one packet may take; more rejects it. Only protochain loops, and each turn of it passes an
 *  extension header of at least 8 bytes, so that this suffices for any packet that libpcap reads (262,144 bytes). */
export const MAX_BACKWARD_JUMPS = 65_536

const scratch = new Uint32Array(bpf.BPF_MEMWORDS)

/** Runs a program over one packet as libpcap's bpf_filter does, instruction by instruction: the measure for the
 *  generated forms of predicate.ts and scan.ts, and what runs where code must not be generated.
 *  `at` is the packet's first byte; loads end at `capturedBytes`. Result: bytes to keep, 0 = reject.
 *  A load past the end, a division by zero, and whatever no valid program holds reject the packet; registers and scratch
 *  memory begin as zeros. What live capture knows besides the bytes (SKF_AD_OFF: VLAN tags …) is past the end of any packet. */
export function runBpf(
  program: bpf.BpfProgram,
  bytes: Uint8Array,
  at: Offset,
  capturedBytes: Bytes,
  wireBytes: Bytes,
): number {
  const { length, code, jt, jf } = program
  const M = scratch.fill(0)
  let A = 0
  let X = 0
  let jumpsLeft = MAX_BACKWARD_JUMPS
  for (let pc = 0; pc < length; pc++) {
    const k = program.k[pc]
    switch (code[pc]) {
      case bpf.BPF_RET | bpf.BPF_K:
        return k
      case bpf.BPF_RET | bpf.BPF_A:
        return A

      case bpf.BPF_LD | bpf.BPF_W | bpf.BPF_ABS:
      case bpf.BPF_LD | bpf.BPF_W | bpf.BPF_IND: {
        const from = (code[pc] & bpf.BPF_IND) !== 0 ? X + k : k
        if (from + 4 > capturedBytes) return 0
        A = u32be(bytes, at + from)
        break
      }
      case bpf.BPF_LD | bpf.BPF_H | bpf.BPF_ABS:
      case bpf.BPF_LD | bpf.BPF_H | bpf.BPF_IND: {
        const from = (code[pc] & bpf.BPF_IND) !== 0 ? X + k : k
        if (from + 2 > capturedBytes) return 0
        A = u16be(bytes, at + from)
        break
      }
      case bpf.BPF_LD | bpf.BPF_B | bpf.BPF_ABS:
      case bpf.BPF_LD | bpf.BPF_B | bpf.BPF_IND: {
        const from = (code[pc] & bpf.BPF_IND) !== 0 ? X + k : k
        if (from + 1 > capturedBytes) return 0
        A = bytes[at + from]
        break
      }
      case bpf.BPF_LDX | bpf.BPF_B | bpf.BPF_MSH:
        if (k + 1 > capturedBytes) return 0
        X = (bytes[at + k] & 0xf) << 2
        break
      case bpf.BPF_LD | bpf.BPF_W | bpf.BPF_LEN:
        A = wireBytes >>> 0
        break
      case bpf.BPF_LDX | bpf.BPF_W | bpf.BPF_LEN:
        X = wireBytes >>> 0
        break
      case bpf.BPF_LD | bpf.BPF_IMM:
        A = k
        break
      case bpf.BPF_LDX | bpf.BPF_IMM:
        X = k
        break
      case bpf.BPF_LD | bpf.BPF_MEM:
        if (k >= bpf.BPF_MEMWORDS) return 0
        A = M[k]
        break
      case bpf.BPF_LDX | bpf.BPF_MEM:
        if (k >= bpf.BPF_MEMWORDS) return 0
        X = M[k]
        break
      case bpf.BPF_ST:
        if (k >= bpf.BPF_MEMWORDS) return 0
        M[k] = A
        break
      case bpf.BPF_STX:
        if (k >= bpf.BPF_MEMWORDS) return 0
        M[k] = X
        break
      case bpf.BPF_ALU | bpf.BPF_NEG:
        A = -A >>> 0
        break
      case bpf.BPF_MISC | bpf.BPF_TAX:
        X = A
        break
      case bpf.BPF_MISC | bpf.BPF_TXA:
        A = X
        break

      case bpf.BPF_JMP | bpf.BPF_JA: {
        const distance = k | 0
        if (distance < 0 && --jumpsLeft < 0) return 0
        pc += distance
        if (pc < -1) return 0
        break
      }
      case bpf.BPF_JMP | bpf.BPF_JEQ | bpf.BPF_K:
        pc += A === k ? jt[pc] : jf[pc]
        break
      case bpf.BPF_JMP | bpf.BPF_JGT | bpf.BPF_K:
        pc += A > k ? jt[pc] : jf[pc]
        break
      case bpf.BPF_JMP | bpf.BPF_JGE | bpf.BPF_K:
        pc += A >= k ? jt[pc] : jf[pc]
        break
      case bpf.BPF_JMP | bpf.BPF_JSET | bpf.BPF_K:
        pc += (A & k) !== 0 ? jt[pc] : jf[pc]
        break
      case bpf.BPF_JMP | bpf.BPF_JEQ | bpf.BPF_X:
        pc += A === X ? jt[pc] : jf[pc]
        break
      case bpf.BPF_JMP | bpf.BPF_JGT | bpf.BPF_X:
        pc += A > X ? jt[pc] : jf[pc]
        break
      case bpf.BPF_JMP | bpf.BPF_JGE | bpf.BPF_X:
        pc += A >= X ? jt[pc] : jf[pc]
        break
      case bpf.BPF_JMP | bpf.BPF_JSET | bpf.BPF_X:
        pc += (A & X) !== 0 ? jt[pc] : jf[pc]
        break

      default: {
        if ((code[pc] & bpf.BPF_CLASS) !== bpf.BPF_ALU) return 0
        const operand = (code[pc] & bpf.BPF_X) !== 0 ? X : k
        switch (code[pc] & ~(bpf.BPF_CLASS | bpf.BPF_X)) {
          case bpf.BPF_ADD:
            A = (A + operand) >>> 0
            break
          case bpf.BPF_SUB:
            A = (A - operand) >>> 0
            break
          case bpf.BPF_MUL:
            A = Math.imul(A, operand) >>> 0
            break
          case bpf.BPF_DIV:
            if (operand === 0) return 0
            A = (A / operand) >>> 0
            break
          case bpf.BPF_MOD:
            if (operand === 0) return 0
            A %= operand
            break
          case bpf.BPF_AND:
            A = (A & operand) >>> 0
            break
          case bpf.BPF_OR:
            A = (A | operand) >>> 0
            break
          case bpf.BPF_XOR:
            A = (A ^ operand) >>> 0
            break
          case bpf.BPF_LSH:
            A = operand < 32 ? (A << operand) >>> 0 : 0
            break
          case bpf.BPF_RSH:
            A = operand < 32 ? A >>> operand : 0
            break
          default:
            return 0
        }
      }
    }
  }
  return 0
}
