import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import {
  type AnyReader,
  type CaptureDamage,
  CaptureSession,
  type CaptureSink,
  ChunkFeeder,
  type FileFormat,
  openCapture,
  sniff,
} from '@wiretale/core'
import { AlignedBuffer } from './aligned-buffer.ts'
import { type ChunkSource, type Compression, type InflateEnd, inflate } from './inflate.ts'
import { openFifo, openStdin, type PipeSource } from './pipe.ts'
import { orderFiles } from './rotation.ts'
import { directoryError, displayName, fromSystemError, SourceError } from './source-error.ts'

export interface ReadOptions {
  /** Called after every buffer: bytes read so far, of all files, and their total (null for a pipe). */
  readonly onProgress?: (readBytes: number, totalBytes: number | null) => void
  /** Looked at between buffers: set `stopped` and reading ends there, without damage. */
  readonly signal?: { stopped: boolean }
}

export interface ReadOutcome {
  /** The first damage; every whole packet before it has been delivered, and those of the files after it. */
  readonly damage: CaptureDamage | null
  readonly format: FileFormat
  /** The (first) file's path; null for standard input. */
  readonly file: string | null
}

/** Event loop's turn, so that signals and timers are served during long reads. */
const TURN_MS = 50
const CHUNK_BYTES = 64 * 1024
/** For a compressed file within a compressed file. */
const INFLATE_HINT = 'decompress it once before'

/** Reads a capture, or the files of one rotated capture as one stream (in the order of orderFiles), into the sink.
 *  A path `-` is standard input; gzip and zstd are opened by content.
 *  By the time it resolves the sink has got capture(), unless the signal stopped it before. Rejects with SourceError if an input cannot be read at all. */
export async function readCapture(
  paths: readonly string[],
  sink: CaptureSink,
  options: ReadOptions = {},
): Promise<ReadOutcome> {
  const kinds = new Map(paths.map((path) => [path, kindOf(path)]))
  const allFiles = paths.every((path) => kinds.get(path)?.kind === 'file')
  const ordered = allFiles ? orderFiles(paths) : paths
  const totalBytes = allFiles ? paths.reduce((sum, path) => sum + (kinds.get(path)?.bytes ?? 0), 0) : null
  const run = new Run(sink, options, totalBytes)
  for (const path of ordered) {
    if (options.signal?.stopped) break
    await run.readInput(path, kinds.get(path)?.kind ?? 'file', ordered.length > 1)
  }
  return run.outcome(ordered[0] === '-' ? null : (ordered[0] ?? null))
}

type InputKind = 'file' | 'fifo' | 'stdin'

/** What kind of input a path is. Throws SourceError for what cannot be read, before anything is. */
function kindOf(path: string): { kind: InputKind; bytes: number } {
  if (path === '-') return { kind: 'stdin', bytes: 0 }
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw directoryError(path)
    if (stat.isFIFO()) return { kind: 'fifo', bytes: 0 }
    if (!stat.isFile()) {
      const what = stat.isSocket() ? 'is a socket' : stat.isBlockDevice() ? 'is a disk' : 'is a device'
      throw new SourceError(
        'special-file',
        path,
        `${what}, not a capture`,
        'name a capture file, or - for standard input',
      )
    }
    closeSync(openSync(path, 'r'))
    return { kind: 'file', bytes: stat.size }
  } catch (error) {
    throw error instanceof SourceError ? error : fromSystemError(error, path)
  }
}

/** One call of readCapture: what goes on from file to file. */
class Run {
  private readonly sink: CaptureSink
  private readonly options: ReadOptions
  private readonly totalBytes: number | null
  private readonly session = new CaptureSession()
  private buffer: AlignedBuffer | null = null
  private damage: CaptureDamage | null = null
  private format: FileFormat | null = null
  private readBytes = 0
  private lastTurn = performance.now()

  constructor(sink: CaptureSink, options: ReadOptions, totalBytes: number | null) {
    this.sink = sink
    this.options = options
    this.totalBytes = totalBytes
  }

  outcome(file: string | null): ReadOutcome {
    return { damage: this.damage, format: this.format ?? 'pcap', file }
  }

  async readInput(path: string, kind: InputKind, isOneOfSeveral: boolean): Promise<void> {
    this.session.nextFile()
    const reader = openCapture(this.sink, this.session)
    let damage: CaptureDamage | null
    try {
      if (kind === 'file') damage = await this.readPath(path, reader)
      else if (kind === 'stdin' && fstatSync(0).isFile()) damage = await this.readDescriptor(0, null, reader)
      else damage = await this.readPipe(kind === 'stdin' ? openStdin() : await openFifo(path), reader)
    } catch (error) {
      throw error instanceof SourceError ? error : fromSystemError(error, path)
    }
    const { rejection } = reader
    if (rejection !== null) {
      const hint = rejection.code === 'compressed' ? INFLATE_HINT : rejection.hint
      throw new SourceError(rejection.code, path, rejection.message, hint)
    }
    if (this.session.info === null && damage !== null) {
      throw new SourceError(
        'damaged-header',
        path,
        `${damage.message} (at byte ${damage.offset})`,
        'get a whole copy of it',
      )
    }
    this.format ??= reader.format
    if (damage === null || this.damage !== null) return
    this.damage = isOneOfSeveral ? { ...damage, message: `${displayName(path)}: ${damage.message}` } : damage
  }

  private async readPath(path: string, reader: AnyReader): Promise<CaptureDamage | null> {
    const fd = openSync(path, 'r')
    try {
      return await this.readDescriptor(fd, 0, reader)
    } finally {
      closeSync(fd)
    }
  }

  /** A regular file: read in place, at positions that are multiples of the page size. `position` null: where it stands. */
  private async readDescriptor(fd: number, position: number | null, reader: AnyReader): Promise<CaptureDamage | null> {
    this.buffer ??= new AlignedBuffer()
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
      this.progress(count)
      if (this.isStopped()) return null
      await this.turn()
    }
  }

  private async readPipe(pipe: PipeSource, reader: AnyReader): Promise<CaptureDamage | null> {
    const { signal } = this.options
    const watch = signal === undefined ? null : setInterval(() => signal.stopped && pipe.close(), 100)
    try {
      const first = await pipe.peek(4)
      const { kind } = sniff(first, 0, first.length, true)
      if (kind === 'gzip' || kind === 'zstd') return await this.readCompressed(kind, pipe, reader)
      const feeder = new ChunkFeeder(reader)
      for await (const chunk of pipe.chunks()) {
        if (!feeder.push(chunk)) break
        this.progress(chunk.length)
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
    reader: AnyReader,
  ): Promise<CaptureDamage | null> {
    const feeder = new ChunkFeeder(reader)
    let bytes = 0
    const counted = countBytes(source, (count) => this.progress(count))
    const end: InflateEnd = await inflate(compression, counted, (chunk) => {
      bytes += chunk.length
      return feeder.push(chunk) && !this.isStopped()
    })
    if (this.isStopped()) return null
    const stopped = feeder.damage
    if (stopped !== null) return stopped
    feeder.end()
    if (end === null || reader.rejection !== null) return feeder.damage
    const offset = feeder.damage?.offset ?? bytes
    return { code: end.code, offset, message: `${end.message}, after ${bytes} decompressed bytes` }
  }

  private isStopped(): boolean {
    return this.options.signal?.stopped === true
  }

  private progress(count: number): void {
    this.readBytes += count
    this.options.onProgress?.(this.readBytes, this.totalBytes)
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

function countBytes(source: ChunkSource, count: (bytes: number) => void): ChunkSource {
  return {
    async *chunks() {
      for await (const chunk of source.chunks()) {
        count(chunk.length)
        yield chunk
      }
    },
    *chunksSync() {
      for (const chunk of source.chunksSync()) {
        count(chunk.length)
        yield chunk
      }
    },
  }
}

function endless(offset: number): CaptureDamage {
  return { code: 'malformed', offset, message: 'no record ends within 64 MiB: the file is damaged here' }
}
