/** Connections and HTTP exchanges of a large capture: `explain --json --types summary` beside the analysers of peers.ts. */

import { spawn, spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { beginningOf, type CaptureName, largeCapture, passingCapture } from './captures.ts'
import { writeLiveConnections } from './live-connections.ts'
import { build, launchedNode, launcher, printMachine } from './machine.ts'
import { measure, measureInTurn, type Run } from './measure.ts'
import { analysers, type Peer } from './peers.ts'
import { type BenchOptions, brief, type Cell, median, megabytes, printTable } from './table.ts'

const captures: readonly CaptureName[] = ['mixed', 'conns']

/** Bounds on ourselves. */
const MAX_RESIDENT_BYTES = 90e6
const MAX_BYTES_PER_CONNECTION = 400
const MAX_GROWTH_PER_PACKET = 1.1
const MAX_GROWTH_OF_MEMORY = 1.1
const MAX_START_MS = 40
const FEW_PACKETS = 1_000_000
/** Of conns: eight packets each. */
const PACKETS_OF_4K_CONNECTIONS = 32_000
const LIVE_CONNECTIONS = [200_000, 400_000] as const
const STARTS = 15

/** The summary line as far as it is compared. */
interface Summary {
  readonly packets: number
  readonly conversations: number
  readonly exchanges: number
  readonly truncated: unknown
}

const explain = (path: string): Run => measure([launcher, 'explain', '--json', '--types', 'summary', path])

const summaryOf = ({ stdout }: Run): Summary => JSON.parse(stdout)

/** Rows of the tables, and how many bounds were missed. */
class Results {
  readonly speed: Cell[][] = []
  readonly bounds: Cell[][] = []
  readonly counts: Cell[][] = []
  missed = 0

  verdict(isReached: boolean): string {
    if (!isReached) this.missed++
    return isReached ? 'reached' : 'MISSED'
  }

  bound(what: string, value: number, unit: string, must: number, how: string): void {
    this.bounds.push([what, `${brief(value)}${unit}`, `≤ ${must}${unit}`, this.verdict(value <= must), how])
  }

  agree(what: string, capture: string, ours: number, theirs: number, peer: string): void {
    this.counts.push([what, capture, ours, theirs, peer, ours === theirs ? 'agree' : this.verdict(false)])
  }
}

/** The table `analyse`. */
export async function benchAnalyse({ runs, only }: BenchOptions): Promise<number> {
  const wanted = (part: string): boolean => part.includes(only)
  build()
  const present = analysers.filter(({ version }) => version !== null)
  printMachine(Object.fromEntries(analysers.map(({ name, version }) => [name, version])))
  const results = new Results()
  for (const name of captures) {
    for (const packets of new Set(present.map((peer) => peer.packets))) {
      const peers = present.filter((peer) => peer.packets === packets && wanted(`${peer.name} ${name}`))
      if (peers.length > 0) await compare(name, packets, peers, runs, results)
    }
  }
  if (wanted('memory')) measureMemory(results)
  if (wanted('linearity')) measureLinearity(runs, results)
  if (wanted('live connections')) measureLiveConnections(results)
  if (wanted('start')) measureStart(results)
  for (const { name } of analysers.filter(({ version }) => version === null)) {
    console.log(`${name} is not installed, so it is not measured (scripts/debian-packages --bench)`)
    results.missed++
  }
  printResults(results, runs)
  return results.missed
}

function printResults({ speed, bounds, counts, missed }: Results, runs: number): void {
  printTable(
    `connections + HTTP exchanges: CPU seconds of whole processes in turn, median of ${runs}; ratio ours/peer of each round; resident MB`,
    ['peer', 'capture', 'packets', 'ours', 'peer', 'ratio', 'min–max', 'must', 'aim', '', 'ours MB', 'peer MB'],
    speed,
  )
  printTable('bounds on ourselves', ['what', 'measured', 'must', '', 'how'], bounds)
  printTable('what was counted', ['what', 'capture', 'ours', 'peer', 'by', ''], counts)
  console.log(missed === 0 ? '\nall bounds reached' : `\n${missed} missed`)
}

/** Ours and the peers on the same bytes. A peer too slow for the whole gets a beginning, and so do we: start-up then
 *  weighs more on our side. */
async function compare(
  name: CaptureName,
  packets: number | null,
  peers: readonly Peer[],
  runs: number,
  results: Results,
): Promise<void> {
  const whole = largeCapture(name)
  const path = packets === null ? whole : beginningOf(whole, packets)
  console.error(`measuring ${peers.map((peer) => peer.name).join(', ')} on ${name} …`)
  // Once, so that all find the file in memory.
  const summary = summaryOf(explain(path))
  const [ours, ...theirs] = measureInTurn([() => explain(path), ...peers.map((peer) => () => peer.run(path))], runs)
  for (const [i, peer] of peers.entries()) {
    const ratios = theirs[i].map((run, round) => ours[round].cpuSeconds / run.cpuSeconds)
    const ratio = median(ratios)
    results.speed.push([
      peer.name,
      name,
      summary.packets,
      brief(median(ours.map((run) => run.cpuSeconds))),
      brief(median(theirs[i].map((run) => run.cpuSeconds))),
      brief(ratio),
      `${brief(Math.min(...ratios))}–${brief(Math.max(...ratios))}`,
      peer.must,
      peer.aim,
      results.verdict(ratio <= peer.must),
      megabytes(Math.max(...ours.map((run) => run.residentBytes))),
      megabytes(Math.max(...theirs[i].map((run) => run.residentBytes))),
    ])
    await compareCounts(peer, theirs[i][0], path, name, results)
  }
}

/** True first: a program that is fast and counts wrongly would be of no use. */
async function compareCounts(peer: Peer, run: Run, path: string, capture: string, results: Results): Promise<void> {
  const theirs = peer.count(run)
  if (theirs.conversations !== undefined)
    results.agree('conversations', capture, summaryOf(explain(path)).conversations, theirs.conversations, peer.name)
  if (theirs.requests === undefined && theirs.wholeResponses === undefined && theirs.messages === undefined) return
  const ours = await countMessages(path)
  if (theirs.requests !== undefined) results.agree('requests', capture, ours.requests, theirs.requests, peer.name)
  if (theirs.wholeResponses !== undefined)
    results.agree('whole responses', capture, ours.wholeResponses, theirs.wholeResponses, peer.name)
  if (theirs.messages !== undefined)
    results.agree('requests + responses', capture, ours.requests + ours.responses, theirs.messages, peer.name)
}

/** What the exchange lines hold. They are longer together than a string may be. */
async function countMessages(path: string): Promise<{ requests: number; responses: number; wholeResponses: number }> {
  const child = spawn(launcher, ['explain', '--json', '--types', 'exchange', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const counts = { requests: 0, responses: 0, wholeResponses: 0 }
  // A quote within a value is escaped, so neither can be part of one.
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('"request":{')) counts.requests++
    if (!line.includes('"response":{')) continue
    counts.responses++
    if (line.includes('"complete":true')) counts.wholeResponses++
  }
  return counts
}

function measureMemory(results: Results): void {
  for (const name of captures)
    results.bound(
      `resident, ${name}`,
      explain(largeCapture(name)).residentBytes / 1e6,
      ' MB',
      MAX_RESIDENT_BYTES / 1e6,
      'while streaming the whole capture',
    )
  const conns = largeCapture('conns')
  const few = explain(beginningOf(conns, PACKETS_OF_4K_CONNECTIONS))
  const many = explain(conns)
  results.bound(
    'memory, connections one after another',
    many.residentBytes / few.residentBytes,
    '',
    MAX_GROWTH_OF_MEMORY,
    `${summaryOf(many).conversations} connections ${megabytes(many.residentBytes)} MB, the first ${summaryOf(few).conversations} ${megabytes(few.residentBytes)} MB`,
  )
}

function measureLinearity(runs: number, results: Results): void {
  const whole = largeCapture('mixed')
  const beginning = beginningOf(whole, FEW_PACKETS)
  const [all, few] = measureInTurn([() => explain(whole), () => explain(beginning)], runs)
  const perPacket = (run: Run): number => run.cpuSeconds / summaryOf(run).packets
  results.bound(
    'CPU a packet, 4 M : 1 M packets',
    median(all.map((run, round) => perPacket(run) / perPacket(few[round]))),
    '',
    MAX_GROWTH_PER_PACKET,
    `mixed: ${brief(median(all.map(perPacket)) * 1e6)} µs and ${brief(median(few.map(perPacket)) * 1e6)} µs a packet`,
  )
}

/** What one more open connection costs: the difference of two captures, so that all else drops out. */
function measureLiveConnections(results: Results): void {
  for (const withExchange of [false, true]) {
    const [few, many] = LIVE_CONNECTIONS.map((connections) => {
      const path = passingCapture(`live-${connections}`)
      try {
        writeLiveConnections(path, connections, withExchange)
        const run = explain(path)
        const found = summaryOf(run)
        const exchanges = withExchange ? connections : 0
        if (found.conversations !== connections || found.exchanges !== exchanges)
          throw new Error(
            `${connections} connections were written; ${found.conversations} with ${found.exchanges} exchanges found`,
          )
        return run.residentBytes
      } finally {
        rmSync(path, { force: true })
      }
    })
    results.bound(
      `a live connection${withExchange ? ' after one exchange' : ''}`,
      (many - few) / (LIVE_CONNECTIONS[1] - LIVE_CONNECTIONS[0]),
      ' B',
      MAX_BYTES_PER_CONNECTION,
      `${LIVE_CONNECTIONS[1]} open connections ${megabytes(many)} MB, ${LIVE_CONNECTIONS[0]} ${megabytes(few)} MB`,
    )
  }
}

/** Wall time, as a person feels it. */
function measureStart(results: Results): void {
  const node = launchedNode()
  const time = (program: string, ...args: string[]): number => {
    const began = performance.now()
    const { status } = spawnSync(program, args, { stdio: 'ignore' })
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed`)
    return performance.now() - began
  }
  const ours: number[] = []
  const bare: number[] = []
  for (let i = 0; i < STARTS; i++) {
    bare.push(time(node, '-e', '0'))
    ours.push(time(launcher, '--version'))
  }
  results.bound(
    'start-up above a bare Node',
    median(ours.map((ms, i) => ms - bare[i])),
    ' ms',
    MAX_START_MS,
    `wiretale --version ${brief(median(ours))} ms, node -e 0 ${brief(median(bare))} ms; median of ${STARTS} pairs`,
  )
}
