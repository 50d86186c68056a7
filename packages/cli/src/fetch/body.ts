import { closeSync, openSync } from 'node:fs'
import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import { BrokenPipe, writeFully } from '../terminal/write.ts'
import { errorCode, FetchError } from './failure.ts'

/** What --compressed asks for (RFC 9110 §12.5.3). */
export const CODINGS = 'deflate, gzip, br'

/** Where a body's content goes: decoded if asked for, written to a file or standard output, or only counted. Memory is
 *  bounded by one read and the decoder's window: what a decoder cannot take yet holds up the socket. */
export class BodySink {
  /** Bytes after decoding; as many as came in without. */
  decodedBytes = 0
  takenBytes = 0
  /** Bytes to come in all, as the head announced; null: unknown. */
  readonly total: number | null
  /** Told when more can be taken. */
  onDrain: () => void = () => {}
  private readonly path: string | null
  private readonly decode: boolean
  private fd = -1
  private coding = ''
  private decoder: Transform | null = null
  private failure: FetchError | null = null

  /** `path`: null counts only, `-` is standard output; `total`: NaN if not known. */
  constructor(path: string | null, decode: boolean, total: number) {
    this.total = Number.isNaN(total) ? null : total
    this.path = path
    this.decode = decode
  }

  /** Before the first byte: opens the file, sets up the decoder. Throws FetchError. */
  begin(contentEncoding: string | null): void {
    if (this.path === '-') this.fd = 1
    else if (this.path !== null) this.fd = this.attempt(() => openSync(this.path as string, 'w'))
    this.coding = contentEncoding?.trim().toLowerCase() ?? ''
    if (!this.decode) return
    this.decoder = createDecoder(this.coding)
    this.decoder?.on('data', (bytes: Buffer) => this.keep(bytes))
    this.decoder?.on('drain', () => this.onDrain())
    this.decoder?.on('error', (error) => {
      this.failure ??= new FetchError({ kind: 'decoding', coding: this.coding, detail: errorCode(error) })
      this.onDrain()
    })
  }

  /** False: hold the rest back until onDrain. Throws FetchError. */
  write(bytes: Uint8Array): boolean {
    if (this.failure !== null) throw this.failure
    this.takenBytes += bytes.length
    if (this.decoder === null) {
      this.keep(bytes)
      if (this.failure !== null) throw this.failure
      return true
    }
    // The socket reads into the same buffer again.
    return this.decoder.write(Buffer.from(bytes))
  }

  /** After the last byte. Throws FetchError. */
  async finish(): Promise<void> {
    const { decoder } = this
    if (decoder !== null && this.failure === null && this.takenBytes > 0) {
      await new Promise<void>((resolve) => {
        decoder.once('end', resolve)
        decoder.once('error', () => resolve())
        decoder.end()
      })
    }
    this.close()
    if (this.failure !== null) throw this.failure
  }

  close(): void {
    this.decoder?.destroy()
    if (this.fd > 2) closeSync(this.fd)
    this.fd = -1
  }

  private keep(bytes: Uint8Array): void {
    this.decodedBytes += bytes.length
    if (this.fd < 0 || this.failure !== null) return
    try {
      writeFully(this.fd, bytes)
    } catch (error) {
      if (error instanceof BrokenPipe) this.fd = -1
      else this.failure = new FetchError({ kind: 'output', path: this.path ?? '', detail: errorCode(error) })
    }
  }

  private attempt<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      throw new FetchError({ kind: 'output', path: this.path ?? '', detail: errorCode(error) })
    }
  }
}

/** Null for a coding that nobody here knows, and for none: the bytes stay as they are. */
function createDecoder(coding: string): Transform | null {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip()
    case 'deflate':
      return zlib.createInflate()
    case 'br':
      return zlib.createBrotliDecompress()
    default:
      return null
  }
}
