/** The same words given to wiretale and to tcpdump: their CPU time in pairs, and whether they write the same. */
import { type CaptureName, largeCapture } from './captures.ts'
import { build, launcher, printMachine, versionOf } from './machine.ts'
import { digestOutput, measure, measureInTurn, type Sink } from './measure.ts'
import { type BenchOptions, brief, type Cell, median, megabytes, printTable } from './table.ts'

export interface TcpdumpTask {
  /** Row of the table. */
  readonly what: string
  readonly capture: CaptureName
  /** Words of the command line beside `-r FILE`. */
  readonly words: readonly string[]
  /** Words whose output is compared, where that of `words` differs between versions of tcpdump. */
  readonly comparedWords?: readonly string[]
  readonly sinks: readonly Sink[]
  /** ours/tcpdump in CPU time that has to be reached, and that is aimed at. */
  readonly must: number
  readonly aim: number
}

/** Measures, prints, and returns the number of bounds missed. */
export function compareWithTcpdump(title: string, tasks: readonly TcpdumpTask[], { runs, only }: BenchOptions): number {
  const version = versionOf('tcpdump', '--version')
  if (version === null) {
    console.log('tcpdump is not installed, so nothing is measured (scripts/debian-packages)')
    return tasks.length
  }
  build()
  printMachine({ tcpdump: version })
  const rows: Cell[][] = []
  let missed = 0
  const verdict = (isReached: boolean): string => {
    if (!isReached) missed++
    return isReached ? 'reached' : 'MISSED'
  }
  for (const { what, capture, words, comparedWords = words, sinks, must, aim } of tasks) {
    if (!`${what} ${capture}`.includes(only)) continue
    const path = largeCapture(capture)
    console.error(`measuring ${what} of ${capture} …`)
    const ours = [launcher, '-r', path, ...words]
    const theirs = ['tcpdump', '-r', path, ...words]
    // It also makes sure that all find the file in memory.
    const isSame =
      digestOutput([launcher, '-r', path, ...comparedWords]) === digestOutput(['tcpdump', '-r', path, ...comparedWords])
    for (const sink of sinks) {
      const [our, their] = measureInTurn([() => measure(ours, sink), () => measure(theirs, sink)], runs)
      const ratios = our.map(({ cpuSeconds }, round) => cpuSeconds / their[round].cpuSeconds)
      const ratio = median(ratios)
      rows.push([
        what,
        capture,
        sink,
        brief(median(our.map(({ cpuSeconds }) => cpuSeconds))),
        brief(median(their.map(({ cpuSeconds }) => cpuSeconds))),
        brief(ratio),
        `${brief(Math.min(...ratios))}–${brief(Math.max(...ratios))}`,
        must,
        aim,
        verdict(ratio <= must),
        isSame ? 'identical' : verdict(false),
        megabytes(Math.max(...our.map(({ residentBytes }) => residentBytes))),
      ])
    }
  }
  printTable(
    `${title}: CPU seconds of whole processes in turn, median of ${runs}; ratio ours/tcpdump of each round; resident MB`,
    ['task', 'capture', 'to', 'ours', 'tcpdump', 'ratio', 'min–max', 'must', 'aim', '', 'output', 'ours MB'],
    rows,
  )
  return missed
}
