import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type CaptureDamage, type CaptureReader, ChunkFeeder, sniff } from '@wiretale/core'
import { AlignedBuffer } from './aligned-buffer.ts'
import type { ChunkSource, Compression, InflateEnd } from './inflate.ts'
import type { PipeSource } from './pipe.ts'

export type InputKind = 'file' | 'fifo' | 'stdin'

export interface FeedOptions {
  /** Looked at between buffers: set `stopped` and reading ends there, without damage. */
  readonly signal?: { stopped: boolean }
  /** Called after every buffer with the number of bytes read from the input. */
  readonly onBytes?: (count: number) => void
  /** Called after every buffer; where it returns a promise, reading goes on when that resolves. (Not called between
   *  the buffers of zstd on a Node without it.) */
  readonly settle?: () => Promise<void> | null
  /** Where files that are not compressed are read. */
  readonly buffer?: AlignedBuffer
}

/** Event loop's turn, so that signals and timers are served during long reads. */
const TURN_MS = 50
const CHUNK_BYTES = 64 * 1024

/** Brings the bytes of inputs, one after the other, to their readers; gzip and zstd are opened by content. */
export class Feed {
  private readonly options: FeedOptions
  private buffer: AlignedBuffer | null = null
  private lastTurn = performance.now()

  constructor(options: FeedOptions) {
    this.options = options
  }

  /** Reads one input to its end, to damage, or until the signal stops it. Returns the damage that the input's own
   *  end, or its compression, adds to what the reader knows. Rejects with the system's errors. */
  async read(path: string, kind: InputKind, reader: CaptureReader): Promise<CaptureDamage | null> {
    if (kind === 'file') return this.readPath(path, reader)
    if (kind === 'stdin' && fstatSync(0).isFile()) return this.readDescriptor(0, null, reader)
    // Loaded when needed, as inflate.ts is: zlib and sockets take some milliseconds of every start.
    const { openFifo, openStdin } = await import('./pipe.ts')
    return this.readPipe(kind === 'stdin' ? openStdin() : await openFifo(path), reader)
  }

  private async readPath(path: string, reader: CaptureReader): Promise<CaptureDamage | null> {
    const fd = openSync(path, 'r')
    try {
      return await this.readDescriptor(fd, 0, reader)
    } finally {
      closeSync(fd)
    }
  }

  /** A regular file: read in place, at positions that are multiples of the page size. `position` null: where it stands. */
  private async readDescriptor(
    fd: number,
    position: number | null,
    reader: CaptureReader,
  ): Promise<CaptureDamage | null> {
    this.buffer ??= this.options.buffer ?? new AlignedBuffer()
    const { buffer } = this
    let start = buffer.bodyAt
    let offset = 0
    for (;;) {
      const { bytes, bodyAt } = buffer
      const count = readSync(fd, bytes, bodyAt, buffer.bodyBytes, position === null ? null : position + offset)
      const end = bodyAt + count
      if (offset === 0) {
        const { kind } = sniff(bytes, bodyAt, end, true)
        if (kind === 'gzip' || kind === 'zstd') {
          const first = bytes.slice(bodyAt, end)
          return this.readCompressed(kind, new DescriptorSource(fd, first, position), reader)
        }
      }
      if (count === 0) {
        reader.finish(bytes, start, end)
        return reader.damage
      }
      offset += count
      const at = reader.read(bytes, start, end)
      if (at < 0) return reader.damage
      start = buffer.carryOver(at, end)
      if (start < 0) return endless(offset - (end - at))
      this.options.onBytes?.(count)
      const waiting = this.options.settle?.() ?? null
      if (waiting !== null) await waiting
      if (this.isStopped()) return null
      await this.turn()
    }
  }

  private async readPipe(pipe: PipeSource, reader: CaptureReader): Promise<CaptureDamage | null> {
    const { signal } = this.options
    const watch = signal === undefined ? null : setInterval(() => signal.stopped && pipe.close(), 100)
    try {
      const first = await pipe.peek(4)
      const { kind } = sniff(first, 0, first.length, true)
      if (kind === 'gzip' || kind === 'zstd') return await this.readCompressed(kind, pipe, reader)
      const feeder = new ChunkFeeder(reader)
      for await (const chunk of pipe.chunks()) {
        if (!feeder.push(chunk)) break
        this.options.onBytes?.(chunk.length)
        await this.settle()
        if (this.isStopped()) return null
      }
      if (this.isStopped()) return null
      feeder.end()
      return feeder.damage
    } finally {
      if (watch !== null) clearInterval(watch)
      pipe.close()
    }
  }

  private async readCompressed(
    compression: Compression,
    source: ChunkSource,
    reader: CaptureReader,
  ): Promise<CaptureDamage | null> {
    const feeder = new ChunkFeeder(reader)
    let bytes = 0
    const counted = this.observe(source)
    const { inflate } = await import('./inflate.ts')
    const end: InflateEnd = await inflate(compression, counted, (chunk) => {
      bytes += chunk.length
      return feeder.push(chunk) && !this.isStopped()
    })
    if (this.isStopped()) return null
    const stopped = feeder.damage
    if (stopped !== null) return stopped
    feeder.end()
    if (end === null) return feeder.damage
    const offset = feeder.damage?.offset ?? bytes
    return { code: end.code, offset, message: `${end.message}, after ${bytes} decompressed bytes` }
  }

  /** The same bytes; tells of each chunk. What came before it has been read when the next one is asked for. */
  private observe(source: ChunkSource): ChunkSource {
    const onBytes = (count: number): void => this.options.onBytes?.(count)
    const settle = (): Promise<void> => this.settle()
    return {
      async *chunks() {
        for await (const chunk of source.chunks()) {
          onBytes(chunk.length)
          await settle()
          yield chunk
        }
      },
      *chunksSync() {
        for (const chunk of source.chunksSync()) {
          onBytes(chunk.length)
          yield chunk
        }
      },
    }
  }

  private isStopped(): boolean {
    return this.options.signal?.stopped === true
  }

  private async settle(): Promise<void> {
    const waiting = this.options.settle?.() ?? null
    if (waiting !== null) await waiting
  }

  private async turn(): Promise<void> {
    if (performance.now() - this.lastTurn < TURN_MS) return
    await new Promise<void>((resolve) => setImmediate(resolve))
    this.lastTurn = performance.now()
  }
}

/** The bytes of a regular file that is not read in place: `first` has been read, the descriptor stands after it. */
class DescriptorSource implements ChunkSource {
  private readonly fd: number
  private readonly first: Uint8Array
  private position: number | null

  constructor(fd: number, first: Uint8Array, position: number | null) {
    this.fd = fd
    this.first = first
    this.position = position === null ? null : position + first.length
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    yield* this.chunksSync()
  }

  *chunksSync(): Generator<Uint8Array> {
    for (let at = 0; at < this.first.length; at += CHUNK_BYTES) yield this.first.subarray(at, at + CHUNK_BYTES)
    for (;;) {
      // A new buffer each time: the decompressor works on it in another thread.
      const buffer = new Uint8Array(CHUNK_BYTES)
      const count = readSync(this.fd, buffer, 0, CHUNK_BYTES, this.position)
      if (count === 0) return
      if (this.position !== null) this.position += count
      yield buffer.subarray(0, count)
    }
  }
}

function endless(offset: number): CaptureDamage {
  return { code: 'malformed', offset, message: 'no record ends within 64 MiB: the file is damaged here' }
}
