import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SideName } from '@wiretale/core'
import { expect, test } from 'vitest'
import { needsShared, sharedFolder } from '../needs.ts'
import { analyseRecords, linesOf, loadCapture } from '../support/analysis.ts'

/** Kernel: state, Unix time (null: not seen), how it was seen. */
type Transition = [state: string, time: string | null, how: string]

interface Truth {
  name: string
  endpoints: { side: SideName; local: string; remote: string; seq: Transition[] }[]
}

const TOLERANCE_MS = 1

/** What no packet shows the moment of (../shared/design/tcp-inference.md, "Times that the wire does not show"). */
function isExempt(scenario: string, state: string, how: string): boolean {
  // connect() is called before ARP is answered; polling sees a state some time after it began.
  if (state === 'SYN_SENT' || how.includes('poll')) return true
  // The socket comes when the data does.
  if (state === 'ESTABLISHED' && scenario === 'open-defer-accept') return true
  // close() waits behind data in the send buffer.
  if (state === 'FIN_WAIT_1' && /zero-window/.test(scenario)) return true
  // A timer, or the program, ended it before any packet told.
  return state === 'CLOSED' && /timeout|aborts-handshake/.test(scenario)
}

function milliseconds(time: string): number {
  const [seconds, fraction = ''] = time.split('.')
  return (Number(seconds) % 1e6) * 1000 + Number(fraction.padEnd(9, '0').slice(0, 9)) / 1e6
}

const key = (end: { address: string; port: number }): string =>
  `${end.address.includes(':') ? `[${end.address}]` : end.address}:${end.port}`

needsShared('transitions beside the kernel', () => {
  const folder = join(sharedFolder, 'truth')
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.truth.json'))
    .map((name) => name.slice(0, -'.truth.json'.length))
  let compared = 0

  test.each(names)('%s: on the capturing side each is within 1 ms of the kernel', (name) => {
    const truth = JSON.parse(readFileSync(join(folder, `${name}.truth.json`), 'utf8')) as Truth
    for (const side of ['client', 'server'] as const) {
      const path = join(folder, side === 'client' ? `${name}.pcap` : `${name}.server.pcap`)
      if (!existsSync(path)) continue
      const capture = loadCapture(path)
      const times = new Map(
        capture.records.map(({ number, seconds, nanos }) => [number, (seconds % 1e6) * 1000 + nanos / 1e6]),
      )
      const conversations = linesOf(analyseRecords(capture), 'conversation')
      const seen = new Map<string, number>()
      for (const end of truth.endpoints.filter((endpoint) => endpoint.side === side)) {
        const pair = `${end.local} ${end.remote}`
        const own = conversations.flatMap((line) => {
          if (key(line.client) === end.local && key(line.server) === end.remote) return [line.states.client]
          if (key(line.server) === end.local && key(line.client) === end.remote) return [line.states.server]
          return []
        })
        const index = seen.get(pair) ?? 0
        seen.set(pair, index + 1)
        for (const record of own[index] ?? []) {
          const kernel = end.seq.find(([state]) => state === record.state)
          if (
            record.packet === null ||
            kernel === undefined ||
            kernel[1] === null ||
            isExempt(name, record.state, kernel[2])
          )
            continue
          const late = times.get(record.packet)! - milliseconds(kernel[1])
          expect(Math.abs(late), `${side} ${record.state} at #${record.packet}: ${late.toFixed(2)} ms`).toBeLessThan(
            TOLERANCE_MS,
          )
          compared++
        }
      }
    }
  })

  test('enough of them were compared', () => expect(compared).toBeGreaterThan(500))
})
