/** The captures that are measured: the large ones of bench/make-captures, and beginnings of them. */
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { root } from './machine.ts'

export type CaptureName = 'mixed' | 'conns' | 'small'

const folder = resolve(process.env.BENCH_DIR ?? join(root, 'bench-captures'))
const CHUNK_BYTES = 1 << 22
const FILE_HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16

/** Its path; made first if it is missing, which takes minutes, root and some GB of disk. */
export function largeCapture(name: CaptureName): string {
  const path = join(folder, `${name}.pcap`)
  if (existsSync(path)) return path
  const how = `BENCH_DIR=${folder} bench/make-captures ${name}`
  if (process.getuid?.() !== 0) throw new Error(`${path} is missing; as root: ${how}`)
  console.error(`${path} is missing: making it, some minutes (${how})`)
  const { status } = spawnSync(join(root, 'bench/make-captures'), [name], {
    env: { ...process.env, BENCH_DIR: folder },
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) throw new Error(`bench/make-captures ${name} failed`)
  return path
}

/** The first packets of a capture as a file beside it, kept for the next time. */
export function beginningOf(path: string, packets: number): string {
  const target = `${path.replace(/\.pcap$/, '')}.first-${packets}.pcap`
  if (existsSync(target) && statSync(target).mtimeMs > statSync(path).mtimeMs) return target
  copyBytes(path, target, recordsEnd(path, packets))
  return target
}

/** A path for a capture that is made for one measurement. */
export function passingCapture(name: string): string {
  return join(folder, `${name}.${process.pid}.pcap`)
}

/** Offset of the first byte after that many records of a pcap file. */
function recordsEnd(path: string, packets: number): number {
  const file = openSync(path, 'r')
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES)
    let base = 0
    let filled = readSync(file, chunk, 0, CHUNK_BYTES, 0)
    // tcpdump writes the byte order of its machine.
    const isLittle = chunk.readUInt32LE(0) === 0xa1b2c3d4
    let at = FILE_HEADER_BYTES
    for (let n = 0; n < packets; n++) {
      if (at + RECORD_HEADER_BYTES > base + filled) {
        base = at
        filled = readSync(file, chunk, 0, CHUNK_BYTES, base)
        if (filled < RECORD_HEADER_BYTES) throw new Error(`${path} holds fewer than ${packets} packets`)
      }
      const captured = isLittle ? chunk.readUInt32LE(at - base + 8) : chunk.readUInt32BE(at - base + 8)
      at += RECORD_HEADER_BYTES + captured
    }
    return at
  } finally {
    closeSync(file)
  }
}

function copyBytes(from: string, to: string, bytes: number): void {
  const partial = `${to}.partial`
  const source = openSync(from, 'r')
  const sink = openSync(partial, 'w')
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES)
    for (let at = 0; at < bytes; ) {
      const read = readSync(source, chunk, 0, Math.min(CHUNK_BYTES, bytes - at), at)
      writeSync(sink, chunk, 0, read)
      at += read
    }
    renameSync(partial, to)
  } finally {
    closeSync(source)
    closeSync(sink)
    rmSync(partial, { force: true })
  }
}
