import { expect } from 'vitest'
import type { Note, PacketLine, StateNow, StateRecord } from '../../packages/core/src/model/lines.ts'
import type { Report } from './explain.ts'
import type { Variant } from './generator.ts'
import { clientLog, clockOf, type TextForm } from './trace.ts'
import { segmentsOf, visibleBytes } from './wire.ts'

/** What a report on a variant must say, told from the variant alone. */

/** How the variant was given: a whole capture, one cut at 96 bytes, or text. */
export interface Source {
  readonly kind: 'whole' | 'cut' | TextForm
  readonly nanoseconds: boolean
}

export const SNAPLEN = 96

type Side = 'client' | 'server'

/** The time of packet `n` as the source holds it, nanoseconds since 1970. */
function timeOf(v: Variant, source: Source, n: number): bigint {
  const time = v.times[n - 1]
  return source.nanoseconds ? time : time - (time % 1000n)
}

/** Milliseconds from packet `from` to packet `to`. */
export function spanMs(v: Variant, source: Source, from: number, to: number): number {
  return Number(timeOf(v, source, to) - timeOf(v, source, from)) / 1e6
}

export function isText(source: Source): source is Source & { kind: TextForm } {
  return source.kind !== 'whole' && source.kind !== 'cut'
}

/** Ports that speak HTTP by custom: text of another one, without a client's log, does not tell what it carries. */
const HTTP_PORTS: ReadonlySet<number> = new Set([8000, 3128, 8080, 8888])

export function isKnownHttp(v: Variant, source: Source): boolean {
  return !isText(source) || source.kind === 'note' || HTTP_PORTS.has(v.server.port)
}

function rfc3339(time: bigint): string {
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`
}

export const CLIENT_OPENS: readonly StateRecord[] = [
  { state: 'CLOSED', packet: null, basis: 'inferred' },
  { state: 'SYN_SENT', packet: 1, basis: 'observed' },
  { state: 'ESTABLISHED', packet: 2, basis: 'inferred', provenBy: 3 },
]
export const SERVER_OPENS: readonly StateRecord[] = [
  { state: 'CLOSED', packet: null, basis: 'inferred' },
  { state: 'LISTEN', packet: null, basis: 'inferred' },
  { state: 'SYN_RCVD', packet: 1, basis: 'inferred', provenBy: 2 },
  { state: 'ESTABLISHED', packet: 3, basis: 'inferred', provenBy: 6 },
]
export const CLOSES_FIRST: readonly StateRecord[] = [
  { state: 'FIN_WAIT_1', packet: 9, basis: 'observed' },
  { state: 'FIN_WAIT_2', packet: 10, basis: 'inferred' },
  { state: 'TIME_WAIT', packet: 10, basis: 'inferred', provenBy: 11 },
  { state: 'CLOSED', packet: null, basis: 'expected', after: '2MSL' },
]
export const CLOSES_SECOND: readonly StateRecord[] = [
  { state: 'CLOSE_WAIT', packet: 9, basis: 'inferred', provenBy: 10 },
  { state: 'LAST_ACK', packet: 10, basis: 'observed' },
  { state: 'CLOSED', packet: 11, basis: 'inferred' },
]

/** Both sides' states behind each packet. `!`: a packet of its owner shows it; `?`: one did, so it may count as observed
 *  still, or as inferred where what the owner did since cannot be known. */
export function statesAfter(closer: Side): [client: string, server: string][] {
  const opening: [string, string][] = [
    ['SYN_SENT!', 'SYN_RCVD'],
    ['ESTABLISHED', 'SYN_RCVD!'],
    ['ESTABLISHED!', 'ESTABLISHED'],
    ['ESTABLISHED!', 'ESTABLISHED'],
    ['ESTABLISHED?', 'ESTABLISHED'],
    ['ESTABLISHED?', 'ESTABLISHED!'],
    ['ESTABLISHED?', 'ESTABLISHED!'],
    ['ESTABLISHED!', 'ESTABLISHED?'],
  ]
  const closing: [string, string][] = [
    ['FIN_WAIT_1!', 'CLOSE_WAIT'],
    ['TIME_WAIT', 'LAST_ACK!'],
    ['TIME_WAIT!', 'CLOSED'],
  ]
  return [
    ...opening,
    ...closing.map(([own, other]): [string, string] => (closer === 'client' ? [own, other] : [other, own])),
  ]
}

/** The states of a packet line in the manner of statesAfter(), with `?` wherever that has it. */
export function describeStates(state: PacketLine['state'], wanted: readonly [string, string]): [string, string] {
  const describe = (now: StateNow | undefined, mark: string): string =>
    now == null ? 'unknown' : now.name + (mark.endsWith('?') ? '?' : now.basis === 'observed' ? '!' : '')
  return [describe(state?.client, wanted[0]), describe(state?.server, wanted[1])]
}

/** All lines of the report. */
export function expectReport(v: Variant, source: Source, report: Report): void {
  expectPackets(v, source, report)
  expectConversation(v, source, report)
  expectExchange(v, source, report)
  expectFindings(v, source, report)
  const { summary, capture } = report
  const exchanges = isKnownHttp(v, source) ? 1 : 0
  expect(summary).toMatchObject({ packets: 11, conversations: 1, exchanges, truncated: null, dropped: 0 })
  const first = timeOf(v, source, 1)
  expect(capture.start).toBe(isText(source) ? null : rfc3339(first))
  expect(capture.clock).toBe(isText(source) ? clockOf(v, first) : undefined)
  expect([summary.start, summary.end]).toEqual(
    isText(source) ? [null, null] : [rfc3339(first), rfc3339(timeOf(v, source, 11))],
  )
}

function expectPackets(v: Variant, source: Source, report: Report): void {
  const states = statesAfter(v.closer)
  const wanted = segmentsOf(v).map((segment, i) => {
    const peer = segment.from === 'client' ? v.server : v.client
    const seq = (segment.seq - v[segment.from].isn) >>> 0
    return {
      n: i + 1,
      time: isText(source) ? null : rfc3339(timeOf(v, source, i + 1)),
      clock: isText(source) ? clockOf(v, v.times[i]) : undefined,
      conversation: 0,
      from: segment.from,
      tcp: {
        flags: segment.flags,
        seq: [seq, seq + segment.payload.length],
        ack: segment.ack === null ? null : (segment.ack - peer.isn) >>> 0,
        window: segment.window,
        bytes: segment.payload.length,
      },
      labels: [],
      state: states[i],
    }
  })
  const got = report.packets.map(({ n, time, clock, conversation, from, tcp, labels, state }) => ({
    n,
    time,
    clock,
    conversation,
    from,
    tcp,
    labels,
    state: describeStates(state, states[n - 1]),
  }))
  expect(got).toEqual(wanted)
}

function expectConversation(v: Variant, source: Source, report: Report): void {
  const { conversation } = report
  const asked = v.request.head.length + v.request.body.length
  const head = v.response.head.length
  const body = v.response.body.length
  const closes = (side: Side): readonly StateRecord[] => (side === v.closer ? CLOSES_FIRST : CLOSES_SECOND)
  expect(conversation).toMatchObject({
    n: 0,
    protocol: 'tcp',
    client: { address: v.client.text, port: v.client.port },
    server: { address: v.server.text, port: v.server.port },
    roles: 'observed',
    start: isText(source) ? null : rfc3339(timeOf(v, source, 1)),
    end: isText(source) ? null : rfc3339(timeOf(v, source, 11)),
    packets: v.closer === 'client' ? { client: 6, server: 5 } : { client: 5, server: 6 },
    bytes: { client: asked, server: head + body },
    open: 'handshake',
    close: 'fin',
    closedFirst: v.closer,
    timeWait: v.closer,
    rttMs: spanMs(v, source, 1, 3),
    vantage: v.vantage === 'unclear' ? null : v.vantage,
    retransmissions: { client: 0, server: 0 },
    mss: { client: v.client.mss, server: v.server.mss },
    history: v.closer === 'client' ? 'ShADadFf' : 'ShADadfF',
  })
  expect(conversation.states.client).toEqual([...CLIENT_OPENS, ...closes('client')])
  expect(conversation.states.server).toEqual([...SERVER_OPENS, ...closes('server')])
  expect(conversation.writes).toEqual({
    client: [{ bytes: asked, packets: [4], confidence: 'likely' }],
    server: [
      { bytes: head, packets: [6], confidence: 'likely' },
      { bytes: body, packets: [7], confidence: 'likely' },
    ],
  })
}

function expectExchange(v: Variant, source: Source, report: Report): void {
  expect(report.exchanges).toHaveLength(isKnownHttp(v, source) ? 1 : 0)
  if (!isKnownHttp(v, source)) return
  const [exchange] = report.exchanges
  const { request, response } = v
  const asked = request.head.length + request.body.length
  const answered = response.head.length + response.body.length
  expect(exchange.request).toMatchObject({ totalBytes: asked, packets: [4] })
  expect(exchange.response).toMatchObject({ totalBytes: answered, packets: [6, 7] })
  const ms = {
    dns: null,
    connect: spanMs(v, source, 1, 3),
    tls: null,
    idle: spanMs(v, source, 3, 4),
    send: 0,
    wait: spanMs(v, source, 4, 6),
    receive: spanMs(v, source, 6, 7),
    total: spanMs(v, source, 1, 7),
  }
  expect(exchange.ms).toEqual(ms)
  const networkMs = v.vantage === 'server' ? 0 : ms.connect
  // A round trip as long as the wait leaves nothing to divide.
  const isDivided = v.vantage === 'server' || (v.vantage === 'client' && ms.connect < ms.wait)
  if (!isDivided) expect(exchange.waitSplit).toBeNull()
  else {
    expect(exchange.waitSplit?.networkMs).toBeCloseTo(networkMs, 6)
    expect(exchange.waitSplit?.serverMs).toBeCloseTo(ms.wait - networkMs, 6)
  }
  if (source.kind === 'whole') {
    expect(exchange).toMatchObject({
      protocol: `http/1.${request.minor}`,
      method: request.method,
      target: request.target,
      host: request.host,
      status: response.status,
      reason: response.reason,
      request: { headBytes: request.head.length, bodyBytes: request.body.length, headers: masked(request.headers) },
      response: {
        headBytes: response.head.length,
        bodyBytes: response.body.length,
        headers: masked(response.headers),
        complete: true,
      },
      notes: [],
    })
    return
  }
  // What was not captured is unknown: a value is right, or null.
  const seen = source.kind === 'cut' ? SNAPLEN : 0
  const asks = request.head.slice(0, visibleBytes(v, request.head.length, seen))
  const answers = response.head.slice(0, visibleBytes(v, response.head.length, seen))
  expectIfSeen(exchange.method, request.method, asks.startsWith(`${request.method} `))
  expectIfSeen(exchange.target, request.target, asks.includes('\r\n'))
  expectIfSeen(exchange.status, response.status, /^HTTP\/1\.[01] \d{3} /.test(answers))
  expectIfSeen(exchange.reason, response.reason, answers.includes('\r\n'))
  expectIfSeen(exchange.host, request.host, asks.includes(`Host: ${request.host}\r\n`))
  expect(exchange.request).toMatchObject({ headBytes: null, bodyBytes: null })
  expect(exchange.response).toMatchObject({ headBytes: null, bodyBytes: null, complete: null })
  for (const [name, value] of exchange.request!.headers) expect(masked(request.headers)).toContainEqual([name, value])
  for (const [name, value] of exchange.response!.headers) expect(masked(response.headers)).toContainEqual([name, value])
  if (source.kind === 'note') expectLog(v, exchange.notes)
  else expect(exchange.notes).toEqual([])
}

function expectIfSeen<T>(got: T | null, wanted: T, isSeen: boolean): void {
  if (isSeen) expect(got).toBe(wanted)
  else expect([wanted, null]).toContain(got)
}

/** Each line of the client's log beside the packets that show it. */
function expectLog(v: Variant, notes: readonly Note[]): void {
  const asks = v.request.headers.length
  const answers = v.response.headers.length
  const packets: readonly (readonly number[])[] = [
    [],
    [1],
    [2],
    ...new Array<number[]>(asks + 2).fill([4]),
    [7],
    ...new Array<number[]>(answers).fill([6]),
    [7],
  ]
  expect(notes.map((note) => note.params.packets ?? [])).toEqual(packets)
  const lines = clientLog(v)
  for (const [i, note] of notes.entries()) {
    expect(note.id).toBe(packets[i].length === 0 ? 'client-log.only' : 'client-log.matched')
    if (!v.secrets.some((secret) => lines[i].includes(secret))) expect(note.params.line).toBe(lines[i])
  }
}

/** Credentials never show; the scheme of an authorization does. */
function masked(headers: readonly (readonly [string, string])[]): [string, string][] {
  return headers.map(([name, value]) => {
    if (name === 'Authorization') return [name, 'Bearer ********']
    return [name, name === 'Cookie' || name === 'Set-Cookie' ? '********' : value]
  })
}

/** Seconds by which the server's clock is surely ahead (negative: behind): its Date names a whole second, so it may have
 *  stood anywhere within that. Nanoseconds. */
export function clockOffset(v: Variant, source: Source): bigint {
  const captured = timeOf(v, source, 6)
  const date = BigInt(v.date) * 1_000_000_000n
  if (captured < date) return date - captured
  const end = date + 1_000_000_000n
  return captured > end ? end - captured : 0n
}

function expectFindings(v: Variant, source: Source, report: Report): void {
  const of = (rule: string) => report.findings.filter((finding) => finding.rule === rule)
  expect(of('tcp/who-closed-first')).toMatchObject([
    {
      severity: 'info',
      confidence: 'certain',
      conversation: 0,
      evidence: [{ packet: 9 }, { packet: 10 }],
      params: { first: v.closer, timeWait: v.closer },
    },
  ])
  const isWhole = source.kind === 'whole'
  const split = { side: 'server', headBytes: v.response.head.length, bodyBytes: v.response.body.length, times: 1 }
  expect(of('tcp/two-writes')).toMatchObject(
    isWhole ? [{ confidence: 'certain', evidence: [{ packet: 6 }, { packet: 7 }], params: split }] : [],
  )
  const idleMs = spanMs(v, source, 7, 9)
  expect(of('http/idle-close')).toMatchObject(
    isWhole && v.isPersistent && idleMs >= 1000
      ? [{ evidence: [{ packet: 7 }, { packet: 9 }], params: { closer: v.closer, idleMs, offeredSeconds: v.offered } }]
      : [],
  )
  const offset = clockOffset(v, source)
  const isOff = isWhole && (offset >= 3_000_000_000n || offset <= -3_000_000_000n)
  const told = of('http/clock-offset')
  expect(told).toMatchObject(isOff ? [{ evidence: [{ packet: 6 }] }] : [])
  // A float64 of seconds since 1970 holds a quarter of a microsecond.
  if (isOff) expect(told[0].params.offsetSeconds).toBeCloseTo(Number(offset) / 1e9, 5)
}
