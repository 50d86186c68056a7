import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { BodySink } from './body.ts'
import { type Carrier, type ChooseSink, DataNews, type Exchanged } from './carrier.ts'
import { type Moment, now } from './clock.ts'
import { errorCode, type Failure, FetchError, socketFailure } from './failure.ts'
import { FrameCounter } from './frames.ts'
import type { Halt } from './halt.ts'
import type { Journal } from './journal.ts'
import type { PreparedRequest } from './request.ts'
import { type Channel, ChannelStream, type Wire } from './wire.ts'

/** `PRI * HTTP/2.0 …` (RFC 9113 §3.4). */
const PREFACE_BYTES = 24

/** Headers of the connection, which HTTP/2 has no place for (RFC 9113 §8.2.2). */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

type Headers = [string, string][]

/** HTTP/2 over a channel, by node:http2. Sizes are those of the frames of the request's stream, which pass by on their way:
 *  headers are compressed, and the connection's own frames (SETTINGS, WINDOW_UPDATE, PING) belong to no request. */
export class Http2 implements Carrier {
  readonly wire: Wire
  private readonly session: ClientHttp2Session
  private readonly journal: Journal
  private readonly out = new FrameCounter(PREFACE_BYTES)
  private readonly in = new FrameCounter(0)
  private onWritten: () => void = () => {}
  private failure: Failure | null = null
  private isGoing = false

  constructor(channel: Channel, wire: Wire, url: URL, journal: Journal) {
    this.wire = wire
    this.journal = journal
    const stream = new ChannelStream(channel, (bytes, at) => this.in.add(bytes, at))
    stream.onWritten = (at, bytes) => {
      this.out.add(bytes, at)
      this.onWritten()
    }
    this.session = connect(url.origin, { createConnection: () => stream, settings: { enablePush: false } })
    this.session.on('error', (error) => {
      this.failure ??= failureOf(error, 'wait')
    })
    this.session.on('goaway', () => {
      this.isGoing = true
    })
  }

  get isReusable(): boolean {
    return !this.isGoing && this.failure === null && !this.session.closed && !this.session.destroyed
  }

  exchange(request: PreparedRequest, choose: ChooseSink, halt: Halt): Promise<Exchanged> {
    halt.phase = 'send'
    return halt.wait<Exchanged>(
      (done, failed) => new Turn(this, request, choose, halt, done, failed).begin(this.session, this.out, this.in),
      () => {
        this.isGoing = true
        this.session.destroy()
        this.wire.destroy()
      },
    )
  }

  close(): void {
    this.session.close()
  }

  /** Tells `listener` of every write of the connection from now on. */
  listen(listener: () => void): void {
    this.onWritten = listener
  }

  get log(): Journal {
    return this.journal
  }

  get error(): Failure | null {
    return this.failure
  }
}

/** One request and its response. */
class Turn {
  private readonly owner: Http2
  private readonly request: PreparedRequest
  private readonly choose: ChooseSink
  private readonly halt: Halt
  private readonly done: (result: Exchanged) => void
  private readonly failed: (error: unknown) => void
  private readonly news = new DataNews()
  private begunAt: Moment = 0
  private sentAt: Moment | null = null
  private status = 0
  private headers: Headers = []
  private headBytes = 0
  private contentBytes = 0
  private toldBytes = 0
  private total: number | null = null
  private sink: BodySink | null = null
  private isOver = false

  constructor(
    owner: Http2,
    request: PreparedRequest,
    choose: ChooseSink,
    halt: Halt,
    done: (result: Exchanged) => void,
    failed: (error: unknown) => void,
  ) {
    this.owner = owner
    this.request = request
    this.choose = choose
    this.halt = halt
    this.done = done
    this.failed = failed
  }

  begin(session: ClientHttp2Session, out: FrameCounter, into: FrameCounter): void {
    const { owner, request } = this
    const { url, method, body } = request
    out.follow(0)
    into.follow(0)
    owner.listen(() => this.noteSent(out))
    const headers = outgoing(request)
    this.begunAt = now()
    owner.log.note(
      { kind: 'request', line: `${method} ${url.pathname}${url.search} HTTP/2`, headers: request.headers },
      owner.wire,
      this.begunAt,
    )
    let stream: ClientHttp2Stream
    try {
      stream = session.request(headers, { endStream: body === null })
    } catch (error) {
      this.abort(error)
      return
    }
    stream.on('headers', (interim: IncomingHttpHeaders) => {
      const status = Number(interim[':status'])
      owner.log.note({ kind: 'interim', status, reason: '', bytes: into.headBytes }, owner.wire, owner.wire.readAt)
    })
    stream.on('response', ((_: unknown, _flags: number, raw: readonly string[]) => this.respond(stream, raw, into)) as (
      headers: IncomingHttpHeaders,
    ) => void)
    stream.on('error', (error) => this.abort(error))
    stream.on('close', () => {
      if (this.isOver) return
      const failure: Failure = owner.error ?? {
        kind: 'closed',
        phase: this.status === 0 ? 'wait' : 'receive',
        received: this.contentBytes,
        expected: this.total,
      }
      // node:http2 resets what is left of a connection that was closed under it.
      const isReset = stream.rstCode && owner.wire.endedAt === null
      this.abort(new FetchError(isReset ? { kind: 'http2', code: `code ${stream.rstCode}` } : failure))
    })
    stream.on('end', () => this.finish(out, into))
    if (body !== null) this.send(stream).catch((error: unknown) => this.abort(error))
  }

  private async send(stream: ClientHttp2Stream): Promise<void> {
    const { body } = this.request
    if (body === null) return
    if (body.kind === 'bytes') {
      stream.end(body.bytes)
      return
    }
    for await (const piece of body.open()) {
      if (this.isOver) return
      await new Promise<void>((resolve) => stream.write(piece, () => resolve()))
    }
    stream.end()
  }

  /** The frame that ends the request has gone to the socket. */
  private noteSent(out: FrameCounter): void {
    if (this.sentAt !== null || out.endedAt === null) return
    this.sentAt = out.endedAt
    if (this.halt.phase === 'send') this.halt.phase = 'wait'
    const { headBytes, bodyBytes } = out
    this.owner.log.note({ kind: 'request-sent', headBytes, bodyBytes }, this.owner.wire, this.sentAt)
  }

  private respond(stream: ClientHttp2Stream, raw: readonly string[], into: FrameCounter): void {
    const { owner } = this
    const { readAt } = owner.wire
    for (let i = 0; i + 1 < raw.length; i += 2) {
      if (raw[i] === ':status') this.status = Number(raw[i + 1])
      else this.headers.push([raw[i], raw[i + 1]])
    }
    this.headBytes = into.headBytes
    this.halt.phase = 'receive'
    const length = this.headers.find(([name]) => name === 'content-length')?.[1]
    this.total = length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null
    const { status, headers, headBytes } = this
    owner.log.note({ kind: 'response', protocol: 'HTTP/2', status, reason: '', headers, headBytes }, owner.wire, readAt)
    try {
      this.sink = this.choose(status, headers)
      this.sink.onDrain = () => stream.resume()
      this.sink.begin(headers.find(([name]) => name === 'content-encoding')?.[1] ?? null)
    } catch (error) {
      this.abort(error)
      stream.destroy()
      return
    }
    stream.on('data', (bytes: Buffer) => {
      if (this.isOver) return
      this.contentBytes += bytes.length
      const at = owner.wire.readAt
      if (this.news.isNews(at, false)) this.noteData(into, at)
      try {
        if (this.sink?.write(bytes) === false) stream.pause()
      } catch (error) {
        this.abort(error)
        stream.destroy()
      }
    })
  }

  private noteData(into: FrameCounter, at: Moment): void {
    const { contentBytes, total } = this
    this.toldBytes = contentBytes
    this.owner.log.note({ kind: 'data', contentBytes, bodyBytes: into.bodyBytes, total }, this.owner.wire, at)
  }

  private finish(out: FrameCounter, into: FrameCounter): void {
    // Without the frame that ends it the stream was cut off, and its close says so.
    if (this.isOver || this.status === 0 || into.endedAt === null) return
    const { total } = this
    if (total !== null && total !== this.contentBytes && this.request.method !== 'HEAD' && this.status !== 304) {
      this.abort(new FetchError({ kind: 'closed', phase: 'receive', received: this.contentBytes, expected: total }))
      return
    }
    this.isOver = true
    const { wire, log } = this.owner
    const { status, headBytes, contentBytes } = this
    const { bodyBytes } = into
    const lastAt = into.endedAt
    if (contentBytes > this.toldBytes) this.noteData(into, lastAt)
    log.note({ kind: 'complete', status, headBytes, bodyBytes, contentBytes }, wire, lastAt)
    const result: Exchanged = {
      protocol: 'HTTP/2',
      status,
      reason: '',
      headers: this.headers,
      requestHeadBytes: out.headBytes,
      requestBodyBytes: out.bodyBytes,
      headBytes,
      bodyBytes,
      contentBytes,
      begunAt: this.begunAt,
      sentAt: this.sentAt,
      firstAt: into.firstAt ?? lastAt,
      lastAt,
    }
    if (this.sink === null) this.done(result)
    else this.sink.finish().then(() => this.done(result), this.failed)
  }

  private abort(error: unknown): void {
    if (this.isOver) return
    this.isOver = true
    this.sink?.close()
    const phase = this.status > 0 ? 'receive' : this.sentAt === null ? 'send' : 'wait'
    this.failed(new FetchError(failureOf(error, phase)))
  }
}

function outgoing(request: PreparedRequest): OutgoingHttpHeaders {
  const { url, method } = request
  const host = request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? url.host
  const headers: Record<string, string | string[]> = {
    ':method': method,
    ':scheme': url.protocol.slice(0, -1),
    ':authority': host,
    ':path': `${url.pathname}${url.search}`,
  }
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase()
    if (CONNECTION_HEADERS.has(lower) || lower.startsWith(':')) continue
    const before = headers[lower]
    headers[lower] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return headers
}

function failureOf(error: unknown, phase: 'send' | 'wait' | 'receive'): Failure {
  const code = errorCode(error)
  if (code.startsWith('ERR_HTTP2')) {
    return { kind: 'http2', code: error instanceof Error ? error.message : code }
  }
  return socketFailure(error, phase, 0)
}
