import { execFileSync } from 'node:child_process'
import { afterEach, expect, it, vi } from 'vitest'
import { formatTime } from './strftime.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

// New Year's days and eves of leap years, of years that begin on each day of the week, and a summer's day.
const TIMES = [
  0, 1_072_915_199, 1_104_537_600, 1_230_768_000, 1_262_304_000, 1_325_375_999, 1_356_998_400, 1_720_000_000,
]
const CONVERSIONS = [...'aAbBcCdDeFgGhHIjklmMpPrRsSTuUVwWxXyYz%'].map((letter) => `%${letter}`).join('|')

it.each(TIMES)('agrees with date(1) about %i', (seconds) => {
  vi.stubEnv('TZ', 'UTC0')
  const expected = execFileSync('date', ['-u', '-d', `@${seconds}`, `+${CONVERSIONS}`], {
    encoding: 'utf8',
    env: { LC_ALL: 'C', PATH: process.env.PATH },
  })
  expect(formatTime(CONVERSIONS, seconds)).toBe(expected.trimEnd())
})

it('leaves alone what is no conversion', () => {
  expect(formatTime('cap-%Q%', 0)).toBe('cap-%Q%')
})
