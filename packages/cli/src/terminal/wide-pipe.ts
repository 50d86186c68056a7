import { fstatSync } from 'node:fs'
import { loadKoffi } from '../capture/koffi.ts'

/** fcntl(2) on Linux. */
const F_SETPIPE_SZ = 1031
/** What every user may ask for, as Linux is set up by default (/proc/sys/fs/pipe-max-size). */
const PIPE_BYTES = 1 << 20

/** Gives a pipe room for a megabyte in place of 64 KiB, where koffi can: writer and reader then put each other to sleep
 *  and wake each other a sixteenth as often, which is most of what writing a lot into a pipe costs. Never throws. */
export function widenPipe(fd: number): void {
  if (process.platform !== 'linux') return
  try {
    if (!fstatSync(fd).isFIFO()) return
    const fcntl = loadKoffi(import.meta.url)
      .load(null)
      .func('int fcntl(int, int, ...)')
    fcntl(fd, F_SETPIPE_SZ, 'int', PIPE_BYTES)
  } catch {
    // The pipe works as it is.
  }
}
