import { open, readSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { ChunkSource } from './inflate.ts'

const CHUNK_BYTES = 64 * 1024

/** Standard input, or a named pipe, as chunks: whatever is there, as soon as it is there. */
export class PipeSource implements ChunkSource {
  private readonly stream: Readable
  private readonly fd: number
  private first: Uint8Array | null = null

  constructor(stream: Readable, fd: number) {
    this.stream = stream
    this.fd = fd
  }

  /** The first bytes (none at the end of the input); they come again from chunks() or chunksSync(). At least `wanted`
   *  bytes if the input has as many. */
  async peek(wanted: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let bytes = 0
    while (bytes < wanted) {
      const chunk = await this.next()
      if (chunk === null) break
      parts.push(chunk)
      bytes += chunk.length
    }
    this.first = parts.length === 1 ? parts[0] : Buffer.concat(parts)
    return this.first
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    if (this.first !== null && this.first.length > 0) yield this.first
    for (;;) {
      const chunk = await this.next()
      if (chunk === null) return
      yield chunk
    }
  }

  *chunksSync(): Generator<Uint8Array> {
    if (this.first !== null && this.first.length > 0) yield this.first
    // What the stream has taken already; after that the descriptor is ours alone.
    this.stream.pause()
    const taken: Uint8Array | null = this.stream.read()
    if (taken !== null) yield taken
    if (this.stream.readableEnded) return
    const buffer = new Uint8Array(CHUNK_BYTES)
    for (;;) {
      const bytes = readBlocking(this.fd, buffer)
      if (bytes === 0) return
      yield buffer.subarray(0, bytes)
    }
  }

  close(): void {
    this.stream.destroy()
  }

  private async next(): Promise<Uint8Array | null> {
    const { stream } = this
    for (;;) {
      const chunk: Uint8Array | null = stream.read()
      if (chunk !== null) return chunk
      if (stream.readableEnded || stream.destroyed) {
        if (stream.errored !== null) throw stream.errored
        return null
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          for (const event of EVENTS) stream.off(event, wake)
          resolve()
        }
        for (const event of EVENTS) stream.on(event, wake)
      })
    }
  }
}

const EVENTS = ['readable', 'end', 'error', 'close'] as const

/** Standard input, whatever it is connected to. */
export function openStdin(): PipeSource {
  return new PipeSource(process.stdin, 0)
}

/** A named pipe (process substitution makes them, too). Waits until a writer has opened it. */
export async function openFifo(path: string): Promise<PipeSource> {
  const fd = await new Promise<number>((resolve, reject) => {
    open(path, 'r', (error, opened) => (error === null ? resolve(opened) : reject(error)))
  })
  return new PipeSource(new Socket({ fd, readable: true, writable: false }), fd)
}

const pause = new Int32Array(new SharedArrayBuffer(4))

/** Reads at least one byte, 0 at the end. A descriptor that Node has made non-blocking answers EAGAIN instead of waiting. */
function readBlocking(fd: number, into: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, into)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw error
      Atomics.wait(pause, 0, 0, 2)
    }
  }
}
