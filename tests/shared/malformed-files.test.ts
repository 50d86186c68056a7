import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Block, BYTE_ORDER_MAGIC } from '../../packages/core/src/file/pcapng-blocks.ts'
import { openCapture } from '../../packages/core/src/file/reader.ts'
import type { CaptureDamage, CaptureSink } from '../../packages/core/src/file/record.ts'
import { CaptureSession } from '../../packages/core/src/file/session.ts'
import { needsShared, sharedFolder } from '../needs.ts'

/** Deterministic numbers in [0, 1) (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Offsets at which a record or block of a capture ends, its file header's end included: by a walk of the test's own. */
function boundaries(file: Buffer): number[] {
  const offsets: number[] = []
  const isNg = file.readUInt32BE(0) === Block.SECTION
  const little = isNg ? file.readUInt32LE(8) === BYTE_ORDER_MAGIC : file[0] !== 0xa1
  const u32 = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at))
  const frame = isNg ? 0 : 16
  const lengthAt = isNg ? 4 : 8
  let at = isNg ? 0 : 24
  while (at + 16 <= file.length) {
    offsets.push(at)
    const bytes = frame + u32(at + lengthAt)
    if (bytes < 12) break
    at += bytes
  }
  offsets.push(Math.min(at, file.length))
  return offsets
}

interface Reading {
  readonly packets: number
  /** Changes with every number and byte that was delivered. */
  readonly hashes: number[]
  readonly damage: CaptureDamage | null
}

/** Reads all of it, touches every delivered byte's range, and notes a hash after every packet. */
function read(file: Uint8Array): Reading {
  const hashes: number[] = []
  let hash = 0
  const sink: CaptureSink = {
    capture() {},
    interface() {},
    packet(p) {
      if (p.at < 0 || p.end < p.at || p.end > p.bytes.length)
        throw new Error(`packet ${p.number} lies outside its buffer`)
      if (!Number.isInteger(p.seconds) || !(p.nanos >= 0 && p.nanos < 1e9))
        throw new Error(`packet ${p.number} has no time`)
      hash = (Math.imul(hash, 31) + p.seconds + p.nanos + p.wireBytes + p.end - p.at + p.link) | 0
      if (p.end > p.at) hash = (hash + p.bytes[p.at] * 7 + p.bytes[p.end - 1]) | 0
      hashes.push(hash)
    },
    name() {},
    secrets() {},
    comment() {},
    dropped() {},
    unknownBlock() {},
  }
  const reader = openCapture(sink, new CaptureSession())
  const at = reader.read(file, 0, file.length)
  if (at >= 0) reader.finish(file, at, file.length)
  return { packets: hashes.length, hashes, damage: reader.damage }
}

needsShared('malformed captures', () => {
  const folder = join(sharedFolder, 'tcpdump', 'malformed')
  const names = readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name))

  test('are there', () => expect(names.length).toBeGreaterThan(100))

  test.each(names)('%s, cut anywhere, gives its whole packets and at most one damage', (name) => {
    const file = readFileSync(join(folder, name))
    const whole = read(file)
    const random = seeded(file.length)
    const cuts = new Set<number>()
    const borders = boundaries(file)
    const isPcap = file.readUInt32BE(0) !== Block.SECTION
    for (const border of borders) for (let i = -8; i <= 8; i++) cuts.add(border + i)
    for (let i = 0; i < 2000; i++) cuts.add(Math.floor(random() * file.length))
    for (const cut of cuts) {
      if (cut < 0 || cut > file.length) continue
      const started = performance.now()
      const part = read(file.subarray(0, cut))
      if (performance.now() - started > 1000) expect.fail(`cut at ${cut}: too slow`)
      if (part.hashes.at(-1) !== whole.hashes[part.packets - 1]) expect.fail(`cut at ${cut}: other packets`)
      const ended = borders.filter((border) => border > 24 && border <= cut).length
      if (isPcap && part.packets !== Math.min(ended, whole.packets))
        expect.fail(`cut at ${cut}: ${part.packets} packets`)
      if (part.damage === null) continue
      if (part.damage.offset > cut || part.damage.message === '') expect.fail(`cut at ${cut}: ${part.damage.message}`)
    }
  })

  test.each(names)('%s with bytes changed is read without an exception', (name) => {
    const file = readFileSync(join(folder, name))
    const random = seeded(file.length + 1)
    // Headers stand near the front: most changes go there.
    const span = () => Math.floor(random() * (random() < 0.7 ? Math.min(file.length, 256) : file.length))
    for (let i = 0; i < 100; i++) {
      const changed = Buffer.from(file)
      for (let k = 0; k < 1 + i / 20; k++) changed[span()] = Math.floor(random() * 256)
      const started = performance.now()
      read(changed)
      expect(performance.now() - started).toBeLessThan(1000)
    }
  })
})
