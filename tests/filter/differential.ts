import { execFile } from 'node:child_process'
import type { BpfProgram } from '../../packages/core/src/filter/bpf.ts'
import { compileFilter } from '../../packages/core/src/filter/compile.ts'
import { FilterError } from '../../packages/core/src/filter/error.ts'
import { runBpf } from '../../packages/core/src/filter/interpret.ts'
import type { FilterNames } from '../../packages/core/src/filter/names.ts'
import { loadCapture } from '../support/analysis.ts'
import { type Command, start } from '../support/command.ts'
import { parseDecimals } from './disassembly.ts'
import { pick, type Random, randomExpression, randomFrom } from './expressions.ts'
import { randomPacket } from './packets.ts'
import { readsUnwrittenScratch } from './scratch.ts'

/** tcpdump's names of link types, and their numbers in files. */
const LINKS: readonly (readonly [name: string, number: number])[] = [
  ['EN10MB', 1],
  ['EN10MB', 1],
  ['EN10MB', 1],
  ['EN10MB', 1],
  ['RAW', 101],
  ['IPV4', 228],
  ['IPV6', 229],
  ['LINUX_SLL', 113],
  ['LINUX_SLL2', 276],
  ['NULL', 0],
  ['LOOP', 108],
  ['PPP', 9],
]

/** What tcpdump makes of an expression: its program, or its message. */
type Verdict = { readonly program: BpfProgram } | { readonly message: string }

function tcpdumpVerdict(link: string, expression: string): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const words = ['-ddd', '-s', '262144', '-y', link, '--', expression]
    execFile('tcpdump', words, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) resolve({ program: parseDecimals(stdout) })
      else if (error.code === 1) resolve({ message: stderr.replace(/^(tcpdump: WARNING.*\n)?tcpdump: /, '').trimEnd() })
      else reject(error)
    })
  })
}

function ourVerdict(link: number, expression: string, names: FilterNames, optimize: boolean): Verdict {
  try {
    return compileFilter(expression, { link, snaplen: 262144, optimize, netmask: 0, names })
  } catch (error) {
    if (error instanceof FilterError) return { message: error.message.trimEnd() }
    throw error
  }
}

/** A packet as both programs get it. */
interface Packet {
  readonly bytes: Uint8Array
  readonly wireBytes: number
}

interface TestCapture {
  readonly path: string
  readonly link: number
  readonly packets: readonly Packet[]
}

interface Outcome {
  draws: number
  /** Expressions with which both commands counted a capture's packets. */
  counted: number
  /** Expressions for which that was left out: tcpdump's answer hangs on what lay on its stack. */
  undefined: number
  accepted: number
  /** Instructions of all programs that both accept. */
  ours: number
  theirs: number
  /** Packets that ran through both. */
  packets: number
  matches: number
  /** Expressions that match nothing, which we say, and tcpdump does not notice. */
  unnoticed: number
  readonly differences: string[]
}

const PACKETS_PER_LINK = 400
const CAPTURES_PER_DRAW = 3
const PACKETS_PER_CAPTURE = 200
/** Every so many draws both commands count the packets of a capture. */
const DRAWS_PER_COUNT = 20
const AT_ONCE = 4

function readCaptures(paths: readonly string[]): TestCapture[] {
  return paths.flatMap((path) => {
    const { records } = loadCapture(path)
    if (records.length === 0) return []
    const packets = records
      .slice(0, PACKETS_PER_CAPTURE)
      .map(({ bytes, at, end, wireBytes }) => ({ bytes: bytes.slice(at, end), wireBytes }))
    return [{ path, link: records[0].link, packets }]
  })
}

function generatedPackets(random: Random, link: number): Packet[] {
  return Array.from({ length: PACKETS_PER_LINK }, () => {
    const bytes = randomPacket(random, link)
    return { bytes, wireBytes: bytes.length }
  })
}

export interface Comparison {
  readonly seed: number
  readonly draws: number
  readonly names: FilterNames
  /** Paths of pcap files; packets of some of them, of the draw's link type, run through both programs of each draw. */
  readonly captures: readonly string[]
  readonly command: Command
}

/** Draws expressions; each is compiled by the installed tcpdump and by us, and both programs run over the same packets:
 *  generated ones, many of them cut short, and captured ones. */
export async function compareWithTcpdump({ seed, draws, names, captures, command }: Comparison): Promise<Outcome> {
  const random = randomFrom(seed)
  const generated = new Map(LINKS.map(([, link]) => [link, generatedPackets(random, link)]))
  const read = readCaptures(captures)
  const ofLink = new Map(LINKS.map(([, link]) => [link, read.filter((capture) => capture.link === link)]))
  const outcome: Outcome = {
    draws,
    counted: 0,
    undefined: 0,
    accepted: 0,
    ours: 0,
    theirs: 0,
    packets: 0,
    matches: 0,
    unnoticed: 0,
    differences: [],
  }
  const work = Array.from({ length: draws }, (_, i) => {
    const link = pick(random, LINKS)
    const candidates = ofLink.get(link[1])!
    const some =
      candidates.length === 0 ? [] : Array.from({ length: CAPTURES_PER_DRAW }, () => pick(random, candidates))
    return { link, expression: randomExpression(random), captures: some, counts: i % DRAWS_PER_COUNT === 0 }
  })
  const worker = async (): Promise<void> => {
    for (let draw = work.pop(); draw !== undefined; draw = work.pop()) {
      const { link, expression } = draw
      const theirs = await tcpdumpVerdict(link[0], expression)
      const packets = [...generated.get(link[1])!, ...draw.captures.flatMap((capture) => capture.packets)]
      compareOne(link, expression, theirs, names, packets, outcome)
      if (!draw.counts || read.length === 0) continue
      if ('program' in theirs && readsUnwrittenScratch(theirs.program)) outcome.undefined++
      else await compareCounts(expression, draw.captures[0] ?? read[0], command, outcome)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return outcome
}

/** What both commands say with --count: exit code, count, and why they refuse. */
async function compareCounts(
  expression: string,
  { path }: TestCapture,
  command: Command,
  outcome: Outcome,
): Promise<void> {
  const args = ['-Z', 'root', '-n', '-r', path, '--count', '--', expression]
  const [theirs, ours] = await Promise.all([start('tcpdump', args), command.runAsTcpdump(args)])
  const shown = ({ code, out, err }: typeof ours) => JSON.stringify([code, out.toString(), err])
  outcome.counted++
  if (shown(theirs) === shown(ours)) return
  outcome.differences.push(`--count ${path} ${JSON.stringify(expression)}: tcpdump ${shown(theirs)}, we ${shown(ours)}`)
}

function compareOne(
  [name, link]: readonly [string, number],
  expression: string,
  theirs: Verdict,
  names: FilterNames,
  packets: readonly Packet[],
  outcome: Outcome,
): void {
  const differ = (what: string) => outcome.differences.push(`${name} ${JSON.stringify(expression)}: ${what}`)
  const ours = ourVerdict(link, expression, names, true)
  if ('message' in theirs || 'message' in ours) {
    const words = (verdict: Verdict) => ('message' in verdict ? verdict.message : 'accepted')
    if ('program' in theirs && words(ours) === 'expression rejects all packets') {
      if (packets.every((packet) => run(theirs.program, packet) === 0)) {
        outcome.unnoticed++
        return
      }
    }
    if (words(theirs) !== words(ours)) differ(`tcpdump: ${words(theirs)}; we: ${words(ours)}`)
    return
  }
  outcome.accepted++
  outcome.ours += ours.program.length
  outcome.theirs += theirs.program.length
  for (const packet of packets) {
    const expected = run(theirs.program, packet)
    const found = run(ours.program, packet)
    outcome.packets++
    if (expected !== 0) outcome.matches++
    if (expected === found) continue
    differ(`tcpdump ${expected}, we ${found} for ${Buffer.from(packet.bytes).toString('hex')}`)
    return
  }
}

function run(program: BpfProgram, { bytes, wireBytes }: Packet): number {
  return runBpf(program, bytes, 0, bytes.length, wireBytes)
}
