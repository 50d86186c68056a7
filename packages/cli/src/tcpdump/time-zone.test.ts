import { afterEach, expect, it, vi } from 'vitest'
import { localZone } from './time-zone.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const WINTER = 1_705_320_000
const SUMMER = 1_721_040_000

it.each([
  ['UTC0', 0, 0],
  ['Asia/Shanghai', 28_800, 28_800],
  [':Asia/Shanghai', 28_800, 28_800],
  ['CST-8', 28_800, 28_800],
  ['America/New_York', -18_000, -14_400],
  ['Asia/Kathmandu', 20_700, 20_700],
])('TZ=%s', (name, winter, summer) => {
  vi.stubEnv('TZ', name)
  const zone = localZone()
  expect([zone(WINTER), zone(SUMMER), zone(WINTER + 1)]).toEqual([winter, summer, winter])
})

it('changes in the second of a transition, and over the year’s end', () => {
  vi.stubEnv('TZ', 'Europe/Berlin')
  const zone = localZone()
  expect([zone(1_711_846_799), zone(1_711_846_800)]).toEqual([3600, 7200])
  // 2023-12-31T23:30:00Z is next year there; in New York 2024-01-01T00:30:00Z is last year.
  expect(zone(1_704_065_400)).toBe(3600)
  vi.stubEnv('TZ', 'America/New_York')
  expect(localZone()(1_704_069_000)).toBe(-18_000)
})
