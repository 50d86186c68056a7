import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConversationLine, StateRecord } from '@wiretale/core'
import { expect, test } from 'vitest'
import { rootFolder } from '../needs.ts'
import { analyseRecords, linesOf, loadCapture } from '../support/analysis.ts'

/** What the kernel did (generate.py): each endpoint's states in order, with times. */
interface Truth {
  endpoints: { side: 'client' | 'server'; local: string; remote: string; seq: [string, string, string][] }[]
  /** Captures of the scenario that packets can decide. */
  views: Record<string, 'full' | 'prefix' | 'suffix' | 'empty'>
  /** Sides whose last CLOSED no packet shows. */
  silentEnds: string[]
  closedFirst: 'client' | 'server' | 'both' | null
}

/** What no rule can tell from the packets, with the reason. */
const UNKNOWABLE: Readonly<Record<string, string>> = {
  'halfclose-then-unread-close-finwait1.server.pcap client':
    'its FIN was lost before the capture; the reset behind it could as well follow one lost byte of data',
}

const folder = join(rootFolder, 'tests/kernel/captures')

function key(end: { address: string; port: number }): string {
  return `${end.address.includes(':') ? `[${end.address}]` : end.address}:${end.port}`
}

/** The end of TIME_WAIT is a timer's: nobody sees it. */
function withoutTimer(states: string[]): string[] {
  return states.at(-1) === 'CLOSED' && states.at(-2) === 'TIME_WAIT' ? states.slice(0, -1) : states
}

function shown(states: readonly StateRecord[]): string[] {
  return withoutTimer(
    states.filter(({ state, packet }) => packet !== null && state !== 'LISTEN').map(({ state }) => state),
  )
}

/** Our states of the endpoint in each of its connections, in order. */
function ourStates(lines: readonly ConversationLine[], local: string, remote: string): string[][] {
  return lines.flatMap((line) => {
    if (key(line.client) === local && key(line.server) === remote) return [shown(line.states.client)]
    if (key(line.server) === local && key(line.client) === remote) return [shown(line.states.server)]
    return []
  })
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.truth.json'))) {
  const name = file.slice(0, -'.truth.json'.length)
  const truth = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Truth
  for (const [view, kind] of Object.entries(truth.views)) {
    const path = join(folder, `${name}.${view}`)
    if (!existsSync(path)) continue
    test(`${name}.${view}: both machines passed the states that the kernel passed`, () => {
      const lines = linesOf(analyseRecords(loadCapture(path)), 'conversation')
      if (kind === 'empty') {
        expect(lines).toEqual([])
        return
      }
      const connections = new Map<string, number>()
      for (const end of truth.endpoints) {
        const pair = `${end.local} ${end.remote}`
        const index = connections.get(pair) ?? 0
        connections.set(pair, index + 1)
        if (`${name}.${view} ${end.side}` in UNKNOWABLE) continue
        const kernel = withoutTimer(end.seq.map(([state]) => state))
        const ours = ourStates(lines, end.local, end.remote)[index] ?? []
        const silent = truth.silentEnds.includes(end.side) && kernel.at(-1) === 'CLOSED' ? kernel.slice(0, -1) : kernel
        const expected = ours.length === silent.length ? silent : kernel
        if (kind === 'full') expect(ours, end.side).toEqual(expected)
        else if (kind === 'prefix') expect(ours, end.side).toEqual(kernel.slice(0, Math.max(2, ours.length)))
        else expect(ours, end.side).toEqual(kernel.slice(-Math.max(2, ours.length)))
      }
      for (const [pair, count] of connections) {
        const [local, remote] = pair.split(' ')
        expect(ourStates(lines, local, remote).length, pair).toBe(count)
      }
      if (truth.closedFirst !== null && lines.length === 1) expect(lines[0].closedFirst).toBe(truth.closedFirst)
    })
  }
}
