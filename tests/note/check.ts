import { describe, expect, it } from 'vitest'
import { expectReport, type Source } from './expected.ts'
import { expectText, WIDE } from './expected-text.ts'
import { explain, type Lang } from './explain.ts'
import { makeVariant, type Variant } from './generator.ts'
import { findLeftovers } from './leftovers.ts'

/** Holds the reports on all variants against what was drawn. */

export const VARIANTS = 200
export const variants: readonly Variant[] = Array.from({ length: VARIANTS }, (_, i) => makeVariant(i + 1))

/** A way to give a variant to the program. */
export interface Input {
  readonly name: string
  source(v: Variant): Source
  bytes(v: Variant): Uint8Array
}

/** The first failed expectation of each variant: which variants fail says more than one of them in full. */
function failures(check: (v: Variant) => void): string[] {
  return variants.flatMap((v) => {
    try {
      check(v)
      return []
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const { actual, expected } = error as { actual?: unknown; expected?: unknown }
      return [`seed ${v.seed}: ${error.message} ${differences(actual, expected).join('; ')}`]
    }
  })
}

function differences(actual: unknown, expected: unknown, path = ''): string[] {
  if (typeof actual === 'object' && typeof expected === 'object' && actual !== null && expected !== null) {
    const keys = new Set([...Object.keys(actual), ...Object.keys(expected)])
    return [...keys].flatMap((key) =>
      differences(actual[key as keyof typeof actual], expected[key as keyof typeof expected], `${path}.${key}`),
    )
  }
  return Object.is(actual, expected) ? [] : [`${path} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`]
}

/** Addresses are told apart from the rest: groups of IPv6 are numbers too. */
function withoutOwnNames(v: Variant, text: string): string {
  return text.replaceAll(v.client.text, 'CLIENT').replaceAll(v.server.text, 'SERVER')
}

/** Declares the suite of one kind of input. */
export function describeVariants({ name, source, bytes }: Input): void {
  describe(name, () => {
    it('every line follows the values of every variant', () => {
      expect(failures((v) => expectReport(v, source(v), explain(bytes(v), 'en')))).toEqual([])
    })

    it.each<Lang>(['en', 'zh'])('the text follows them too, and nothing is left over from the note: %s', (lang) => {
      const found = failures((v) => {
        const report = explain(bytes(v), lang)
        expectText(v, source(v), report, lang)
        const whole = withoutOwnNames(v, report.json + report.text(WIDE))
        expect(findLeftovers(whole, [report.summary.bytes])).toEqual([])
      })
      expect(found).toEqual([])
    })
  })
}
