import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { build, launchedNode, printMachine, root, versionOf } from './machine.ts'
import { type BenchOptions, brief, median, printTable } from './table.ts'

/** Packets per second, rising by a quarter. */
const RATES = Array.from({ length: 12 }, (_, i) => Math.round(40 * 1.25 ** i) * 1000)
const SECONDS = 2
/** Until the last packets have been written. */
const SETTLE_MS = 1500
const MUST_RATE = 0.9
const DELAY_RATE = 1000
const MUST_DELAY_MS = 150
const HERTZ = 100

type Name = 'tcpdump' | 'wiretale'

/** How a program did at a rate. */
interface Trial {
  readonly name: Name
  /** Packets per second that were really sent. */
  readonly rate: number
  readonly lost: number
  /** User and system, microseconds a packet, without the start. */
  readonly cpuMicros: number
}

/** The table `live`: packets from an interface into a file, beside tcpdump, and the delay of a printed line. */
export async function benchLive(options: BenchOptions): Promise<number> {
  if (process.getuid?.() !== 0) throw new Error('live captures need root')
  build()
  printMachine({ tcpdump: versionOf('tcpdump', '--version') })
  const network = new Namespaces()
  try {
    const missed = await compareRates(network, options.runs)
    return missed + (await measureDelay(network))
  } finally {
    network.close()
  }
}

/** Two namespaces with a cable between them. What is sent from one is for nobody in the other. */
class Namespaces {
  readonly sender = `wiretale-bench-a${process.pid}`
  readonly receiver = `wiretale-bench-b${process.pid}`

  constructor() {
    const { sender, receiver } = this
    ip('netns', 'add', sender)
    ip('netns', 'add', receiver)
    ip('-n', sender, 'link', 'add', 'out', 'type', 'veth', 'peer', 'name', 'in', 'netns', receiver)
    ip('-n', sender, 'link', 'set', 'out', 'addrgenmode', 'none', 'arp', 'off')
    ip('-n', receiver, 'link', 'set', 'in', 'addrgenmode', 'none', 'up')
    ip('-n', sender, 'addr', 'add', '192.0.2.1/24', 'dev', 'out')
    ip('-n', sender, 'link', 'set', 'out', 'up')
  }

  /** Resolves to packets sent, and seconds. */
  async send(rate: number, seconds: number): Promise<[number, number]> {
    const generator = join(root, 'bench/live-generator.mjs')
    const words = ['netns', 'exec', this.sender, process.execPath, generator, `${rate}`, `${seconds}`, '192.0.2.9']
    const child = spawn('ip', words, { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (text) => {
      said += text
    })
    await once(child, 'close')
    const [sent, took] = said.trim().split(' ').map(Number)
    return [sent, took]
  }

  /** Starts a program on the receiving interface; resolves once it listens. */
  async capture(name: Name, words: readonly string[]): Promise<Capture> {
    const program = name === 'tcpdump' ? ['tcpdump'] : [launchedNode(), join(root, 'packages/cli/dist/wiretale.cjs')]
    const command = ['netns', 'exec', this.receiver, ...program, '-i', 'in', '-n', ...words]
    const capture = new Capture(spawn('ip', command, { stdio: ['ignore', 'pipe', 'pipe'] }))
    await capture.listens()
    return capture
  }

  close(): void {
    for (const name of [this.sender, this.receiver]) ip('netns', 'del', name)
  }
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] })
}

class Capture {
  readonly child: ChildProcess
  private said = ''

  constructor(child: ChildProcess) {
    this.child = child
    child.stderr?.on('data', (text) => {
      this.said += text
    })
  }

  async listens(): Promise<void> {
    for (let i = 0; !this.said.includes('listening on'); i++) {
      if (i > 1000 || this.child.exitCode !== null) throw new Error(`no capture: ${this.said}`)
      await sleep(10)
    }
    await sleep(300)
  }

  /** Clock ticks of user and system so far. */
  ticks(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return Number(fields[11]) + Number(fields[12])
  }

  /** Ends it; resolves to the packets that it has captured. */
  async end(): Promise<number> {
    const closed = once(this.child, 'close')
    this.child.kill('SIGINT')
    await closed
    return Number(/(\d+) packets? captured/.exec(this.said)?.[1] ?? 0)
  }
}

async function tryRate(network: Namespaces, name: Name, rate: number, file: string): Promise<Trial> {
  const capture = await network.capture(name, ['-B', '65536', '-w', file])
  const before = capture.ticks()
  const [sent, took] = await network.send(rate, SECONDS)
  await sleep(SETTLE_MS)
  const ticks = capture.ticks() - before
  const captured = await capture.end()
  rmSync(file, { force: true })
  return { name, rate: sent / took, lost: sent - captured, cpuMicros: (ticks / HERTZ / captured) * 1e6 }
}

/** Returns the bounds missed. */
async function compareRates(network: Namespaces, runs: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'wiretale-bench-'))
  const best: Record<Name, number> = { tcpdump: 0, wiretale: 0 }
  const rows: string[][] = []
  let senderGaveOut = false
  const isOver: Record<Name, boolean> = { tcpdump: false, wiretale: false }
  try {
    for (const rate of RATES) {
      const trials: Trial[] = []
      for (let run = 0; run < runs; run++)
        for (const name of run % 2 === 0 ? (['tcpdump', 'wiretale'] as const) : (['wiretale', 'tcpdump'] as const))
          if (!isOver[name]) trials.push(await tryRate(network, name, rate, join(folder, 'live.pcap')))
      const row = [`${rate / 1000}`]
      let reached = 0
      for (const name of ['tcpdump', 'wiretale'] as const) {
        const own = trials.filter((trial) => trial.name === name)
        if (own.length === 0) row.push('–', '–')
        else {
          // Other work on the machine makes any program lose: its best run says what it can do.
          const lost = Math.min(...own.map((trial) => trial.lost))
          row.push(`${lost}`, brief(median(own.map(({ cpuMicros }) => cpuMicros))))
          reached = Math.max(reached, ...own.map((trial) => trial.rate))
          if (lost === 0) best[name] = Math.max(best[name], ...own.filter((t) => t.lost === 0).map((t) => t.rate))
          else isOver[name] = true
        }
      }
      rows.push(row)
      if (isOver.tcpdump && isOver.wiretale) break
      senderGaveOut = reached < rate * 0.9
      if (senderGaveOut) break
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const heading = ['1000/s', 'tcpdump lost', 'µs CPU a packet', 'wiretale lost', 'µs CPU a packet']
  printTable(`live: ${SECONDS} s of 200-byte packets, -B 65536 -w FILE`, heading, rows)
  const ratio = best.wiretale / best.tcpdump
  console.log(
    `  without loss: tcpdump ${brief(best.tcpdump / 1000)}, wiretale ${brief(best.wiretale / 1000)} thousand a second; ratio ${brief(ratio)} (must ${MUST_RATE})`,
  )
  if (senderGaveOut) console.log('  the sender could not do more: where nothing was lost, the limit lies higher')
  return ratio >= MUST_RATE ? 0 : 1
}

/** From the time stamp on the wire to the printed line. Returns the bounds missed. */
async function measureDelay(network: Namespaces): Promise<number> {
  const capture = await network.capture('wiretale', ['-tt', '-l'])
  const delays: number[] = []
  const lines = createInterface({ input: capture.child.stdout as NodeJS.ReadableStream })
  lines.on('line', (line) => {
    if (/^\d/.test(line)) delays.push(performance.timeOrigin + performance.now() - Number.parseFloat(line) * 1000)
  })
  await network.send(DELAY_RATE, 2 * SECONDS)
  await sleep(SETTLE_MS)
  await capture.end()
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  printTable(
    `live: from the wire to the printed line at ${DELAY_RATE} packets a second`,
    ['lines', 'median ms', '99 % ms', 'longest ms', 'must ms'],
    [[sorted.length, brief(at(0.5)), brief(at(0.99)), brief(at(1)), MUST_DELAY_MS]],
  )
  return at(1) <= MUST_DELAY_MS ? 0 : 1
}
