import { expect, it } from 'vitest'
import { convertInvalidFraction } from './record.ts'

it.each([
  // What tcpdump 4.99.3 writes and prints of such files.
  [1_000_000_000, 1e9, 1e6, 1_000_000],
  [0x8000_0000, 1e9, 1e6, 4_292_819_813],
  [0xffff_ffff, 1e9, 1e6, 0],
  [0x8000_0000, 1e9, 1e9, 0x8000_0000],
  [1_000_000, 1e6, 1e9, 1_000_000_000],
  [0x8000_0000, 1e6, 1e6, 0x8000_0000],
  [0x8000_0001, 1e6, 1e9, 1000],
])('a fraction of %i in units of %i a second is, in %i, %i', (fraction, from, to, expected) => {
  expect(convertInvalidFraction(fraction, from, to)).toBe(expected)
})
