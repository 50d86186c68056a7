import { describe, expect } from 'vitest'
import { findFilterNames } from '../../packages/cli/src/names/filter-names.ts'
import { itNeeds } from '../needs.ts'
import { fixtureCaptures } from '../support/analysis.ts'
import { Command } from '../support/command.ts'
import { compareWithTcpdump } from './differential.ts'

/** tests/shared/filter-differential.test.ts draws more, over more captures. */
const DRAWS = 160
const SEED = 20_260_101

describe('random filters', () => {
  const command = new Command()

  itNeeds(['tcpdump'], 'accept, refuse and match what the installed tcpdump does', async () => {
    const names = await findFilterNames('')
    const outcome = await compareWithTcpdump({ seed: SEED, draws: DRAWS, names, captures: fixtureCaptures(), command })
    expect(outcome.differences).toEqual([])
    expect(outcome.unnoticed).toBe(0)
    expect(outcome.counted).toBe(DRAWS / 20)
    // Enough of them say something.
    expect(outcome.accepted).toBeGreaterThan(DRAWS / 2)
    expect(outcome.matches).toBeGreaterThan(outcome.packets / 20)
    expect(outcome.ours).toBeLessThanOrEqual(outcome.theirs * 1.01)
  })
})
