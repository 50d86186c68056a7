/** The programs that wiretale is measured beside: how each is told to do the task, and what it counts. */
import { join } from 'node:path'
import { versionOf } from './machine.ts'
import { measure, type Run, withScratch } from './measure.ts'

/** What a program says it found. */
export interface Counts {
  readonly conversations?: number
  readonly requests?: number
  /** Those whose body the capture holds to its end. */
  readonly wholeResponses?: number
  /** Requests and responses together. */
  readonly messages?: number
}

export interface Peer {
  readonly name: string
  readonly version: string | null
  /** Packets of a capture that it is given; null for all. */
  readonly packets: number | null
  /** ours/peer in CPU time that has to be reached, and that is aimed at. */
  readonly must: number
  readonly aim: number
  readonly run: (path: string) => Run
  readonly count: (run: Run) => Counts
}

/** Reading the capture and connections with their HTTP exchanges. */
export const analysers: readonly Peer[] = [
  {
    name: 'tshark',
    version: versionOf('tshark', '--version'),
    // Minutes and gigabytes for a whole capture.
    packets: 300_000,
    must: 0.05,
    aim: 0.01,
    run: (path) =>
      measure([
        ...['tshark', '-n', '-r', path, '-Y', 'http', '-T', 'fields', '-e', 'tcp.stream'],
        ...['-e', 'http.request.method', '-e', 'http.response.code'],
      ]),
    count: ({ stdout }) => {
      const rows = stdout.split('\n').map((line) => line.split('\t'))
      // Several messages of one packet come with commas between.
      const values = (column: number): number => {
        let sum = 0
        for (const row of rows) if (row[column]) sum += row[column].split(',').length
        return sum
      }
      return { requests: values(1), wholeResponses: values(2) }
    },
  },
  {
    name: 'tcptrace',
    version: versionOf('tcptrace', '-version'),
    packets: null,
    must: 0.4,
    aim: 0.12,
    run: (path) => measure(['tcptrace', '-n', path]),
    count: ({ stdout }) => ({ conversations: stdout.match(/^ *\d+: .*\(\w+2\w+\)/gm)?.length ?? 0 }),
  },
  {
    name: 'tcpflow',
    version: versionOf('tcpflow', '-V'),
    // It writes a file for each direction of each connection.
    packets: 3_000_000,
    must: 0.2,
    aim: 0.06,
    run: (path) => withScratch((folder) => measure(['tcpflow', '-q', '-r', path, '-o', join(folder, 'flows')])),
    count: () => ({}),
  },
  {
    name: 'httpry',
    version: versionOf('httpry', '-h'),
    packets: null,
    must: 0.5,
    aim: 0.15,
    run: (path) => measure(['httpry', '-r', path, '-o', '/dev/null']),
    count: ({ stderr }) => ({ messages: Number(stderr.match(/(\d+) http packets parsed/)?.[1] ?? 0) }),
  },
]
