import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { versionText } from '../flags/version.ts'
import { BodySink } from './body.ts'
import { type Carrier, type Exchanged, headerValue } from './carrier.ts'
import { type Moment, now } from './clock.ts'
import { type ConnectionCount, dial } from './dial.ts'
import { type Failure, FetchError, socketFailure } from './failure.ts'
import type { Halt } from './halt.ts'
import { Http1 } from './http1.ts'
import type { Journal } from './journal.ts'
import { findAddresses } from './lookup.ts'
import type { FetchOptions } from './options.ts'
import { authorization, prepare } from './prepare.ts'
import { chooseProxy } from './proxy.ts'
import { nextStep, type Step } from './redirect.ts'
import type { PreparedRequest } from './request.ts'
import { secure, type TlsMemory, type TlsRules } from './tls.ts'
import { openTunnel } from './tunnel.ts'
import type { Channel, Wire } from './wire.ts'

/** When the parts of making a connection ended. */
interface OpeningTimes {
  readonly begin: Moment
  readonly found: Moment
  readonly connected: Moment
  readonly secured: Moment | null
}

/** One request and what came of it. */
export interface FetchedExchange extends Exchanged {
  readonly url: string
  readonly method: string
  /** Null: the connection was there already. */
  readonly opening: OpeningTimes | null
  readonly connection: number
  /** Content after --compressed has decoded it. */
  readonly decodedBytes: number
}

export interface FetchResult {
  /** More than one after redirects. */
  readonly exchanges: readonly FetchedExchange[]
  readonly failure: Failure | null
}

interface Opened {
  readonly carrier: Carrier
  readonly opening: OpeningTimes
}

/** After this many redirects, as curl. */
const MAX_REDIRECTS = 50
/** A server that does not answer a FIN is left alone after this. */
const CLOSE_PATIENCE_MS = 300

/** The HTTP client: looks up, connects, speaks, follows, and notes each step with its moment. */
export class Client {
  private readonly options: FetchOptions
  private readonly journal: Journal
  private readonly environment: Readonly<Record<string, string | undefined>>
  private readonly kept = new Map<string, Carrier>()
  private readonly memory: TlsMemory = { sessions: new Map(), keys: [] }
  private readonly count: ConnectionCount = { connections: 0 }
  private sink: BodySink | null = null
  private rules: TlsRules | null = null

  constructor(options: FetchOptions, journal: Journal, environment: Readonly<Record<string, string | undefined>>) {
    this.options = options
    this.journal = journal
    this.environment = environment
  }

  /** How many connections have been tried. */
  get connections(): number {
    return this.count.connections
  }

  /** The body that is being received, as far as it is known. */
  get body(): BodySink | null {
    return this.sink
  }

  mayUseHttp2(urls: readonly URL[]): boolean {
    const { version } = this.options
    return version === '2' || (version === null && urls.some(({ protocol }) => protocol === 'https:'))
  }

  /** Loads what requests for these URLs need, so that no moment of theirs is spent on it. */
  async prepare(urls: readonly URL[]): Promise<void> {
    if (this.mayUseHttp2(urls)) await import('./http2.ts')
    if (urls.some(({ protocol }) => protocol === 'https:')) this.trust()
  }

  /** One URL, with the redirects that follow from it. Connections stay open for the next one. */
  async fetch(url: URL, halt: Halt): Promise<FetchResult> {
    const exchanges: FetchedExchange[] = []
    const visits = new Map<string, number>()
    let step: Step = { url, method: null, dropsBody: false, isForeign: false }
    try {
      for (;;) {
        const visited = visits.get(step.url.href) ?? 0
        if (visited >= 2) throw new FetchError({ kind: 'redirect-loop', url: step.url.href })
        visits.set(step.url.href, visited + 1)
        const request = prepare(step, this.options, versionText())
        const exchange = await this.exchange(request, step, halt)
        exchanges.push(exchange)
        const next = this.options.follow ? nextStep(step, request.method, exchange, this.options) : null
        if (next === null) return { exchanges, failure: null }
        if (exchanges.length > MAX_REDIRECTS) throw new FetchError({ kind: 'too-many-redirects', count: MAX_REDIRECTS })
        this.journal.note({
          kind: 'redirect',
          status: exchange.status,
          method: next.method ?? request.method,
          url: next.url.href,
        })
        step = next
      }
    } catch (error) {
      const failure = socketFailure(error, halt.phase, 0)
      this.journal.note({ kind: 'failed', failure })
      return { exchanges, failure }
    }
  }

  /** Closes what is still open, this side first where the server has not. */
  async close(): Promise<void> {
    const open = [...this.kept.values()]
    this.kept.clear()
    await Promise.all(open.map((carrier) => this.end(carrier)))
  }

  private async exchange(request: PreparedRequest, step: Step, halt: Halt): Promise<FetchedExchange> {
    const proxy = chooseProxy(request.url, this.options.proxy, this.environment)
    const key = `${request.url.protocol}//${request.url.host} ${proxy?.href ?? ''}`
    const forProxy = proxy !== null && request.url.protocol === 'http:'
    const sent = forProxy ? throughProxy(request, proxy) : request
    const kept = this.kept.get(key)
    if (kept !== undefined) {
      if (kept.isReusable && kept.wire.isOpen) {
        const { remote, local } = kept.wire
        this.journal.note({ kind: 'reused', remote, local: local ?? { address: '', port: 0 } }, kept.wire)
        const received = kept.wire.received
        try {
          return await this.speak(kept, sent, step, null, halt)
        } catch (error) {
          this.kept.delete(key)
          if (!mayRetry(error, kept.wire.received - received, request)) throw error
          this.journal.note({ kind: 'retry' }, kept.wire)
        }
      } else {
        this.kept.delete(key)
        await this.end(kept)
      }
    }
    const { carrier, opening } = await this.open(request.url, proxy, halt)
    this.kept.set(key, carrier)
    return this.speak(carrier, sent, step, opening, halt)
  }

  private async speak(
    carrier: Carrier,
    request: PreparedRequest,
    step: Step,
    opening: OpeningTimes | null,
    halt: Halt,
  ): Promise<FetchedExchange> {
    this.sink = null
    const result = await carrier.exchange(
      request,
      (status, headers) => {
        // The body of a redirect that is followed is not what was asked for.
        const isStop =
          !this.options.follow || nextStep(step, request.method, { status, headers }, this.options) === null
        const total = Number(headerValue(headers, 'content-length') ?? Number.NaN)
        const sink = new BodySink(isStop ? this.options.output : null, this.options.compressed, total)
        this.sink = sink
        return sink
      },
      halt,
    )
    const decodedBytes = (this.sink as BodySink | null)?.decodedBytes ?? 0
    this.sink = null
    const { href } = request.url
    return { ...result, url: href, method: request.method, opening, connection: carrier.wire.index, decodedBytes }
  }

  /** A new connection, ready for a request. */
  private async open(url: URL, proxy: URL | null, halt: Halt): Promise<Opened> {
    const release =
      this.options.connectTimeoutMs === null ? () => {} : halt.limit('connect-timeout', this.options.connectTimeoutMs)
    try {
      const begin = now()
      const host = hostOf(url)
      const port = portOf(url)
      const rule = this.options.connectTo.find(
        (to) => (to.host === '' || to.host === host) && (to.port === null || to.port === port),
      )
      const target = proxy ?? url
      const toHost = proxy === null && rule !== undefined && rule.toHost !== '' ? rule.toHost : hostOf(target)
      const toPort = proxy === null && rule?.toPort != null ? rule.toPort : portOf(target)
      const addresses = await findAddresses(toHost, toPort, this.options.lookup, this.journal, halt)
      const found = isIP(toHost) === 0 ? this.journal.lastAt : begin
      const wire = await dial(addresses, toPort, proxy !== null, this.count, this.journal, halt)
      let channel: Channel = wire
      if (proxy?.protocol === 'https:') channel = await this.secureProxy(wire, proxy, halt)
      if (proxy !== null && url.protocol === 'https:') {
        await openTunnel(channel, wire, `${bracket(host)}:${port}`, authorization(proxy), this.journal, halt)
      }
      const connected = this.journal.lastAt
      if (url.protocol !== 'https:') {
        return {
          carrier: await this.carry(channel, wire, url, null),
          opening: { begin, found, connected, secured: null },
        }
      }
      const alpn = this.options.version === null || this.options.version === '2' ? ['h2', 'http/1.1'] : ['http/1.1']
      const made = await secure(channel, wire, host, port, alpn, this.trust(), this.memory, this.journal, halt)
      const secured = this.journal.lastAt
      const carrier = await this.carry(made, wire, url, made.socket.alpnProtocol || null)
      return { carrier, opening: { begin, found, connected, secured } }
    } finally {
      release()
    }
  }

  /** Reading the authorities takes 20 ms and more: once. */
  private trust(): TlsRules {
    const { insecure, authorities } = this.options
    this.rules ??= { insecure, context: createSecureContext(authorities === null ? {} : { ca: authorities }) }
    return this.rules
  }

  private async secureProxy(wire: Wire, proxy: URL, halt: Halt): Promise<Channel> {
    const host = hostOf(proxy)
    return secure(wire, wire, host, portOf(proxy), ['http/1.1'], this.trust(), this.memory, this.journal, halt)
  }

  private async carry(channel: Channel, wire: Wire, url: URL, alpn: string | null): Promise<Carrier> {
    const { version } = this.options
    const isPlain = url.protocol === 'http:'
    if (alpn === 'h2' || (isPlain && version === '2')) {
      const { Http2 } = await import('./http2.ts')
      return new Http2(channel, wire, url, this.journal)
    }
    return new Http1(channel, wire, version === '1.0' ? '1.0' : '1.1', this.journal)
  }

  private async end(carrier: Carrier): Promise<void> {
    const { wire } = carrier
    // A FIN that has come already is read in the next turn: it tells who closed first.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    if (wire.error !== null || wire.isDestroyed) return
    if (wire.endedAt !== null) this.journal.note({ kind: 'server-closed' }, wire, wire.endedAt)
    carrier.close()
    this.journal.note({ kind: 'closing' }, wire)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        wire.destroy()
        resolve()
      }, CLOSE_PATIENCE_MS)
      wire.whenEnded(() => {
        clearTimeout(timer)
        wire.destroy()
        resolve()
      })
    })
  }
}

/** RFC 9112 §9.3.1: a kept connection that was closed before it said a byte may have been closed before the request. */
function mayRetry(error: unknown, received: number, request: PreparedRequest): boolean {
  if (!(error instanceof FetchError) || received > 0 || request.body?.kind === 'stream') return false
  return error.failure.kind === 'reset' || error.failure.kind === 'closed'
}

/** RFC 9112 §3.2.2: a proxy is given the whole URL, and its own credentials. */
function throughProxy(request: PreparedRequest, proxy: URL): PreparedRequest {
  const credentials = authorization(proxy)
  const { url } = request
  const headers =
    credentials === null || headerValue(request.headers, 'proxy-authorization') !== null
      ? request.headers
      : [...request.headers, ['Proxy-Authorization', credentials] as const]
  return { ...request, target: `${url.protocol}//${url.host}${url.pathname}${url.search}`, headers }
}

/** Without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

function bracket(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}
