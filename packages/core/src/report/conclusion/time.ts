import type { ExchangeLine, StateName } from '../../model/lines.ts'
import type { ConclusionMessages, PhaseName } from '../../story/messages/conclusion-types.ts'
import { milliseconds } from '../../story/messages/quantities.ts'
import { reportMessages } from '../../story/messages/report.ts'
import type { Milliseconds, PacketNumber } from '../../units.ts'
import { GLUE } from '../width.ts'
import type { ConclusionFacts, ConclusionRow } from './facts.ts'

const BAR = 48
const SENT_FIN: readonly StateName[] = ['FIN_WAIT_1', 'LAST_ACK', 'CLOSING']

/** Number of the first FIN on the wire, null when none was captured. */
function firstFin({ digest }: ConclusionFacts): PacketNumber | null {
  let first: PacketNumber | null = null
  for (const side of ['client', 'server'] as const) {
    for (const { state, packet } of digest.line.states[side]) {
      if (packet !== null && SENT_FIN.includes(state) && (first === null || packet < first)) first = packet
    }
  }
  return first
}

/** Packets of the handshake, by which the round trip was measured. */
function handshake({ digest }: ConclusionFacts): PacketNumber[] {
  const { line } = digest
  if (line.open === 'mid-stream') return []
  const steps = [...line.states.client, ...line.states.server].filter(
    ({ state }) => state === 'SYN_SENT' || state === 'ESTABLISHED',
  )
  return steps.flatMap(({ packet }) => (packet === null ? [] : [packet])).sort((a, b) => a - b)
}

function lastPacket({ digest }: ConclusionFacts): PacketNumber | null {
  const item = digest.items.at(-1)
  if (item === undefined) return null
  return item.type === 'run' ? item.last : item.n
}

interface Phase {
  readonly name: PhaseName
  readonly ms: Milliseconds
  /** Packets between which it lies; empty where they were not kept. */
  readonly borders: readonly PacketNumber[]
}

/** Phases of the exchange that are known, in order. A wait at the server's own side of the wire is the server's. */
function phases(exchange: ExchangeLine, close: Milliseconds | null, facts: ConclusionFacts): Phase[] {
  const known: Phase[] = []
  const { ms } = exchange
  const waitSplit = trustedSplit(exchange, facts)
  const opening = handshake(facts)
  const first = (part: ExchangeLine['request']): PacketNumber[] => part?.packets.slice(0, 1) ?? []
  const last = (part: ExchangeLine['request']): PacketNumber[] => part?.packets.slice(-1) ?? []
  const { request, response } = exchange
  const borders: Partial<Record<PhaseName, PacketNumber[]>> = {
    connect: opening,
    // Since the exchange before, whose packets are not this one's: only the later border is at hand.
    idle: [...(ms.connect === null ? [] : opening.slice(-1)), ...first(request)],
    send: [...first(request), ...last(request)],
    wait: [...last(request), ...first(response)],
    receive: [...first(response), ...last(response)],
  }
  for (const name of ['dns', 'connect', 'tls', 'idle', 'send', 'wait', 'receive'] as const) {
    const value = ms[name]
    if (value === null) continue
    const serverAlone = name === 'wait' && waitSplit !== null && waitSplit.networkMs <= 0.02 * value
    known.push({ name: serverAlone ? 'server' : name, ms: value, borders: borders[name] ?? [] })
  }
  if (close !== null) {
    const ends = [firstFin(facts), lastPacket(facts)].filter((packet) => packet !== null)
    known.push({ name: 'close', ms: close, borders: ends })
  }
  return known
}

/** Packets between the request's end and the response's beginning that bring something again, as far as they were kept. */
function sentAgain({ request, response }: ExchangeLine, { digest }: ConclusionFacts): PacketNumber[] {
  const from = request?.packets.at(-1)
  const to = response?.packets.at(0)
  if (from === undefined || to === undefined) return []
  return digest.items.flatMap((item) => {
    if (item.type === 'run')
      return item.unusual > 0 && item.last > from && item.first < to ? [item.first, item.last] : []
    const isAgain = item.n > from && item.n <= to && item.labels.some((label) => AGAIN.test(label))
    return isAgain ? [item.n] : []
  })
}

const AGAIN = /retransmission|lost-before-capture/

/** The wait's division, unless a retransmission took part of it, or it is shorter than the round trip that it must hold:
 *  then that round trip is not this one's. */
function trustedSplit(exchange: ExchangeLine, facts: ConclusionFacts): ExchangeLine['waitSplit'] {
  const { waitSplit } = exchange
  if (waitSplit === null || waitSplit.networkMs >= (exchange.ms.wait ?? 0)) return null
  return sentAgain(exchange, facts).length > 0 ? null : waitSplit
}

/** `[=|====|######|=]`: shares of the time; `#` is the wait for the response, a phase of no time has no cell. */
function drawBar(parts: readonly Phase[]): string | null {
  const total = parts.reduce((sum, { ms }) => sum + ms, 0)
  const drawn = parts.filter(({ ms }) => ms > 0)
  if (total <= 0 || drawn.length < 2) return null
  return `[${drawn
    .map(({ name, ms }) => {
      const sign = name === 'wait' || name === 'server' ? '#' : name === 'idle' ? '.' : '='
      return sign.repeat(Math.max(1, Math.round((ms / total) * (BAR - drawn.length))))
    })
    .join('|')}]`
}

/** `SERVER #4 #6`: the packets at which it begins and ends. */
function spellBorders({ name, borders }: Phase, words: ConclusionMessages): string {
  const numbers = [...new Set([borders[0], borders[borders.length - 1]])]
  return [words.phase[name], ...numbers.map((packet) => `#${packet}`)].join(GLUE)
}

/** Packets between which the longest wait lies. */
function slowestWait(exchanges: readonly ExchangeLine[]): PacketNumber[] {
  const [slowest] = [...exchanges].sort((a, b) => (b.ms.wait ?? 0) - (a.ms.wait ?? 0))
  return [...(slowest.request?.packets.slice(-1) ?? []), ...(slowest.response?.packets.slice(0, 1) ?? [])]
}

/** Where the time went. */
export function timeRows(facts: ConclusionFacts): ConclusionRow[] {
  const { digest, language } = facts
  const words = reportMessages(language).conclusion
  const rows: ConclusionRow[] = []
  const fin = firstFin(facts)
  const last = lastPacket(facts)
  const finAt = fin === null ? null : facts.at(fin)
  const lastAt = last === null ? null : facts.at(last)
  const close = finAt === null || lastAt === null || digest.line.close === 'none' ? null : lastAt - finAt
  const exchange = digest.exchanges.at(0)
  if (exchange !== undefined) {
    const only = digest.exchangeCount === 1
    const parts = phases(exchange, only ? close : null, facts)
    if (parts.some(({ ms }) => ms > 0)) {
      rows.push({
        text: `${parts.map(({ name, ms }) => `${words.phase[name]}${GLUE}${milliseconds(ms)}`).join(`${GLUE}| `)}${GLUE}ms`,
        packets: [],
      })
      const bar = drawBar(parts)
      if (bar !== null) rows.push({ text: bar, packets: [], figure: true })
      const named = parts.filter(({ borders }) => borders.length > 0)
      if (named.length > 0)
        rows.push({
          text: words.phaseBorders({ isOnly: only }) + named.map((part) => spellBorders(part, words)).join(`${GLUE}| `),
          packets: [],
        })
    }
    const waitSplit = trustedSplit(exchange, facts)
    const again = sentAgain(exchange, facts)
    if (exchange.ms.wait !== null && exchange.ms.wait > 0) {
      const edge = [...(exchange.request?.packets.slice(-1) ?? []), ...(exchange.response?.packets.slice(0, 1) ?? [])]
      if (again.length > 0) rows.push({ text: words.waitDisturbed, packets: again })
      else if (waitSplit === null) rows.push({ text: words.waitUndivided, packets: edge })
      else if (waitSplit.networkMs > 0.02 * exchange.ms.wait) {
        rows.push({
          text: words.waitSplit({ server: waitSplit.serverMs, network: waitSplit.networkMs }),
          packets: edge,
        })
      }
    }
    if (!only && digest.waits.count > 1)
      rows.push({ text: words.severalWaits(digest.waits), packets: slowestWait(digest.exchanges) })
    const final = only ? exchange.response?.packets.at(-1) : undefined
    const finalAt = final === undefined ? null : facts.at(final)
    if (final !== undefined && finalAt !== null && fin !== null && finAt !== null) {
      const idle = finAt - finalAt
      if (idle >= 1 && idle > (exchange.ms.total ?? 0)) {
        rows.push({ text: words.thenIdle({ idle, closer: digest.line.closedFirst }), packets: [final, fin] })
      }
    }
  }
  if (digest.line.rttMs !== null) {
    rows.push({
      text: words.roundTrip({ rtt: digest.line.rttMs, vantage: digest.line.vantage }),
      packets: handshake(facts),
    })
  }
  return rows
}
