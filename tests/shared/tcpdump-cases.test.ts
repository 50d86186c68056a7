import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { needsShared, sharedFolder } from '../needs.ts'
import { printFile, printOptions } from '../support/print.ts'

interface Case {
  readonly name: string
  readonly tier: 'core' | 'near'
  readonly pcap: string
  readonly expected: string
  readonly options: string
  readonly tags: readonly string[]
}

const folder = join(sharedFolder, 'tcpdump')

needsShared("tcpdump's own cases", () => {
  const cases: Case[] = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'))
  const passed = new Map<string, number>()
  const all = new Map<string, number>()
  for (const tier of ['core', 'near'] as const)
    describe(tier, () => {
      for (const one of cases.filter((entry) => entry.tier === tier))
        it(`${one.name}: ${one.options}`, () => {
          for (const tag of [tier, ...one.tags]) all.set(tag, (all.get(tag) ?? 0) + 1)
          const { options, rest } = printOptions(one.options)
          const printed = printFile(join(folder, 'cases', one.pcap), options, rest).toString('latin1')
          expect(printed).toBe(readFileSync(join(folder, 'cases', one.expected), 'latin1'))
          for (const tag of [tier, ...one.tags]) passed.set(tag, (passed.get(tag) ?? 0) + 1)
        })
    })
  afterAll(() => {
    const rows = [...all].map(([tag, count]) => `  ${tag.padEnd(14)} ${passed.get(tag) ?? 0}/${count}`)
    console.log(`cases by tier and tag\n${rows.join('\n')}`)
  })
})
