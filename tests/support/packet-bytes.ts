import { expect } from 'vitest'

/** Bytes written as hex; white space is only for the eye. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '')
  if (!/^([0-9a-fA-F]{2})*$/.test(digits)) throw new Error(`not hex: ${text}`)
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}

/** Uniform integers in [0, below), the same for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Reads a packet at [at, end) of a buffer and returns what it saw, offsets included. */
export type Read = (b: Uint8Array, at: number, end: number) => unknown

const BEFORE = 7
const AFTER = 64

/** The packet in the middle of a buffer filled with `filler`. */
function placed(packet: Uint8Array, filler: number): Uint8Array {
  const b = new Uint8Array(BEFORE + packet.length + AFTER).fill(filler)
  b.set(packet, BEFORE)
  return b
}

/** What `read` sees of the packet; fails if that depends on a byte outside of it. */
export function readAlone(packet: Uint8Array, read: Read): unknown {
  const end = BEFORE + packet.length
  const amongZeros = read(placed(packet, 0), BEFORE, end)
  expect(read(placed(packet, 0xff), BEFORE, end)).toEqual(amongZeros)
  expect(read(placed(packet, 0x01), BEFORE, end)).toEqual(amongZeros)
  return amongZeros
}

/** Every prefix, every single changed byte and `rounds` seeded mixtures of `packet`: `read` neither throws nor looks
 *  outside of the packet. */
export function tryHostile(packet: Uint8Array, read: Read, seed: number, rounds = 500): void {
  for (let n = 0; n <= packet.length; n++) readAlone(packet.subarray(0, n), read)
  const random = seeded(seed)
  for (let i = 0; i < packet.length; i++)
    for (const value of [0, 1, 0x7f, 0xff, random(256)]) {
      const changed = packet.slice()
      changed[i] = value
      readAlone(changed, read)
    }
  for (let i = 0; i < rounds; i++) {
    const mixed = packet.slice(0, random(packet.length + 1))
    for (let n = random(1 + mixed.length); n > 0; n--) mixed[random(mixed.length)] = random(256)
    readAlone(mixed, read)
  }
}
