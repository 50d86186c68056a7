import { compareWithTcpdump } from './against-tcpdump.ts'
import type { BenchOptions } from './table.ts'

/** The table `count`: how many packets a capture has. */
export async function benchCount(options: BenchOptions): Promise<number> {
  const bounds = { words: ['--count'], sinks: ['file'], must: 0.6, aim: 0.35 } as const
  return compareWithTcpdump(
    'packets counted',
    [
      { what: '--count', capture: 'mixed', ...bounds },
      { what: '--count', capture: 'conns', ...bounds },
    ],
    options,
  )
}
