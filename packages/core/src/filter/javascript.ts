import * as bpf from './bpf.ts'
import { analyseFlow, type Flow, loadBytes, neededBytes, scratchWords } from './flow.ts'
import { MAX_BACKWARD_JUMPS } from './interpret.ts'

/** Deepest nest of blocks that is generated: engines parse nested blocks recursively. */
const MAX_NEST = 500

/** Body of a JavaScript function (b, at, captured, wire) that says of a packet what runBpf says; null where the program
 *  has more places that are jumped to than a function should have. The program must be valid.
 *  Each place that is jumped to is the end of a labelled block, and a jump leaves that block; a program that also jumps
 *  backwards begins again at the top and leaves the block of its target from there. A and X are kept as signed words. */
export function generateJavaScript(program: bpf.BpfProgram): string | null {
  const flow = analyseFlow(program)
  const { targets, loops, reached } = flow
  if (targets.length > MAX_NEST) return null
  const lines = ["'use strict'", 'let A = 0, X = 0']
  const words = scratchWords(program)
  if (words.length > 0) lines.push(`let ${words.map((word) => `M${word} = 0`).join(', ')}`)
  if (loops) lines.push(`let left = ${MAX_BACKWARD_JUMPS}, to = 0`, 'again: for (;;) {')
  for (const target of targets.toReversed()) lines.push(`L${target}: {`)
  if (loops) lines.push(`switch (to) { ${targets.map((target) => `case ${target}: break L${target}`).join('; ')} }`)
  let following = 0
  for (let pc = 0; pc < program.length; pc++) {
    if (targets[following] === pc) {
      lines.push('}')
      following++
    }
    if (reached[pc] === 1) lines.push(...statements(program, pc, flow))
  }
  if (loops) lines.push('}')
  return lines.join('\n')
}

function statements(program: bpf.BpfProgram, pc: number, flow: Flow): string[] {
  const code = program.code[pc]
  const k = program.k[pc]
  switch (code & bpf.BPF_CLASS) {
    case bpf.BPF_LD:
    case bpf.BPF_LDX:
      return load(program, pc, flow)
    case bpf.BPF_ST:
      return [`M${k} = A`]
    case bpf.BPF_STX:
      return [`M${k} = X`]
    case bpf.BPF_ALU:
      return calculate(code, k | 0)
    case bpf.BPF_JMP:
      return jump(program, pc)
    case bpf.BPF_RET:
      return [code === (bpf.BPF_RET | bpf.BPF_K) ? `return ${k}` : 'return A >>> 0']
    default:
      return [code === (bpf.BPF_MISC | bpf.BPF_TAX) ? 'X = A' : 'A = X']
  }
}

function load(program: bpf.BpfProgram, pc: number, flow: Flow): string[] {
  const code = program.code[pc]
  const k = program.k[pc]
  const register = (code & bpf.BPF_CLASS) === bpf.BPF_LDX ? 'X' : 'A'
  const mode = code & ~(bpf.BPF_CLASS | bpf.BPF_H | bpf.BPF_B)
  if (mode === bpf.BPF_IMM) return [`${register} = ${k | 0}`]
  if (mode === bpf.BPF_LEN) return [`${register} = wire | 0`]
  if (mode === bpf.BPF_MEM) return [`${register} = M${k}`]
  const needed = neededBytes(program, pc)
  const lines = needed > flow.knownBytes[pc] ? [`if (captured < ${needed}) return 0`] : []
  let from = `at + ${k}`
  if (mode === bpf.BPF_IND) {
    lines.push(`if ((X >>> 0) > captured - ${needed}) return 0`)
    from = `at + X + ${k}`
  }
  if (mode === bpf.BPF_MSH) return [...lines, `X = (b[${from}] & 15) << 2`]
  const bytes = Array.from({ length: loadBytes(code) }, (_, i) => {
    const shift = 8 * (loadBytes(code) - 1 - i)
    return shift === 0 ? `b[${from} + ${i}]` : `b[${from} + ${i}] << ${shift}`
  })
  return [...lines, `A = ${bytes.join(' | ')}`]
}

function calculate(code: number, k: number): string[] {
  const isX = (code & bpf.BPF_X) !== 0
  const operand = isX ? 'X' : `${k}`
  switch (code & ~(bpf.BPF_CLASS | bpf.BPF_X)) {
    case bpf.BPF_ADD:
      return [`A = (A + ${operand}) | 0`]
    case bpf.BPF_SUB:
      return [`A = (A - ${operand}) | 0`]
    case bpf.BPF_MUL:
      return [`A = Math.imul(A, ${operand})`]
    case bpf.BPF_DIV:
      return [...(isX ? ['if (X === 0) return 0'] : []), `A = ((A >>> 0) / (${operand} >>> 0)) | 0`]
    case bpf.BPF_MOD:
      return [...(isX ? ['if (X === 0) return 0'] : []), `A = ((A >>> 0) % (${operand} >>> 0)) | 0`]
    case bpf.BPF_AND:
      return [`A &= ${operand}`]
    case bpf.BPF_OR:
      return [`A |= ${operand}`]
    case bpf.BPF_XOR:
      return [`A ^= ${operand}`]
    case bpf.BPF_LSH:
      return [isX ? 'A = (X >>> 0) < 32 ? A << X : 0' : `A <<= ${k}`]
    case bpf.BPF_RSH:
      return [isX ? 'A = (X >>> 0) < 32 ? (A >>> X) | 0 : 0' : `A = (A >>> ${k}) | 0`]
    default:
      return ['A = -A | 0']
  }
}

function jump({ code, jt, jf, k }: bpf.BpfProgram, pc: number): string[] {
  const next = pc + 1
  if (code[pc] === (bpf.BPF_JMP | bpf.BPF_JA)) {
    const to = next + (k[pc] | 0)
    return to > pc ? go(to, next) : ['if (--left < 0) return 0', `to = ${to}`, 'continue again']
  }
  const whenTrue = next + jt[pc]
  const whenFalse = next + jf[pc]
  if (whenTrue === whenFalse) return go(whenTrue, next)
  const test = condition(code[pc], k[pc])
  if (whenTrue === next) return [`if (!(${test})) break L${whenFalse}`]
  return [`if (${test}) break L${whenTrue}`, ...go(whenFalse, next)]
}

function go(to: number, next: number): string[] {
  return to === next ? [] : [`break L${to}`]
}

function condition(code: number, k: number): string {
  const isX = (code & bpf.BPF_X) !== 0
  const signed = isX ? 'X' : `${k | 0}`
  const unsigned = isX ? '(X >>> 0)' : `${k}`
  switch (code & ~(bpf.BPF_CLASS | bpf.BPF_X)) {
    case bpf.BPF_JEQ:
      return `A === ${signed}`
    case bpf.BPF_JGT:
      return `(A >>> 0) > ${unsigned}`
    case bpf.BPF_JGE:
      return `(A >>> 0) >= ${unsigned}`
    default:
      return `(A & ${signed}) !== 0`
  }
}
