import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseHttpDate } from './date.ts'
import { ascii } from './text.ts'

function parse(text: string): number | null {
  const b = ascii(`<<${text}>>`)
  return parseHttpDate(b, 2, b.length - 2)
}

test('the three formats of RFC 9110 §5.6.7', () => {
  const seconds = Date.UTC(1994, 10, 6, 8, 49, 37) / 1000
  expect(parse('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(seconds)
  expect(parse('Sunday, 06-Nov-94 08:49:37 GMT')).toBe(seconds)
  expect(parse('Sun Nov  6 08:49:37 1994')).toBe(seconds)
  expect(parse('Wednesday, 10-Aug-08 02:27:08 GMT')).toBe(Date.UTC(2008, 7, 10, 2, 27, 8) / 1000)
  expect(parse('Sat, 31 Dec 2016 23:59:60 GMT')).toBe(Date.UTC(2017, 0, 1) / 1000)
})

test('any second from year 0 to 9999 comes back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62167219200, max: 253402300799 }), (seconds) => {
      expect(parse(new Date(seconds * 1000).toUTCString().replace(/ -(\d+) /, ' $1 '))).toBe(seconds)
    }),
    { seed: 1, numRuns: 500 },
  )
})

test.each([
  '',
  'now',
  'Sun, 06 Nov 1994 08:49:37 CET',
  'Sun, 06 Nop 1994 08:49:37 GMT',
  'Sun, 00 Nov 1994 08:49:37 GMT',
  'Sun, 32 Nov 1994 08:49:37 GMT',
  'Sun, 06 Nov 1994 24:49:37 GMT',
  'Sun, 06 Nov 1994 08:60:37 GMT',
  'Sun, 06 Nov 1994 08-49-37 GMT',
  'Sun, 06 Nov 199x 08:49:37 GMT',
  'Sun Nov  6 08:49:37 19941',
  'Sunday, 06-Nov-9x 08:49:37 GMT',
  '0',
])('%j is no date', (text) => {
  expect(parse(text)).toBeNull()
})
