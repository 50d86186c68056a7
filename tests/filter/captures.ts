import type { BpfProgram } from '../../packages/core/src/filter/bpf.ts'
import { runBpf } from '../../packages/core/src/filter/interpret.ts'
import { PcapScanner, type ScanOptions, ScanStop } from '../../packages/core/src/filter/scan.ts'

export interface TestRecord {
  readonly packet: { readonly bytes: Uint8Array; readonly cut: number }
  readonly seconds: number
  readonly fraction: number
}

export type CaptureLayout = Pick<ScanOptions, 'littleEndian' | 'snaplen' | 'fraction'>

export interface Scanned {
  readonly packets: number
  readonly matches: number
  /** Bytes of the records that are written. */
  readonly output: number[]
}

/** The records of a pcap file, without its header. */
export function writeCapture(records: readonly TestRecord[], { littleEndian }: CaptureLayout): Uint8Array {
  return Uint8Array.from(
    records.flatMap(({ packet, seconds, fraction }) => {
      const wire = packet.bytes.length + packet.cut
      return [...recordHeader([seconds, fraction, packet.bytes.length, wire], littleEndian), ...packet.bytes]
    }),
  )
}

/** What a scan has to find: packet by packet, with the interpreter. */
export function readAll(
  program: BpfProgram | null,
  records: readonly TestRecord[],
  layout: CaptureLayout,
  limit: number,
): Scanned {
  const output: number[] = []
  let packets = 0
  let matches = 0
  for (const { packet, seconds, fraction } of records) {
    if (matches >= limit) break
    packets++
    const wire = packet.bytes.length + packet.cut
    const kept = Math.min(packet.bytes.length, layout.snaplen)
    if (program !== null && runBpf(program, packet.bytes, 0, kept, wire) === 0) continue
    matches++
    output.push(...recordHeader([seconds, convert(fraction, layout), kept, wire], true), ...packet.bytes.slice(0, kept))
  }
  return { packets, matches, output }
}

/** As libpcap: a 32-bit number, signed where the file has the machine's own byte order. */
function convert(value: number, { fraction, littleEndian }: CaptureLayout): number {
  if (fraction === 'up') return Math.imul(value, 1000) >>> 0
  if (fraction === 'down') return Math.trunc((littleEndian ? value | 0 : value) / 1000) >>> 0
  return value
}

function recordHeader(words: readonly number[], littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(16))
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, littleEndian)
  return new Uint8Array(view.buffer)
}

const PAGE_BYTES = 65_536
const BODY_AT = 2 * PAGE_BYTES

/** Scans a capture that is read in steps of so many bytes. */
export function scanAll(
  options: ScanOptions,
  capture: Uint8Array,
  step: number,
  limit = Number.POSITIVE_INFINITY,
): Scanned {
  const memory = new WebAssembly.Memory({ initial: 4 })
  const bytes = new Uint8Array(memory.buffer)
  const scanner = PcapScanner.create(memory, options)
  if (scanner === null) throw new Error('no scanner')
  const output: number[] = []
  let packets = 0
  let matches = 0
  let start = BODY_AT
  for (let read = 0; read < capture.length && matches < limit; read += step) {
    const chunk = capture.subarray(read, read + step)
    bytes.set(chunk, BODY_AT)
    const end = BODY_AT + chunk.length
    let at = start
    do {
      at = scanner.scan(at, end, 0, limit - matches)
      packets += scanner.packets
      matches += scanner.matches
      output.push(...bytes.subarray(0, scanner.outEnd), ...bytes.subarray(scanner.runAt, scanner.runEnd))
    } while (scanner.stop === ScanStop.LONG_RUN)
    bytes.copyWithin(BODY_AT - (end - at), at, end)
    start = BODY_AT - (end - at)
  }
  return { packets, matches, output: options.output === 'count' ? [] : output }
}
