import { escapeJson, maskSecrets, type TimeSplit } from '@wiretale/core'
import type { FetchResult } from './client.ts'
import { type Moment, timestamp } from './clock.ts'
import type { ClientEvent } from './event.ts'
import { type Failure, sideOf } from './failure.ts'
import { escapeFailure, type Lang, say } from './log.ts'
import type { Miss } from './objective.ts'
import { addSplits, splitExchange } from './split.ts'
import { type PhaseDurations, SHARES } from './summary.ts'

/** `wiretale fetch --json`: JSON Lines, `v` and `type` in each (docs/report.md). */
function line(of: object): string {
  return `${escapeJson(JSON.stringify({ v: 1, ...of }))}\n`
}

/** An event: `ms` from the start, the moment itself, and the byte counters of its connection's TCP socket. */
export function eventLine(event: ClientEvent, start: Moment, showSecrets: boolean): string {
  const { at, connection, sent, received, kind, ...rest } = event
  const socket = connection === null ? null : { connection, sent, received }
  const facts: Record<string, unknown> = { ...rest }
  if (!showSecrets && 'headers' in rest) facts.headers = maskSecrets(rest.headers.map(([name, value]) => [name, value]))
  return line({ type: 'client', event: kind, time: timestamp(at), ms: exact(at - start), socket, ...facts })
}

/** A run: its exchanges with their time splits, and how it ended. */
export function resultLine(run: number, result: FetchResult, lang: Lang): string {
  const { exchanges, failure } = result
  return line({
    type: 'fetch',
    run,
    exchanges: exchanges.map((exchange) => {
      const { url, method, connection, protocol, status, reason, decodedBytes } = exchange
      const { requestHeadBytes, requestBodyBytes, headBytes, bodyBytes, contentBytes } = exchange
      return {
        ...{ url, method, connection, protocol, status, reason },
        request: { headBytes: requestHeadBytes, bodyBytes: requestBodyBytes },
        response: { headBytes, bodyBytes, contentBytes, decodedBytes },
        ms: exactSplit(splitExchange(exchange)),
      }
    }),
    ms: exactSplit(addSplits(exchanges.map(splitExchange))),
    failure: failure === null ? null : describe(failure, lang),
  })
}

/** Over all runs. */
export function totalsLine(durations: readonly PhaseDurations[], misses: readonly Miss[]): string {
  const tables = durations.map((phases) =>
    Object.fromEntries(
      [...phases]
        .filter(([, { count }]) => count > 0)
        .map(([phase, values]) => [
          phase,
          Object.fromEntries(SHARES.map(([name, share]) => [name, exact(values.percentile(share))])),
        ]),
    ),
  )
  return line({
    type: 'fetch-totals',
    runs: durations.map((phases) => phases.get('total')?.count ?? 0),
    ms: tables,
    slo: misses,
  })
}

function describe(failure: Failure, lang: Lang): object {
  const [text] = say(lang, (m) => m.failure(escapeFailure(failure)))
  const [hint] = say(lang, (m) => m.hint(escapeFailure(failure)) ?? '')
  return { ...failure, side: sideOf(failure), text, hint: hint === '' ? null : hint }
}

/** Nanoseconds are the finest that a moment has. */
function exact(ms: number): number {
  return Math.round(ms * 1e6) / 1e6
}

function exactSplit(split: TimeSplit): TimeSplit {
  const rounded: Record<string, number | null> = { ...split }
  for (const [phase, ms] of Object.entries(rounded)) if (ms !== null) rounded[phase] = exact(ms)
  return rounded as unknown as TimeSplit
}
