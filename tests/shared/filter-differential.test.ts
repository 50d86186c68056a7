import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { findFilterNames } from '../../packages/cli/src/names/filter-names.ts'
import { compareWithTcpdump } from '../filter/differential.ts'
import { itNeeds, sharedFolder } from '../needs.ts'
import { Command } from '../support/command.ts'

/** `npm run test:diff` draws more. */
const DRAWS = Number(process.env.FILTER_DRAWS ?? 300)
const SEED = Number(process.env.FILTER_SEED ?? 21)

const command = new Command()

function captures(): string[] {
  return ['truth', 'tcpdump/cases'].flatMap((folder) =>
    readdirSync(join(sharedFolder, folder))
      .filter((name) => name.endsWith('.pcap'))
      .map((name) => join(sharedFolder, folder, name)),
  )
}

itNeeds(
  ['tcpdump', 'shared'],
  'random filters take the packets that the installed tcpdump takes, of real captures and of generated ones',
  async () => {
    const names = await findFilterNames('')
    const outcome = await compareWithTcpdump({ seed: SEED, draws: DRAWS, names, captures: captures(), command })
    console.info({ seed: SEED, ...outcome })
    expect(outcome.differences).toEqual([])
    expect(outcome.undefined).toBeLessThanOrEqual(outcome.counted / 10)
    expect(outcome.unnoticed).toBeLessThanOrEqual(DRAWS / 1000)
    expect(outcome.accepted).toBeGreaterThan(DRAWS / 2)
    expect(outcome.matches).toBeGreaterThan(outcome.packets / 20)
  },
  Math.max(60_000, DRAWS * 200),
)
