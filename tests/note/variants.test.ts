import { describe, expect, it } from 'vitest'
import { describeVariants, VARIANTS, variants } from './check.ts'
import { expectReport, SNAPLEN } from './expected.ts'
import { expectText } from './expected-text.ts'
import { explain } from './explain.ts'
import { makeVariant, type Variant } from './generator.ts'
import { findLeftovers } from './leftovers.ts'
import { pcapOf } from './wire.ts'

/** The note's connection with every value drawn anew, as captures: all statements must follow. */

const snaplens = { whole: 262_144, cut: SNAPLEN }

for (const kind of ['whole', 'cut'] as const) {
  describeVariants({
    name: `${kind} capture`,
    // Byte order and resolution take turns.
    source: (v) => ({ kind, nanoseconds: v.seed % 4 < 2 }),
    bytes: (v) => pcapOf(v, { nanoseconds: v.seed % 4 < 2, little: v.seed % 2 === 0, snaplen: snaplens[kind] }),
  })
}

it.each(['whole', 'cut'] as const)('a %s capture says the same in either byte order and resolution', (kind) => {
  for (const v of variants.slice(0, 20)) {
    const micros = { ...v, times: v.times.map((time) => time - (time % 1000n)) }
    const [first, ...others] = [false, true].flatMap((nanoseconds) =>
      [false, true].map(
        (little) => explain(pcapOf(micros, { nanoseconds, little, snaplen: snaplens[kind] }), 'en').json,
      ),
    )
    expect(others).toEqual([first, first, first])
  }
})

describe('the generator', () => {
  it('draws every kind of variant', () => {
    const share = (is: (v: Variant) => boolean): number => variants.filter(is).length
    const kinds: Record<string, (v: Variant) => boolean> = {
      IPv6: (v) => v.client.address.length === 16,
      'closed by the server': (v) => v.closer === 'server',
      'time stamps': (v) => v.hasTimestamps,
      'numbers that wrap': (v) => v.server.isn + v.response.head.length + v.response.body.length > 2 ** 32,
      'past midnight': (v) => v.times[0] / 86_400_000_000_000n < v.times[10] / 86_400_000_000_000n,
      'idle for long': (v) => v.times[8] - v.times[6] > 1_000_000_000n,
      'HTTP/1.0': (v) => v.request.minor === 0,
      'without keep-alive': (v) => v.offered === null,
      'with a secret': (v) => v.secrets.length > 0,
      'an unusual port': (v) => ![8080, 8000, 3128, 8888].includes(v.server.port),
      'a body in the request': (v) => v.request.body !== '',
    }
    for (const [name, is] of Object.entries(kinds)) {
      expect(share(is), name).toBeGreaterThan(10)
      expect(
        share((v) => !is(v)),
        `not ${name}`,
      ).toBeGreaterThan(10)
    }
    const localDay = (v: Variant, i: number): number =>
      Math.floor((Number(v.times[i]) / 1e9 + v.zoneMinutes * 60) / 86_400)
    expect(share((v) => localDay(v, 0) !== localDay(v, 10))).toBeGreaterThan(5)
    expect(new Set(variants.map((v) => JSON.stringify([v.client.text, v.client.port, v.request.head]))).size).toBe(
      VARIANTS,
    )
    expect(makeVariant(7)).toEqual(makeVariant(7))
  })

  it("would not take one variant's report for another's", () => {
    for (const [i, v] of variants.slice(1, 40).entries()) {
      const source = { kind: 'whole', nanoseconds: true } as const
      const report = explain(pcapOf(variants[i], { nanoseconds: true, little: true, snaplen: snaplens.whole }), 'en')
      expect(() => expectReport(v, source, report)).toThrow()
      expect(() => expectText(v, source, report, 'en')).toThrow()
    }
  })

  it('would see what was left over', () => {
    const left = [
      '"bytes":611,',
      '1,302 字节',
      '10.1.9.11:58384',
      ' 192.168.64.71:80 ',
      'after 9.96 s',
      '[1,612]',
      'GET /',
    ]
    for (const text of left) expect(findLeftovers(text), text).not.toEqual([])
    for (const text of ['10:16:11.000611 #6', '0.974', '3 h 2 min', '1,234'])
      expect(findLeftovers(text), text).toEqual([])
  })
})
