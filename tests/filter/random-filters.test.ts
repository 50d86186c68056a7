import { describe, expect } from 'vitest'
import { findFilterNames } from '../../packages/cli/src/names/filter-names.ts'
import { itNeeds } from '../needs.ts'
import { compareWithTcpdump } from './differential.ts'

/** `npm run test:diff` draws more. */
const DRAWS = Number(process.env.FILTER_DRAWS ?? 250)
const SEED = Number(process.env.FILTER_SEED ?? 20_260_101)

describe('random filters', () => {
  itNeeds(
    ['tcpdump'],
    'accept, refuse and match what the installed tcpdump does',
    async () => {
      const outcome = await compareWithTcpdump(SEED, DRAWS, await findFilterNames(''))
      expect(outcome.differences).toEqual([])
      expect(outcome.unnoticed).toBeLessThanOrEqual(DRAWS / 1000)
      // Enough of them say something.
      expect(outcome.accepted).toBeGreaterThan(DRAWS / 2)
      expect(outcome.matches).toBeGreaterThan(outcome.packets / 20)
      expect(outcome.ours).toBeLessThanOrEqual(outcome.theirs * 1.01)
    },
    DRAWS * 200,
  )
})
