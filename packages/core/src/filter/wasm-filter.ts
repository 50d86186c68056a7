import { Op, type WasmCode } from '../bytes/wasm-code.ts'
import * as bpf from './bpf.ts'
import { analyseFlow, type Flow, loadBytes, neededBytes, scratchWords } from './flow.ts'
import { MAX_BACKWARD_JUMPS } from './interpret.ts'

/** Where the surrounding code keeps the packet, and where it goes on. Locals and labels of the WasmCode. */
export interface FilterPlace {
  /** Address of the first byte. */
  readonly at: number
  readonly captured: number
  readonly wire: number
  readonly accept: number
  readonly reject: number
}

/** Writes a valid program as WebAssembly that jumps to `accept` where runBpf says more than 0, to `reject` where it
 *  says 0. Places that are jumped to are ends of nested blocks, as in javascript.ts. */
export function generateFilter(program: bpf.BpfProgram, out: WasmCode, place: FilterPlace): void {
  new FilterWriter(program, out, place).write()
}

class FilterWriter {
  private readonly program: bpf.BpfProgram
  private readonly out: WasmCode
  private readonly place: FilterPlace
  private readonly flow: Flow
  private readonly A: number
  private readonly X: number
  private readonly left: number
  private readonly to: number
  private readonly scratch = new Map<number, number>()
  private readonly labels = new Map<number, number>()
  /** Label of the loop around everything, where jumps go backwards. */
  private again = -1

  constructor(program: bpf.BpfProgram, out: WasmCode, place: FilterPlace) {
    this.program = program
    this.out = out
    this.place = place
    this.flow = analyseFlow(program)
    this.A = out.local()
    this.X = out.local()
    this.left = out.local()
    this.to = out.local()
    for (const word of scratchWords(program)) this.scratch.set(word, out.local())
  }

  write(): void {
    const { out, flow, program } = this
    // The function goes on with the next packet: its locals hold what the last one left.
    for (const local of [this.A, this.X, ...this.scratch.values()]) out.const(0).set(local)
    if (flow.loops) {
      out.const(MAX_BACKWARD_JUMPS).set(this.left).const(0).set(this.to)
      this.again = out.open(Op.loop)
    }
    for (const target of flow.targets.toReversed()) this.labels.set(target, out.open(Op.block))
    if (flow.loops) this.dispatch()
    let following = 0
    for (let pc = 0; pc < program.length; pc++) {
      if (flow.targets[following] === pc) {
        out.close()
        following++
      }
      if (flow.reached[pc] === 1) this.instruction(pc)
    }
    if (flow.loops) out.close()
  }

  /** `to` is 0 at first, and the number of a target plus 1 after a jump backwards. */
  private dispatch(): void {
    const { out } = this
    const first = out.open(Op.block)
    out.get(this.to).jumpTable([first, ...this.flow.targets.map((target) => this.label(target)), first])
    out.close()
  }

  private instruction(pc: number): void {
    const { out, A, X, place } = this
    const code = this.program.code[pc]
    const k = this.program.k[pc]
    switch (code & bpf.BPF_CLASS) {
      case bpf.BPF_LD:
      case bpf.BPF_LDX:
        this.load(pc)
        break
      case bpf.BPF_ST:
      case bpf.BPF_STX:
        out.get((code & bpf.BPF_CLASS) === bpf.BPF_ST ? A : X).set(this.word(k))
        break
      case bpf.BPF_ALU:
        this.calculate(code, k)
        break
      case bpf.BPF_JMP:
        this.branch(pc)
        break
      case bpf.BPF_RET:
        if (code === (bpf.BPF_RET | bpf.BPF_A)) out.get(A).jumpIf(place.accept).jump(place.reject)
        else out.jump(k === 0 ? place.reject : place.accept)
        break
      default:
        if (code === (bpf.BPF_MISC | bpf.BPF_TAX)) out.get(A).set(X)
        else out.get(X).set(A)
    }
  }

  private load(pc: number): void {
    const { out, place, X } = this
    const code = this.program.code[pc]
    const k = this.program.k[pc]
    const register = (code & bpf.BPF_CLASS) === bpf.BPF_LDX ? X : this.A
    const mode = code & ~(bpf.BPF_CLASS | bpf.BPF_H | bpf.BPF_B)
    if (mode === bpf.BPF_IMM) out.const(k).set(register)
    else if (mode === bpf.BPF_LEN) out.get(place.wire).set(register)
    else if (mode === bpf.BPF_MEM) out.get(this.word(k)).set(register)
    else this.loadPacket(code, k, neededBytes(this.program, pc), this.flow.knownBytes[pc], register)
  }

  private loadPacket(code: number, k: number, needed: number, known: number, register: number): void {
    const { out, place, X } = this
    if (needed > 0xffff_ffff) {
      out.jump(place.reject)
      return
    }
    if (needed > known) out.get(place.captured).const(needed).op(Op.i32LtU).jumpIf(place.reject)
    const isIndirect = (code & bpf.BPF_IND) !== 0
    if (isIndirect) {
      out.get(X).get(place.captured).const(needed).op(Op.i32Sub, Op.i32GtU).jumpIf(place.reject)
    }
    const width = loadBytes(code)
    for (let i = 0; i < width; i++) {
      out.get(place.at)
      if (isIndirect) out.get(X).op(Op.i32Add)
      out.load(1, k + i)
      if (i < width - 1) out.const(8 * (width - 1 - i)).op(Op.i32Shl)
      if (i > 0) out.op(Op.i32Or)
    }
    if ((code & bpf.BPF_MSH) === bpf.BPF_MSH) out.const(15).op(Op.i32And).const(2).op(Op.i32Shl)
    out.set(register)
  }

  private calculate(code: number, k: number): void {
    const { out, A, X, place } = this
    const isX = (code & bpf.BPF_X) !== 0
    const operation = code & ~(bpf.BPF_CLASS | bpf.BPF_X)
    if (operation === bpf.BPF_NEG) {
      out.const(0).get(A).op(Op.i32Sub).set(A)
      return
    }
    if (isX && (operation === bpf.BPF_DIV || operation === bpf.BPF_MOD)) {
      out.get(X).op(Op.i32Eqz).jumpIf(place.reject)
    }
    out.get(A)
    if (isX) out.get(X)
    else out.const(k)
    out.op(OPERATIONS[operation])
    if (isX && (operation === bpf.BPF_LSH || operation === bpf.BPF_RSH)) {
      // WebAssembly takes the distance modulo 32; here 32 and more shifts everything out.
      out.const(0).get(X).const(32).op(Op.i32LtU, Op.select)
    }
    out.set(A)
  }

  private branch(pc: number): void {
    const { out, A, X, place } = this
    const { code, jt, jf, k } = this.program
    const next = pc + 1
    if (code[pc] === (bpf.BPF_JMP | bpf.BPF_JA)) {
      const to = next + (k[pc] | 0)
      if (to > pc) {
        this.go(to, next)
        return
      }
      out.get(this.left).op(Op.i32Eqz).jumpIf(place.reject)
      out.get(this.left).const(-1).op(Op.i32Add).set(this.left)
      out.const(this.flow.targets.indexOf(to) + 1).set(this.to)
      out.jump(this.again)
      return
    }
    const whenTrue = next + jt[pc]
    const whenFalse = next + jf[pc]
    if (whenTrue === whenFalse) {
      this.go(whenTrue, next)
      return
    }
    out.get(A)
    if ((code[pc] & bpf.BPF_X) !== 0) out.get(X)
    else out.const(k[pc])
    out.op(TESTS[code[pc] & ~(bpf.BPF_CLASS | bpf.BPF_X)])
    if (whenTrue === next) {
      out.op(Op.i32Eqz).jumpIf(this.label(whenFalse))
      return
    }
    out.jumpIf(this.label(whenTrue))
    this.go(whenFalse, next)
  }

  private go(to: number, next: number): void {
    if (to !== next) this.out.jump(this.label(to))
  }

  private label(target: number): number {
    return this.labels.get(target) as number
  }

  private word(k: number): number {
    return this.scratch.get(k) as number
  }
}

const OPERATIONS: Readonly<Record<number, number>> = {
  [bpf.BPF_ADD]: Op.i32Add,
  [bpf.BPF_SUB]: Op.i32Sub,
  [bpf.BPF_MUL]: Op.i32Mul,
  [bpf.BPF_DIV]: Op.i32DivU,
  [bpf.BPF_MOD]: Op.i32RemU,
  [bpf.BPF_AND]: Op.i32And,
  [bpf.BPF_OR]: Op.i32Or,
  [bpf.BPF_XOR]: Op.i32Xor,
  [bpf.BPF_LSH]: Op.i32Shl,
  [bpf.BPF_RSH]: Op.i32ShrU,
}

const TESTS: Readonly<Record<number, number>> = {
  [bpf.BPF_JEQ]: Op.i32Eq,
  [bpf.BPF_JGT]: Op.i32GtU,
  [bpf.BPF_JGE]: Op.i32GeU,
  [bpf.BPF_JSET]: Op.i32And,
}
