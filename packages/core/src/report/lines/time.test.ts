import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CaptureClock } from './time.ts'

function clockAt(baseSeconds: number): CaptureClock {
  const clock = new CaptureClock()
  clock.baseSeconds = baseSeconds
  return clock
}

describe('time of a packet', () => {
  it.each([
    [0, 0, '1970-01-01T00:00:00.000000000Z'],
    [1_218_334_381, 617_505_000, '2008-08-10T02:13:01.617505000Z'],
    [1_218_334_381, 1, '2008-08-10T02:13:01.000000001Z'],
    [1_218_334_381, 999_999_999, '2008-08-10T02:13:01.999999999Z'],
    // Before 1970 (pcapng's time offset allows it).
    [-1, 999_999_999, '1969-12-31T23:59:59.999999999Z'],
    [-86_400 * 366, 0, '1968-12-31T00:00:00.000000000Z'],
    // 32-bit seconds end in 2106.
    [0xffffffff, 0, '2106-02-07T06:28:15.000000000Z'],
    [253_402_300_799, 5, '9999-12-31T23:59:59.000000005Z'],
  ])('%d s + %d ns', (seconds, nanos, text) => {
    expect(clockAt(0).format(seconds, nanos)).toBe(text)
  })

  it('says nothing that RFC 3339 cannot write: years have four digits', () => {
    expect(clockAt(0).format(253_402_300_800, 0)).toBeNull()
    expect(clockAt(0).format(-62_167_219_201, 0)).toBeNull()
    expect(clockAt(0).format(-62_167_219_200, 0)).toBe('0000-01-01T00:00:00.000000000Z')
    expect(clockAt(0).format(Number.MAX_SAFE_INTEGER, 0)).toBeNull()
  })

  it('is null where the source has no date', () => {
    const clock = clockAt(0)
    clock.dated = false
    expect(clock.format(36_781, 617_505_000)).toBeNull()
    expect(clock.formatRelative(1e9)).toBeNull()
    expect(clock.toUnix(0)).toBeNull()
  })

  it('is not disturbed by the second before', () => {
    const clock = clockAt(0)
    const times = [5, 5, 6, 5, 1e12, 5, -1, 5].map((seconds) => clock.format(seconds, 7))
    expect(times).toEqual([5, 5, 6, 5, 1e12, 5, -1, 5].map((seconds) => clockAt(0).format(seconds, 7)))
  })
})

describe('time since the first packet', () => {
  it('is exact to the nanosecond, before and after it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 4_000_000_000 }),
        fc.integer({ min: -8_000_000_000_000_000, max: 8_000_000_000_000_000 }),
        (base, time) => {
          const total = BigInt(base) * 1_000_000_000n + BigInt(time)
          const seconds = total >= 0n ? total / 1_000_000_000n : -((-total + 999_999_999n) / 1_000_000_000n)
          const nanos = total - seconds * 1_000_000_000n
          const expected = `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${String(nanos).padStart(9, '0')}Z`
          expect(clockAt(base).formatRelative(time)).toBe(expected)
        },
      ),
      { seed: 20260101, numRuns: 2000 },
    )
  })

  it('never writes 1,000,000,000 nanoseconds, though a fraction is left of a sum', () => {
    expect(clockAt(10).formatRelative(1_999_999_999.7)).toBe('1970-01-01T00:00:12.000000000Z')
    expect(clockAt(10).formatRelative(-0.3)).toBe('1970-01-01T00:00:10.000000000Z')
  })

  it('is in seconds since 1970 for rules', () => {
    expect(clockAt(100).toUnix(1_500_000_000)).toBe(101.5)
    expect(clockAt(100).toUnix(-500_000_000)).toBe(99.5)
  })
})
