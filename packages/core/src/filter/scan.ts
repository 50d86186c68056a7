import { encodeModule, Op, WasmCode } from '../bytes/wasm-code.ts'
import type { Bytes, Offset } from '../units.ts'
import type { BpfProgram } from './bpf.ts'
import { isValidBpf } from './validate.ts'
import { generateFilter } from './wasm-filter.ts'

/** The part of WebAssembly that is used; the ES library does not name it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
}
interface WasmInstance {
  readonly exports: {
    readonly scan: (at: Offset, end: Offset, out: Offset, limit: number) => Offset
    readonly packets: { value: number }
    readonly matches: { value: number }
    readonly outEnd: { value: Offset }
    readonly runAt: { value: Offset }
    readonly runEnd: { value: Offset }
    readonly stop: { value: number }
  }
}
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => WasmInstance
}

/*  Record of a pcap file: seconds, fraction of a second, captured length, length on the wire; then the packet. */
const RECORD_BYTES = 16
const FRACTION = 4
const CAPTURED = 8
const ON_WIRE = 12

/** Matching records that lie one after another make a run. One of at least this size is left where it is, for the caller
 *  to write from there; shorter ones are gathered. */
const LONG_RUN_BYTES = 32 * 1024
const PAGE_BYTES = 65_536
/** As `limit`: all. */
const NO_LIMIT = 0xffff_ffff

/** Why a scan ended. */
export const ScanStop = {
  /** The next record is not whole. */
  NEEDS_BYTES: 0,
  /** `limit` packets have matched; nothing after the last of them was looked at. */
  LIMIT: 1,
  /** A long run is to be written before the scan goes on. */
  LONG_RUN: 2,
  /** The next record is one that this scan does not take: longer than maxBytes, or to be written shorter. */
  RECORD: 3,
} as const

export interface ScanOptions {
  /** null: all packets match. */
  readonly program: BpfProgram | null
  readonly littleEndian: boolean
  /** Records with more captured bytes are not taken. */
  readonly maxBytes: Bytes
  /** Captured bytes of a packet beyond these count for nothing. */
  readonly snaplen: Bytes
  /** What becomes of the packets that match: only counted; copied as they are; or written anew: little-endian, cut to
   *  the snapshot length, the fraction of the second converted. Of a big-endian file records are always written anew. */
  readonly output: 'count' | 'copy' | 'rewrite'
  /** `rewrite` only: 'down' from nanoseconds to microseconds, 'up' the other way, as libpcap computes. */
  readonly fraction: 'keep' | 'up' | 'down'
}

/** Scans the records of a pcap file in one WebAssembly memory: filter, count and gather in one loop of generated code,
 *  so that nothing is called for a packet. */
export class PcapScanner {
  /** Of the last scan: whole records, and those that matched. */
  packets = 0
  matches = 0
  /** Gathered output of the last scan: [out, outEnd). */
  outEnd: Offset = 0
  /** What is to be written after it, from where it lies; empty if runAt = runEnd. */
  runAt: Offset = 0
  runEnd: Offset = 0
  stop: number = ScanStop.NEEDS_BYTES
  private readonly bytes: Uint8Array
  private readonly instance: WasmInstance

  private constructor(memory: WasmMemory, instance: WasmInstance) {
    this.bytes = new Uint8Array(memory.buffer)
    this.instance = instance
  }

  /** null where code must not be generated, or the program is not one to generate code from. */
  static create(memory: WasmMemory, options: ScanOptions): PcapScanner | null {
    if (options.program !== null && !isValidBpf(options.program)) return null
    try {
      const module = new WebAssembly.Module(generateScan(options, memory.buffer.byteLength / PAGE_BYTES))
      return new PcapScanner(memory, new WebAssembly.Instance(module, { env: { memory } }))
    } catch {
      return null
    }
  }

  /** Scans the records in [at, end) until one is not whole, or another ScanStop. Output is gathered from `out` on, where
   *  there must be room for end - at bytes. Returns where the first record begins that was not taken. */
  scan(at: Offset, end: Offset, out: Offset, limit = Number.POSITIVE_INFINITY): Offset {
    const { exports } = this.instance
    const next = exports.scan(at, end, out, Math.min(limit, NO_LIMIT))
    this.packets = exports.packets.value >>> 0
    this.matches = exports.matches.value >>> 0
    this.outEnd = exports.outEnd.value
    this.runAt = exports.runAt.value
    this.runEnd = exports.runEnd.value
    this.stop = exports.stop.value
    const run = this.runEnd - this.runAt
    if (run > 0 && run < LONG_RUN_BYTES) {
      this.bytes.copyWithin(this.outEnd, this.runAt, this.runEnd)
      this.outEnd += run
      this.runAt = this.runEnd
    }
    return next
  }
}

const GLOBALS = ['packets', 'matches', 'outEnd', 'runAt', 'runEnd', 'stop'] as const
const PARAMETERS = 4

function generateScan(options: ScanOptions, pages: number): Uint8Array {
  const code = new WasmCode(PARAMETERS)
  new ScanWriter(code, options).write()
  return encodeModule({ pages, globals: GLOBALS, name: 'scan', parameters: PARAMETERS, code })
}

/** Writes the loop over the records. Addresses and lengths are words without sign. */
class ScanWriter {
  private readonly code: WasmCode
  private readonly options: ScanOptions
  private readonly at = 0
  private readonly end = 1
  private readonly out = 2
  private readonly limit = 3
  private readonly packets: number
  private readonly matches: number
  private readonly runAt: number
  private readonly runEnd: number
  private readonly stop: number
  /** Captured bytes that the record has, and those of them that count. */
  private readonly captured: number
  private readonly kept: number
  private readonly wire: number
  private readonly data: number
  private readonly next: number
  private readonly swap: number

  constructor(code: WasmCode, options: ScanOptions) {
    this.code = code
    this.options = options
    this.packets = code.local()
    this.matches = code.local()
    this.runAt = code.local()
    this.runEnd = code.local()
    this.stop = code.local()
    this.captured = code.local()
    this.kept = code.local()
    this.wire = code.local()
    this.data = code.local()
    this.next = code.local()
    this.swap = code.local()
  }

  write(): void {
    const { code, options } = this
    const exit = code.open(Op.block)
    const record = code.open(Op.loop)
    code.get(this.matches).get(this.limit).op(Op.i32GeU)
    this.stopIf(ScanStop.LIMIT, exit)
    this.readHeader(exit)
    const reject = code.open(Op.block)
    if (options.program !== null) {
      const accept = code.open(Op.block)
      generateFilter(options.program, code, { at: this.data, captured: this.kept, wire: this.wire, accept, reject })
      code.close()
    }
    if (options.output === 'copy') this.extendRun(exit)
    if (options.output === 'rewrite') this.rewrite()
    this.increment(this.matches)
    code.close()
    this.increment(this.packets)
    code.get(this.next).set(this.at)
    code.jump(record)
    code.close()
    code.close()
    for (const [i, local] of [this.packets, this.matches, this.out, this.runAt, this.runEnd, this.stop].entries())
      code.get(local).setGlobal(i)
    code.get(this.at)
  }

  private readHeader(exit: number): void {
    const { code, at, end, captured, kept, data, options } = this
    code.get(end).get(at).op(Op.i32Sub).const(RECORD_BYTES).op(Op.i32LtU).jumpIf(exit)
    this.loadWord(CAPTURED)
    code.set(captured)
    code.get(captured).const(options.maxBytes).op(Op.i32GtU)
    this.stopIf(ScanStop.RECORD, exit)
    code.get(at).const(RECORD_BYTES).op(Op.i32Add).set(data)
    code.get(captured).get(end).get(data).op(Op.i32Sub, Op.i32GtU).jumpIf(exit)
    code.get(data).get(captured).op(Op.i32Add).set(this.next)
    code.get(captured)
    if (options.snaplen < options.maxBytes) {
      // The lesser of the two.
      code.const(options.snaplen).get(captured).const(options.snaplen).op(Op.i32LtU, Op.select)
    }
    code.set(kept)
    this.loadWord(ON_WIRE)
    code.set(this.wire)
  }

  /** The record joins the run if it follows it; else the run is gathered, and it begins another. */
  private extendRun(exit: number): void {
    const { code, at, out, runAt, runEnd, options } = this
    if (options.snaplen < options.maxBytes) {
      code.get(this.kept).get(this.captured).op(Op.i32Ne)
      this.stopIf(ScanStop.RECORD, exit)
    }
    code.get(at).get(runEnd).op(Op.i32Ne)
    code.open(Op.if)
    this.runBytes()
    code.const(LONG_RUN_BYTES).op(Op.i32GeU)
    this.stopIf(ScanStop.LONG_RUN, exit)
    code.get(out).get(runAt)
    this.runBytes()
    code.copy()
    code.get(out)
    this.runBytes()
    code.op(Op.i32Add).set(out)
    code.get(at).set(runAt)
    code.close()
    code.get(this.next).set(runEnd)
  }

  private runBytes(): void {
    this.code.get(this.runEnd).get(this.runAt).op(Op.i32Sub)
  }

  private rewrite(): void {
    const { code, out, kept } = this
    code.get(out)
    this.loadWord(0)
    code.store(0)
    code.get(out)
    this.loadWord(FRACTION)
    this.convertFraction()
    code.store(FRACTION)
    code.get(out).get(kept).store(CAPTURED)
    code.get(out).get(this.wire).store(ON_WIRE)
    code.get(out).const(RECORD_BYTES).op(Op.i32Add).tee(out)
    code.get(this.data).get(kept).copy()
    code.get(out).get(kept).op(Op.i32Add).set(out)
  }

  /** A fraction of 2^31 or more is nonsense, but what becomes of it is known: libpcap takes it for negative in a file of
   *  the machine's own byte order, and not in one of the other. */
  private convertFraction(): void {
    const { code, options } = this
    if (options.fraction === 'up') code.const(1000).op(Op.i32Mul)
    if (options.fraction === 'down') code.const(1000).op(options.littleEndian ? Op.i32DivS : Op.i32DivU)
  }

  /** A word of the record's header, from the file's byte order. */
  private loadWord(offset: number): void {
    const { code, swap } = this
    code.get(this.at).load(4, offset)
    if (this.options.littleEndian) return
    code.tee(swap).const(8).op(Op.i32Rotl).const(0x00ff00ff).op(Op.i32And)
    code.get(swap).const(24).op(Op.i32Rotl).const(0xff00ff00).op(Op.i32And, Op.i32Or)
  }

  private stopIf(reason: number, exit: number): void {
    const { code } = this
    code.open(Op.if)
    code.const(reason).set(this.stop).jump(exit)
    code.close()
  }

  private increment(local: number): void {
    this.code.get(local).const(1).op(Op.i32Add).set(local)
  }
}
