import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readResolution, splitTime, ticksPerSecond } from './pcapng-time.ts'

function split(ticks: bigint, tsresol: number, offset = 0): [number, number] {
  const resolution = readResolution(tsresol, offset)
  if (resolution === null) throw new Error('no resolution')
  const time = { seconds: -1, nanos: -1 }
  splitTime(time, Number(ticks >> 32n), Number(ticks & 0xffffffffn), resolution)
  return [time.seconds, time.nanos]
}

test('microseconds, nanoseconds, picoseconds and binary fractions', () => {
  expect(split(1_218_334_381_617_505n, 6)).toEqual([1218334381, 617505000])
  expect(split(1_218_334_381_617_505_123n, 9)).toEqual([1218334381, 617505123])
  expect(split(1_500_000_000_999n, 12)).toEqual([1, 500000000])
  expect(split((7n << 32n) | 0x80000000n, 0x80 | 32)).toEqual([7, 500000000])
  expect(split(5n, 0, 100)).toEqual([105, 0])
  expect(split(3n, 0x80)).toEqual([3, 0])
})

test('units too fine for 64 bits have no resolution', () => {
  expect(readResolution(20, 0)).toBeNull()
  expect(readResolution(0x80 | 64, 0)).toBeNull()
  const nine = readResolution(9, 0)
  expect(nine && ticksPerSecond(nine)).toBe(1e9)
})

test('agrees with BigInt for every resolution, down to the nanosecond', () => {
  const resolution = fc.oneof(
    fc.integer({ min: 0, max: 19 }),
    fc.integer({ min: 0, max: 63 }).map((k) => 0x80 | k),
  )
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), resolution, (ticks, tsresol) => {
      const perSecond = tsresol & 0x80 ? 2n ** BigInt(tsresol & 0x7f) : 10n ** BigInt(tsresol)
      const seconds = ticks / perSecond
      const nanos = ((ticks % perSecond) * 1_000_000_000n) / perSecond
      const limit = 253_402_300_799n
      expect(split(ticks, tsresol)).toEqual([Number(seconds > limit ? limit : seconds), Number(nanos)])
    }),
    { seed: 1, numRuns: 20_000 },
  )
})

test('nanoseconds at the borders of a second, over all of the 64 bits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 18_446_744_072n }), fc.integer({ min: -2, max: 2 }), (seconds, near) => {
      const ticks = seconds * 1_000_000_000n + BigInt(near)
      if (ticks < 0n) return
      expect(split(ticks, 9)).toEqual([Number(ticks / 1_000_000_000n), Number(ticks % 1_000_000_000n)])
    }),
    { seed: 5, numRuns: 20_000 },
  )
})

test('seconds stay within what RFC 3339 can write', () => {
  expect(split(2n ** 64n - 1n, 0)[0]).toBe(253_402_300_799)
  expect(split(0n, 6, -1e15)[0]).toBe(-62_167_219_200)
})
