import { execFile } from 'node:child_process'
import type { BpfProgram } from '../../packages/core/src/filter/bpf.ts'
import { compileFilter } from '../../packages/core/src/filter/compile.ts'
import { FilterError } from '../../packages/core/src/filter/error.ts'
import { runBpf } from '../../packages/core/src/filter/interpret.ts'
import type { FilterNames } from '../../packages/core/src/filter/names.ts'
import { parseDecimals } from './disassembly.ts'
import { randomExpression, randomFrom } from './expressions.ts'
import { randomPacket } from './packets.ts'

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

interface Outcome {
  draws: number
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
const AT_ONCE = 4

/** Draws expressions; each is compiled by the installed tcpdump and by us, and both programs run over the same packets. */
export async function compareWithTcpdump(seed: number, draws: number, names: FilterNames): Promise<Outcome> {
  const random = randomFrom(seed)
  const packets = new Map(
    LINKS.map(([, link]) => [link, Array.from({ length: PACKETS_PER_LINK }, () => randomPacket(random, link))]),
  )
  const outcome: Outcome = {
    draws,
    accepted: 0,
    ours: 0,
    theirs: 0,
    packets: 0,
    matches: 0,
    unnoticed: 0,
    differences: [],
  }
  const work = Array.from({ length: draws }, () => {
    const link = LINKS[Math.floor(random() * LINKS.length)]
    return { link, expression: randomExpression(random) }
  })
  const worker = async (): Promise<void> => {
    for (let draw = work.pop(); draw !== undefined; draw = work.pop()) {
      const { link, expression } = draw
      const theirs = await tcpdumpVerdict(link[0], expression)
      compareOne(link, expression, theirs, names, packets.get(link[1])!, outcome)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return outcome
}

function compareOne(
  [name, link]: readonly [string, number],
  expression: string,
  theirs: Verdict,
  names: FilterNames,
  packets: readonly Uint8Array[],
  outcome: Outcome,
): void {
  const differ = (what: string) => outcome.differences.push(`${name} ${JSON.stringify(expression)}: ${what}`)
  const ours = ourVerdict(link, expression, names, true)
  if ('message' in theirs || 'message' in ours) {
    const words = (verdict: Verdict) => ('message' in verdict ? verdict.message : 'accepted')
    if ('program' in theirs && words(ours) === 'expression rejects all packets') {
      if (packets.every((packet) => runBpf(theirs.program, packet, 0, packet.length, packet.length) === 0)) {
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
    const expected = runBpf(theirs.program, packet, 0, packet.length, packet.length)
    const found = runBpf(ours.program, packet, 0, packet.length, packet.length)
    outcome.packets++
    if (expected !== 0) outcome.matches++
    if (expected === found) continue
    differ(`tcpdump ${expected}, we ${found} for ${Buffer.from(packet).toString('hex')}`)
    return
  }
}
