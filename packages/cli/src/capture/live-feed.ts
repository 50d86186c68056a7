import { endianness } from 'node:os'
import { type CaptureSink, ChunkFeeder, openCapture } from '@wiretale/core'
import type { LiveSource, TakeBatch } from './live-source.ts'

const MAGIC = { 1000000: 0xa1b2c3d4, 1000000000: 0xa1b23c4d } as const
const HEADER_BYTES = 24

/** Reads what a live source hands over, packet by packet. */
export class LiveFeed {
  /** Packets so far. */
  packets = 0
  private readonly feeder: ChunkFeeder

  /** `expression`: the filter as the report names it; empty: none. */
  constructor(source: LiveSource, expression: string, sink: CaptureSink) {
    const filter = expression === '' ? null : expression
    this.feeder = new ChunkFeeder(
      openCapture({
        capture: (info) => sink.capture(info),
        interface: (info) => sink.interface({ ...info, name: source.device, filter }),
        packet: (record) => {
          this.packets++
          sink.packet(record)
        },
      }),
    )
    this.feeder.push(headerOf(source))
  }

  /** Takes whole records. Throws where the engine handed over something else. */
  readonly take = (...[bytes, at, end]: Parameters<TakeBatch>): void => {
    if (this.feeder.push(bytes, at, end)) return
    const { damage } = this.feeder
    throw new Error(`the capture engine handed over no packets: ${damage?.message ?? 'unknown'}`)
  }
}

/** The header of a pcap file that would hold such records. */
function headerOf({ ticksPerSecond, snaplen, link }: LiveSource): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  const isLittle = endianness() === 'LE'
  view.setUint32(0, MAGIC[ticksPerSecond], isLittle)
  view.setUint16(4, 2, isLittle)
  view.setUint16(6, 4, isLittle)
  view.setUint32(16, snaplen, isLittle)
  view.setUint32(20, link, isLittle)
  return bytes
}
