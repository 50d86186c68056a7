import { now } from './clock.ts'
import type { Endpoint } from './endpoint.ts'
import { errorCode, type Failure, FetchError } from './failure.ts'
import type { Halt } from './halt.ts'
import type { Journal } from './journal.ts'
import { Wire } from './wire.ts'

/** RFC 8305 §5, "Connection Attempt Delay". */
const ATTEMPT_DELAY_MS = 250

/** Counts connections over a run. */
export interface ConnectionCount {
  connections: number
}

/** Connects to the first address that answers: the next one is tried when one fails, or after 250 ms without an answer
 *  while the earlier ones go on (RFC 8305). Throws FetchError. */
export async function dial(
  addresses: readonly string[],
  port: number,
  isProxy: boolean,
  count: ConnectionCount,
  journal: Journal,
  halt: Halt,
): Promise<Wire> {
  halt.phase = 'connect'
  const running = new Set<Wire>()
  let timer: NodeJS.Timeout | undefined
  const abandon = (): void => {
    clearTimeout(timer)
    for (const wire of running) wire.destroy()
  }
  const began = now()
  return halt.wait<Wire>((connected, failed) => {
    let next = 0
    let settled = false
    const attempt = (): void => {
      const remote: Endpoint = { address: addresses[next++], port }
      const wire = new Wire(count.connections++, remote)
      running.add(wire)
      // connect(2) is called in the same turn, before this: its moment, and the port that it has bound, are known then.
      process.nextTick(() => {
        const at = now()
        if (!settled) journal.note({ kind: 'connecting', remote, local: wire.local, proxy: isProxy }, wire, at)
      })
      wire.whenConnected((error) => {
        const at = now()
        running.delete(wire)
        if (settled) return
        clearTimeout(timer)
        if (error === null) {
          settled = true
          journal.note({ kind: 'connected', remote, local: wire.local ?? { address: '', port: 0 } }, wire, at)
          for (const other of running) {
            journal.note({ kind: 'connect-abandoned', remote: other.remote }, other, at)
            other.destroy()
          }
          connected(wire)
          return
        }
        journal.note({ kind: 'connect-failed', remote, code: errorCode(error) }, wire, at)
        if (next < addresses.length) attempt()
        else if (running.size === 0) {
          settled = true
          failed(new FetchError(connectFailure(error, remote, addresses.length, at - began)))
        }
      })
      if (next < addresses.length) timer = setTimeout(attempt, ATTEMPT_DELAY_MS)
    }
    attempt()
  }, abandon)
}

function connectFailure(error: unknown, remote: Endpoint, tried: number, afterMs: number): Failure {
  const code = errorCode(error)
  if (code === 'ECONNREFUSED') return { kind: 'refused', remote, tried }
  if (code === 'ETIMEDOUT') return { kind: 'timeout', phase: 'connect', afterMs, limit: 'system' }
  return { kind: 'unreachable', remote, code, tried }
}
