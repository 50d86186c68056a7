import { readFileSync } from 'node:fs'
import type { LiveEnd, LiveSource, LiveStatistics, TakeBatch } from '../../packages/cli/src/capture/live-source.ts'

const FILE_HEADER = 24
const RECORD_HEADER = 16

/** A live source whose packets are those of a pcap file in little-endian microseconds, a few at a time. */
export class ReplaySource implements LiveSource {
  readonly device = 'test0'
  readonly link: number
  readonly snaplen = 262_144
  readonly ticksPerSecond = 1_000_000
  readonly netmask = null
  readonly warnings = []
  /** What statistics() tells. */
  counts: LiveStatistics | null = { received: 0, dropped: 0, droppedByInterface: 0 }
  /** How it ends after its last packet. */
  end: LiveEnd = { reason: 'asked' }
  /** Called between batches. */
  between: () => void | Promise<void> = () => {}
  private readonly bytes: Buffer
  private readonly perBatch: number
  private isStopped = false

  constructor(path: string, perBatch = 3) {
    this.bytes = readFileSync(path)
    this.link = this.bytes.readUInt32LE(20)
    this.perBatch = perBatch
  }

  async setFilter(): Promise<void> {}

  async run(take: TakeBatch, limit: number): Promise<LiveEnd> {
    let at = FILE_HEADER
    let packets = 0
    while (at < this.bytes.length && !this.isStopped) {
      let end = at
      for (let held = 0; held < this.perBatch && end < this.bytes.length && !(limit > 0 && packets === limit); held++) {
        end += RECORD_HEADER + this.bytes.readUInt32LE(end + 8)
        packets++
      }
      // The engine's buffer is its own again afterwards.
      const batch = new Uint8Array(this.bytes.subarray(at, end))
      await take(batch, 0, batch.length)
      batch.fill(0xee)
      at = end
      if (limit > 0 && packets === limit) return { reason: 'limit' }
      await this.between()
    }
    return this.end
  }

  stop(): void {
    this.isStopped = true
  }

  async statistics(): Promise<LiveStatistics | null> {
    return this.counts
  }

  async close(): Promise<void> {}
}
