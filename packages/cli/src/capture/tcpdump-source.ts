import { setTimeout as sleep } from 'node:timers/promises'
import { PipeSource } from '../sources/pipe.ts'
import { PERMISSION_HINT } from './activate.ts'
import {
  type LiveEnd,
  LiveError,
  type LiveRequest,
  type LiveSource,
  type LiveStatistics,
  type TakeBatch,
} from './live-source.ts'
import { HEADER_BYTES, RecordStream } from './record-stream.ts'
import { TcpdumpChild } from './tcpdump-child.ts'

/** How long tcpdump and the kernel may hold back packets. */
const HELD_BACK_MS = 1100
const STATISTICS_MS = 500

/** Has tcpdump capture, with the privileges that the process has now. Rejects with LiveError. */
export async function openTcpdump(request: LiveRequest): Promise<LiveSource> {
  const child = new TcpdumpChild(request)
  const pipe = new PipeSource(child.output, -1)
  const header = await pipe.peek(HEADER_BYTES)
  try {
    return new TcpdumpSource(request.device, child, pipe, new RecordStream(header))
  } catch (error) {
    child.stop()
    pipe.close()
    await child.ended
    if (!(error instanceof RangeError)) throw error
    const words = child.lastWords()
    if (child.failure !== null) throw new LiveError('engine', words, 'install tcpdump, or koffi and libpcap')
    if (/permission|not permitted/i.test(words)) throw new LiveError('permission', words, PERMISSION_HINT)
    throw new LiveError(/no such device/i.test(words) ? 'no-device' : 'other', words)
  }
}

/** An interface that tcpdump reads. */
class TcpdumpSource implements LiveSource {
  readonly device: string
  readonly link: number
  readonly snaplen: number
  readonly ticksPerSecond: 1_000_000 | 1_000_000_000
  readonly netmask = null
  readonly warnings: readonly string[] = []
  private readonly child: TcpdumpChild
  private readonly pipe: PipeSource
  private readonly stream: RecordStream
  private isStopping = false

  constructor(device: string, child: TcpdumpChild, pipe: PipeSource, stream: RecordStream) {
    this.device = device
    this.child = child
    this.pipe = pipe
    this.stream = stream
    this.link = stream.link
    this.snaplen = stream.snaplen
    this.ticksPerSecond = stream.isNano ? 1_000_000_000 : 1_000_000
  }

  /** tcpdump was given the filter's words when it was started. */
  async setFilter(): Promise<void> {}

  async run(take: TakeBatch, limit: number): Promise<LiveEnd> {
    const { child, pipe, stream } = this
    let left = limit === 0 ? Number.POSITIVE_INFINITY : limit
    let at = HEADER_BYTES
    for await (const chunk of pipe.chunks()) {
      while (at < chunk.length && left > 0 && stream.damage === null) {
        at = stream.add(chunk, at)
        const end = stream.wholeRecords(left)
        if (end === stream.start) continue
        left -= stream.packets
        const waiting = take(stream.bytes, stream.start, end)
        if (waiting !== undefined) await waiting
        stream.release(end)
      }
      if (left === 0 || stream.damage !== null) break
      at = 0
    }
    if (left === 0) return { reason: 'limit' }
    if (stream.damage !== null) return { reason: 'failed', message: stream.damage }
    await child.ended
    if (this.isStopping) return { reason: 'asked' }
    return { reason: 'failed', message: child.lastWords() }
  }

  stop(): void {
    if (this.isStopping) return
    this.isStopping = true
    sleep(HELD_BACK_MS).then(() => this.child.stop())
  }

  statistics(): Promise<LiveStatistics | null> {
    return this.child.statistics(STATISTICS_MS)
  }

  async close(): Promise<void> {
    this.child.stop()
    this.pipe.close()
    await this.child.ended
  }
}
