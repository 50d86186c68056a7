import { compareWithTcpdump } from './against-tcpdump.ts'
import type { BenchOptions } from './table.ts'

/** The table `print`: tcpdump's text of a capture. */
export async function benchPrint(options: BenchOptions): Promise<number> {
  const sinks = ['null', 'pipe'] as const
  return compareWithTcpdump(
    'text printed',
    [
      { what: '-n', capture: 'mixed', words: ['-n'], sinks, must: 0.3, aim: 0.12 },
      { what: '-n', capture: 'conns', words: ['-n'], sinks, must: 0.12, aim: 0.05 },
      // Behind a last line of HTTP without a line break 4.99.3 still said that it was cut.
      { what: '-nvvX', capture: 'conns', words: ['-nvvX'], comparedWords: ['-nX'], sinks, must: 0.2, aim: 0.05 },
    ],
    options,
  )
}
