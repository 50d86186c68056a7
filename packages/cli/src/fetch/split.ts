import type { TimeSplit } from '@wiretale/core'
import type { FetchedExchange } from './client.ts'

/** The phases that an exchange's time divides into, in order. */
export const PHASES = ['dns', 'connect', 'tls', 'send', 'wait', 'receive'] as const

/** The time split of an exchange as the client saw it (docs/report.md): consecutive parts in milliseconds that sum to
 *  `total`, each border the moment of an event in the log. `idle` is null: what lies between the handshake and the request
 *  is the client's own time, and part of `send`. */
export function splitExchange(exchange: FetchedExchange): TimeSplit {
  const { opening, begunAt, firstAt, lastAt } = exchange
  // A server may answer before it has been asked everything: then nothing was waited for.
  const sentAt = Math.min(exchange.sentAt ?? firstAt, lastAt)
  const from = Math.min(Math.max(firstAt, sentAt), lastAt)
  const ready = opening === null ? begunAt : (opening.secured ?? opening.connected)
  const isNamed = opening !== null && opening.found > opening.begin
  return {
    dns: isNamed ? opening.found - opening.begin : null,
    connect: opening === null ? null : opening.connected - opening.found,
    tls: opening === null || opening.secured === null ? null : opening.secured - opening.connected,
    idle: null,
    send: Math.max(0, sentAt - ready),
    wait: from - Math.max(sentAt, ready),
    receive: lastAt - from,
    total: lastAt - (opening === null ? begunAt : opening.begin),
  }
}

/** Several splits as one: parts add up. */
export function addSplits(splits: readonly TimeSplit[]): TimeSplit {
  const sum: TimeSplit = {
    dns: null,
    connect: null,
    tls: null,
    idle: null,
    send: null,
    wait: null,
    receive: null,
    total: null,
  }
  for (const split of splits) {
    for (const phase of [...PHASES, 'total'] as const) {
      const part = split[phase]
      if (part !== null) sum[phase] = (sum[phase] ?? 0) + part
    }
  }
  return sum
}
