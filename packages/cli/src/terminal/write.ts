import { writeSync } from 'node:fs'
import { widenPipe } from './wide-pipe.ts'

const wait = new Int32Array(new SharedArrayBuffer(4))
const STDOUT = 1
/** After so many bytes more are likely to come: making room for them pays. */
const MANY_BYTES = 4 << 20

/** Bytes written to standard output, until it has been seen to. */
let written = 0

/** The reader of a pipe has gone; nothing more is wanted. */
export class BrokenPipe extends Error {}

/** Writes all of bytes[at, end). A pipe may be full for a moment (EAGAIN): waits and goes on.
 *  Throws BrokenPipe once nobody reads any more, else the system's error. */
export function writeFully(fd: number, bytes: Uint8Array, at = 0, end = bytes.length): void {
  if (fd === STDOUT && written < MANY_BYTES) {
    written += end - at
    if (written >= MANY_BYTES) widenPipe(fd)
  }
  while (at < end) {
    try {
      at += writeSync(fd, bytes, at, end - at)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null
      if (code === 'EPIPE') throw new BrokenPipe()
      if (code !== 'EAGAIN') throw error
      Atomics.wait(wait, 0, 0, 5)
    }
  }
}
