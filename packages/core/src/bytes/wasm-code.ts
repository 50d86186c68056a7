/** WebAssembly's binary format as far as code is generated here (https://webassembly.github.io/spec/core/binary/). */

export const Op = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  drop: 0x1a,
  select: 0x1b,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtS: 0x48,
  i32LtU: 0x49,
  i32GtU: 0x4b,
  i32GeU: 0x4f,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32DivS: 0x6d,
  i32DivU: 0x6e,
  i32RemU: 0x70,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  i32Rotl: 0x77,
  f64Add: 0xa0,
  f64Sub: 0xa1,
  f64Mul: 0xa2,
  f64ConvertI32U: 0xb8,
} as const

const I32 = 0x7f
const F64 = 0x7c
const VOID = 0x40
const FUNCTION_TYPE = 0x60
const KIND_FUNCTION = 0
const KIND_MEMORY = 2
const KIND_GLOBAL = 3
const MUTABLE = 1
/** Limits of a memory that threads may share: both bounds are told. */
const SHARED = 3

/** The instructions of one function, whose parameters and result are 32-bit words. Blocks yield nothing. */
export class WasmCode {
  readonly bytes: number[] = []
  private readonly parameters: number
  /** Their types. */
  private readonly locals: number[] = []
  /** Blocks that are open: what labels are counted from. */
  private depth = 0

  constructor(parameters: number) {
    this.parameters = parameters
  }

  /** Number of a new local word; zero at first. */
  local(): number {
    return this.parameters + this.locals.push(I32) - 1
  }

  /** Number of a new local number of 64 bits with a fraction; zero at first. */
  localWide(): number {
    return this.parameters + this.locals.push(F64) - 1
  }

  op(...opcodes: number[]): this {
    this.bytes.push(...opcodes)
    return this
  }

  const(value: number): this {
    this.bytes.push(0x41)
    pushSigned(this.bytes, value | 0)
    return this
  }

  get(local: number): this {
    return this.indexed(0x20, local)
  }

  set(local: number): this {
    return this.indexed(0x21, local)
  }

  tee(local: number): this {
    return this.indexed(0x22, local)
  }

  setGlobal(global: number): this {
    return this.indexed(0x24, global)
  }

  /** Loads 1, 2 or 4 bytes, little-endian and unsigned, from the address on the stack plus `offset`. */
  load(width: 1 | 2 | 4, offset: number): this {
    this.bytes.push(width === 4 ? 0x28 : width === 2 ? 0x2f : 0x2d, 0)
    pushUnsigned(this.bytes, offset)
    return this
  }

  /** Stores a word, little-endian. */
  store(offset: number): this {
    this.bytes.push(0x36, 0)
    pushUnsigned(this.bytes, offset)
    return this
  }

  /** Loads, and stores, a number of 64 bits with a fraction. */
  loadWide(offset: number): this {
    return this.op(0x2b, 0, ...unsigned(offset))
  }

  storeWide(offset: number): this {
    return this.op(0x39, 0, ...unsigned(offset))
  }

  constWide(value: number): this {
    return this.op(0x44, ...new Uint8Array(Float64Array.of(value).buffer))
  }

  /** memory.copy: to, from and length are on the stack. */
  copy(): this {
    return this.op(0xfc, 0x0a, 0, 0)
  }

  /** memory.fill: where, the byte and the length are on the stack. */
  fill(): this {
    return this.op(0xfc, 0x0b, 0)
  }

  /** Opens a block; the result is its label. A jump to it goes to its end, or for a loop to its beginning. */
  open(kind: typeof Op.block | typeof Op.loop | typeof Op.if): number {
    this.bytes.push(kind, VOID)
    return this.depth++
  }

  close(): this {
    this.depth--
    return this.op(Op.end)
  }

  jump(label: number): this {
    return this.indexed(Op.br, this.depth - 1 - label)
  }

  jumpIf(label: number): this {
    return this.indexed(Op.brIf, this.depth - 1 - label)
  }

  /** Jumps to the label that the number on the stack selects, or to the last. */
  jumpTable(labels: readonly number[]): this {
    this.bytes.push(0x0e)
    pushUnsigned(this.bytes, labels.length - 1)
    for (const label of labels) pushUnsigned(this.bytes, this.depth - 1 - label)
    return this
  }

  /** The function as the code section holds it. */
  body(): number[] {
    const declared = vector(this.locals.map((type) => [1, type]))
    return sized([...declared, ...this.bytes, Op.end])
  }

  private indexed(opcode: number, index: number): this {
    this.bytes.push(opcode)
    pushUnsigned(this.bytes, index)
    return this
  }
}

export interface WasmModule {
  /** Pages of 64 KiB that the imported memory `env.memory` has at least; and at most, where it is shared. */
  readonly pages: number
  readonly maxPages?: number
  /** Mutable words, zero at first, exported by these names. */
  readonly globals: readonly string[]
  /** The only function: exported by this name; it takes words and returns one. */
  readonly name: string
  readonly parameters: number
  readonly code: WasmCode
}

export function encodeModule({ pages, maxPages, globals, name, parameters, code }: WasmModule): Uint8Array {
  const exported = [
    [...text(name), KIND_FUNCTION, 0],
    ...globals.map((global, i) => [...text(global), KIND_GLOBAL, ...unsigned(i)]),
  ]
  const type = [FUNCTION_TYPE, ...vector(Array.from({ length: parameters }, () => [I32])), 1, I32]
  const limits = maxPages === undefined ? [0, ...unsigned(pages)] : [SHARED, ...unsigned(pages), ...unsigned(maxPages)]
  const memory = [...text('env'), ...text('memory'), KIND_MEMORY, ...limits]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([type])),
    ...section(2, vector([memory])),
    ...section(3, vector([[0]])),
    ...section(6, vector(globals.map(() => [I32, MUTABLE, 0x41, 0, Op.end]))),
    ...section(7, vector(exported)),
    ...section(10, vector([code.body()])),
  ])
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)]
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content]
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

/** ASCII. */
function text(value: string): number[] {
  return sized(Array.from(value, (character) => character.charCodeAt(0)))
}

function unsigned(value: number): number[] {
  const bytes: number[] = []
  pushUnsigned(bytes, value)
  return bytes
}

/** LEB128. */
function pushUnsigned(bytes: number[], value: number): void {
  let rest = value >>> 0
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
}

function pushSigned(bytes: number[], value: number): void {
  let rest = value
  for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest & 0x7f)
}
