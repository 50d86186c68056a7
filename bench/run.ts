/** `npm run bench -- TABLE… [--check] [--runs N]`: measures the command of this checkout beside its peers, as whole processes. */
import { parseArgs } from 'node:util'
import type { BenchOptions, Table } from './table.ts'

/** Each table is one file. */
const tables: Record<string, { readonly summary: string; readonly load: () => Promise<Table> }> = {
  analyse: {
    summary: 'connections and HTTP exchanges, beside tshark, tcptrace, tcpflow and httpry',
    load: async () => (await import('./analyse.ts')).benchAnalyse,
  },
  count: {
    summary: 'packets of a capture, beside tcpdump',
    load: async () => (await import('./count.ts')).benchCount,
  },
  filter: {
    summary: 'packets of a host into another capture, beside tcpdump',
    load: async () => (await import('./filter.ts')).benchFilter,
  },
  live: {
    summary: 'packets from an interface into a file, beside tcpdump, and the delay of a printed line (root)',
    load: async () => (await import('./live.ts')).benchLive,
  },
  print: {
    summary: "tcpdump's text, beside tcpdump",
    load: async () => (await import('./print.ts')).benchPrint,
  },
}

function usage(): string {
  const names = Object.keys(tables)
  const width = Math.max(...names.map((name) => name.length))
  return [
    'usage: npm run bench -- TABLE… [--check] [--runs N] [--only WORD]',
    '',
    ...names.map((name) => `  ${name.padEnd(width)}  ${tables[name].summary}`),
    '',
    '  --check      exit 1 if a bound is missed',
    '  --runs N     runs of each program, in turn; the median of the ratios counts (default 3)',
    '  --only WORD  only the parts whose name contains it',
    '',
    'The captures come from bench/make-captures (root) and lie in $BENCH_DIR, default bench-captures.',
  ].join('\n')
}

/** Exit code: 0, 1 for a bound missed under --check, 2 for wrong arguments. */
async function main(words: string[]): Promise<number> {
  let given: ReturnType<typeof parse>
  try {
    given = parse(words)
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n\n${usage()}`)
    return 2
  }
  const { values, positionals } = given
  const runs = Number(values.runs)
  const chosen = positionals.map((name) => tables[name])
  if (
    chosen.length === 0 ||
    chosen.includes(undefined as never) ||
    !(Number.isInteger(runs) && runs >= 1 && runs <= 99)
  ) {
    console.error(usage())
    return 2
  }
  const options: BenchOptions = { runs, only: values.only }
  let missed = 0
  for (const table of chosen) missed += await (await table.load())(options)
  return values.check && missed > 0 ? 1 : 0
}

function parse(words: string[]) {
  return parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      runs: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
    },
  })
}

process.exitCode = await main(process.argv.slice(2))
