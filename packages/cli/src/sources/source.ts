import { closeSync, openSync, statSync } from 'node:fs'
import {
  type CaptureDamage,
  CaptureSession,
  type CaptureSink,
  type FileFormat,
  openCapture,
  type RecordScan,
} from '@wiretale/core'
import type { AlignedBuffer } from './aligned-buffer.ts'
import { Feed, type InputKind } from './feed.ts'
import { orderFiles } from './rotation.ts'
import { directoryError, displayName, fromSystemError, SourceError } from './source-error.ts'

export interface ReadOptions {
  /** Called after every buffer: bytes read so far, of all files, and their total (null for a pipe). */
  readonly onProgress?: (readBytes: number, totalBytes: number | null) => void
  /** Where files that are not compressed are read. */
  readonly buffer?: AlignedBuffer
  /** Takes records of pcap files over from their reader. */
  readonly scan?: RecordScan | null
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
  private readonly feed: Feed
  private readonly session: CaptureSession
  private damage: CaptureDamage | null = null
  private format: FileFormat | null = null
  private readBytes = 0

  constructor(sink: CaptureSink, { onProgress, signal, buffer, scan }: ReadOptions, totalBytes: number | null) {
    this.sink = sink
    this.session = new CaptureSession({ scan: scan ?? null })
    const onBytes = (count: number): void => {
      this.readBytes += count
      onProgress?.(this.readBytes, totalBytes)
    }
    this.feed = new Feed({
      onBytes,
      ...(signal === undefined ? {} : { signal }),
      ...(buffer === undefined ? {} : { buffer }),
    })
  }

  outcome(file: string | null): ReadOutcome {
    return { damage: this.damage, format: this.format ?? 'pcap', file }
  }

  async readInput(path: string, kind: InputKind, isOneOfSeveral: boolean): Promise<void> {
    this.session.nextFile()
    const reader = openCapture(this.sink, this.session)
    let damage: CaptureDamage | null
    try {
      damage = await this.feed.read(path, kind, reader)
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
}
