import { closeSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync, constants as zlibConstants } from 'node:zlib'
import { openCapture, sniff } from '@wiretale/core'

const PEEK_BYTES = 64 * 1024

interface FirstPacket {
  readonly seconds: number
  readonly nanos: number
  readonly format: string
  readonly link: number
}

/** The files of one capture in the order in which they are read: as given, unless they are plainly one rotation
 *  (names that differ in digits only, as tcpdump -C, -G and -W and dumpcap's ring buffer make them; same format and link type).
 *  Those go by the time of their first packets, since a shell sorts cap.pcap10 before cap.pcap2
 *  and a ring buffer begins anywhere. */
export function orderFiles(paths: readonly string[]): readonly string[] {
  if (paths.length < 2 || new Set(paths.map(stem)).size > 1) return paths
  const files: { path: string; first: FirstPacket }[] = []
  for (const path of paths) {
    const first = readFirstPacket(path)
    if (first === null) return paths
    files.push({ path, first })
  }
  const [{ first: sample }] = files
  if (files.some(({ first }) => first.format !== sample.format || first.link !== sample.link)) return paths
  files.sort((a, b) => a.first.seconds - b.first.seconds || a.first.nanos - b.first.nanos)
  return files.map(({ path }) => path)
}

/** A file name without its counter or time: `cap.pcap2` and `cap_00003_20240101.pcap` lose their digits. */
function stem(path: string): string {
  return basename(path).replace(/[._-]?\d+/g, '')
}

/** The first packet of a capture, as far as it lies within the first 64 kB; null for text, or if there is none. */
function readFirstPacket(path: string): FirstPacket | null {
  let bytes = new Uint8Array(PEEK_BYTES)
  try {
    const fd = openSync(path, 'r')
    try {
      bytes = bytes.subarray(0, readSync(fd, bytes))
    } finally {
      closeSync(fd)
    }
    if (sniff(bytes, 0, bytes.length, true).kind === 'gzip') {
      bytes = new Uint8Array(gunzipSync(bytes, { finishFlush: zlibConstants.Z_SYNC_FLUSH }))
    }
  } catch {
    // Whatever is wrong is told when the file's turn comes.
    return null
  }
  let first: FirstPacket | null = null
  let format = ''
  const reader = openCapture({
    capture: (info) => {
      format = info.format
    },
    interface: () => {},
    packet: ({ seconds, nanos, link }) => {
      first ??= { seconds, nanos, format, link }
    },
  })
  reader.read(bytes, 0, bytes.length)
  return first
}
