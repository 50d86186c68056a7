import { execFileSync } from 'node:child_process'
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

it.each([
  'CET-1CEST,M3.5.0,M10.5.0/3',
  'EST5EDT,M3.2.0,M11.1.0',
  'AEST-10AEDT,M10.1.0,M4.1.0/3',
  'XYZ3',
  'IST-5:30',
  '<+0545>-5:45',
  'UTC+5:30',
  'ABC-2DEF-3:30,J60/0,J300/23',
  'ABC-2DEF,59/1,299/-2',
  'NO ZONE',
])('TZ=%s is what the C library makes of it', (name) => {
  vi.stubEnv('TZ', name)
  const zone = localZone()
  // Every third day and a bit, over a leap year and the next: changes are met within a day.
  for (let time = 1_704_067_200; time < 1_767_225_600; time += 259_200 + 3607) {
    const printed = dates(name)
    expect([time, zone(time)]).toEqual([time, printed.get(time)])
  }
})

const known = new Map<string, Map<number, number>>()

/** Offsets as date(1) has them. */
function dates(name: string): ReadonlyMap<number, number> {
  const have = known.get(name)
  if (have !== undefined) return have
  const times: number[] = []
  for (let time = 1_704_067_200; time < 1_767_225_600; time += 259_200 + 3607) times.push(time)
  const input = times.map((time) => `@${time}\n`).join('')
  const env = { TZ: name, LC_ALL: 'C', PATH: process.env.PATH }
  const lines = execFileSync('date', ['-f', '-', '+%::z'], { input, encoding: 'utf8', env }).trim().split('\n')
  const offsets = lines.map((line) => {
    const [hours, minutes, seconds] = line.slice(1).split(':').map(Number)
    return (line.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
  })
  const made = new Map(times.map((time, i) => [time, offsets[i]]))
  known.set(name, made)
  return made
}
