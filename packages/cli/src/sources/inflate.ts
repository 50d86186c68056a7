import zlib from 'node:zlib'

export type Compression = 'gzip' | 'zstd'

/** Input bytes in order: pulled one by one; nothing is read ahead. */
export interface ChunkSource {
  chunks(): AsyncIterable<Uint8Array>
  /** The same, blocking; may take over from chunks() after some of them. */
  chunksSync(): Iterable<Uint8Array>
}

/** How compressed data ended: null if well, else what is wrong with it. */
export type InflateEnd = { readonly code: 'cut' | 'malformed'; readonly message: string } | null

type Decompressor = NodeJS.WritableStream & NodeJS.EventEmitter & { destroy(): void }

/** Node 22.15 and later; the types are those of the oldest Node that is supported. */
const nativeZstd = (zlib as unknown as { createZstdDecompress?: (options: { chunkSize: number }) => Decompressor })
  .createZstdDecompress

const OUTPUT_BYTES = 256 * 1024

/** Decompresses a stream, several members or frames in a row included. `push` gets the bytes as they come and may
 *  return false to stop. Memory is bounded by the compression's window (32 kB; 128 MB for zstd). */
export async function inflate(
  compression: Compression,
  source: ChunkSource,
  push: (bytes: Uint8Array) => boolean,
): Promise<InflateEnd> {
  if (compression === 'gzip') {
    return inflateWith(zlib.createGunzip({ chunkSize: OUTPUT_BYTES }), 'gzip', source, push)
  }
  if (nativeZstd !== undefined) return inflateWith(nativeZstd({ chunkSize: OUTPUT_BYTES }), 'zstd', source, push)
  return inflateZstd(source, push)
}

async function inflateWith(
  engine: Decompressor,
  name: Compression,
  source: ChunkSource,
  push: (bytes: Uint8Array) => boolean,
): Promise<InflateEnd> {
  let goesOn = true
  let failure: unknown = null
  let wake: () => void = () => {}
  engine.on('data', (bytes: Uint8Array) => {
    if (goesOn) goesOn = push(bytes)
  })
  engine.on('error', (error: unknown) => {
    failure = error
    wake()
  })
  engine.on('end', () => wake())
  for await (const chunk of source.chunks()) {
    // The chunk's callback comes when all its output has been handed on. The last chunk, too, is written before the
    // end is told: what a cut file still holds would be lost otherwise.
    await new Promise<void>((resolve) => {
      wake = resolve
      engine.write(chunk, () => resolve())
    })
    if (!goesOn || failure !== null) break
  }
  if (goesOn && failure === null) {
    await new Promise<void>((resolve) => {
      wake = resolve
      engine.end()
    })
  }
  engine.destroy()
  if (failure === null) return null
  const code = failure instanceof Error && 'code' in failure ? failure.code : null
  return code === 'Z_BUF_ERROR' ? cut(name) : damaged(name)
}

/** For Nodes without zstd of their own. */
async function inflateZstd(source: ChunkSource, push: (bytes: Uint8Array) => boolean): Promise<InflateEnd> {
  const { ZSTDDecoder } = await import('zstddec/stream')
  const decoder = new ZSTDDecoder()
  await decoder.init()
  // The library does not look at the decoder's error code, and asks the same in vain for ever. An empty answer
  // without new input is right only at the end of an empty frame, which takes 8 bytes or more.
  let patience = 0
  function* counted(): Generator<Uint8Array> {
    for (const chunk of source.chunksSync()) {
      patience = chunk.length / 8 + 4
      yield chunk
    }
  }
  try {
    for (const bytes of decoder.decodeStreaming(counted())) {
      if (bytes.length > 0) {
        if (!push(bytes)) return null
      } else if (--patience < 0) return damaged('zstd')
    }
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Incomplete stream')) return cut('zstd')
    throw error
  }
  return null
}

function cut(name: Compression): InflateEnd {
  return { code: 'cut', message: `the ${name} data ends too early` }
}

function damaged(name: Compression): InflateEnd {
  return { code: 'malformed', message: `the ${name} data is damaged` }
}
