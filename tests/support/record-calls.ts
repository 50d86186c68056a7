import { ChunkFeeder } from '../../packages/core/src/file/feeder.ts'
import { type AnyReader, openCapture } from '../../packages/core/src/file/reader.ts'
import type { CaptureSink } from '../../packages/core/src/file/record.ts'
import { CaptureSession } from '../../packages/core/src/file/session.ts'

/** One call of a sink, as values that can be compared. */
export type SinkCall = readonly [method: string, ...values: unknown[]]

/** A sink that writes down every call. */
export function recordingSink(calls: SinkCall[]): CaptureSink {
  return {
    capture: (info) => calls.push(['capture', info]),
    interface: (info) => calls.push(['interface', info]),
    packet: (p) =>
      calls.push([
        'packet',
        p.number,
        `${p.seconds}.${String(p.nanos).padStart(9, '0')}`,
        p.interfaceIndex,
        p.link,
        p.wireBytes,
        p.comment,
        p.clock,
        Buffer.from(p.bytes.subarray(p.at, p.end)).toString('hex'),
      ]),
    name: (address, name) => calls.push(['name', address, name]),
    secrets: (type, data) => calls.push(['secrets', type, Buffer.from(data).toString('latin1')]),
    comment: (text) => calls.push(['comment', text]),
    dropped: (interfaceIndex, packets) => calls.push(['dropped', interfaceIndex, packets]),
    unknownBlock: (type) => calls.push(['unknownBlock', type]),
    clientLog: (lines) => calls.push(['clientLog', ...lines]),
  }
}

export interface ReadResult {
  readonly calls: SinkCall[]
  readonly reader: AnyReader
  readonly feeder: ChunkFeeder
}

/** Reads bytes cut into chunks at the given offsets (ascending; none: one chunk). Each chunk is a buffer of its own
 *  that is overwritten after the call, so that nothing can hold on to it unnoticed. */
export function readInChunks(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
  session: CaptureSession = new CaptureSession(),
): ReadResult {
  const calls: SinkCall[] = []
  const reader = openCapture(recordingSink(calls), session)
  const feeder = new ChunkFeeder(reader)
  let at = 0
  for (const cut of [...cuts, bytes.length]) {
    const chunk = Uint8Array.from(bytes.subarray(at, cut))
    at = cut
    const goesOn = feeder.push(chunk)
    chunk.fill(0xaa)
    if (!goesOn) break
  }
  feeder.end()
  return { calls, reader, feeder }
}

/** The captured packets among the calls. */
export function packetsOf(calls: readonly SinkCall[]): SinkCall[] {
  return calls.filter((call) => call[0] === 'packet')
}
