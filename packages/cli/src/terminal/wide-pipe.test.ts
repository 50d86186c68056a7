import { closeSync, openSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadKoffi } from '../capture/koffi.ts'
import { widenPipe } from './wide-pipe.ts'

const F_GETPIPE_SZ = 1032

test.runIf(process.platform === 'linux')('a pipe gets room for a megabyte', () => {
  const libc = loadKoffi(import.meta.url).load(null)
  const fds = new Int32Array(2)
  expect(libc.func('int pipe(void *)')(fds)).toBe(0)
  const [reader, writer] = fds
  try {
    const fcntl = libc.func('int fcntl(int, int)')
    expect(fcntl(writer, F_GETPIPE_SZ)).toBe(65_536)
    widenPipe(writer)
    expect(fcntl(reader, F_GETPIPE_SZ)).toBe(1 << 20)
  } finally {
    closeSync(reader)
    closeSync(writer)
  }
})

test('what is no pipe, or is closed, is left alone', () => {
  const fd = openSync('/dev/null', 'w')
  widenPipe(fd)
  closeSync(fd)
  expect(() => widenPipe(fd)).not.toThrow()
})
