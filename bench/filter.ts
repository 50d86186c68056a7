import { compareWithTcpdump, type TcpdumpTask } from './against-tcpdump.ts'
import type { BenchOptions } from './table.ts'

/** The client of all connections, and one of its servers. */
const ALL = '10.99.0.1'
const SOME = '10.99.0.3'

/** The table `filter`: the packets of a host into another capture. */
export async function benchFilter(options: BenchOptions): Promise<number> {
  const task = (capture: TcpdumpTask['capture'], host: string): TcpdumpTask => ({
    what: `-w - 'tcp port 80 and host ${host}'`,
    capture,
    words: ['-w', '-', `tcp port 80 and host ${host}`],
    sinks: ['null', 'pipe'],
    must: 0.55,
    aim: 0.35,
  })
  const tasks = [task('mixed', ALL), task('mixed', SOME), task('conns', ALL), task('conns', SOME)]
  return compareWithTcpdump('filter and write', tasks, options)
}
