import { type HttpEvents, HttpExchanges, type HttpMessage } from '@wiretale/core'
import type { BodySink } from './body.ts'
import { type Carrier, type ChooseSink, DataNews, type Exchanged, headerValue } from './carrier.ts'
import { type Moment, now } from './clock.ts'
import { type Failure, FetchError, socketFailure } from './failure.ts'
import type { Halt } from './halt.ts'
import type { Journal } from './journal.ts'
import { isChunked, type PreparedRequest } from './request.ts'
import type { Channel, Taker, Wire } from './wire.ts'

/** As curl: a server that does not know of 100 says nothing. */
const CONTINUE_MS = 1000
/** Before the head of the final response has ended; the parser lists headers of 64 KiB. */
const MAX_HEAD_BYTES = 256 * 1024
/** The parser counts connections in slots; here there is one. */
const SLOT = 0
const CLIENT = 0
const SERVER = 1

/** An exchange in progress. */
interface Turn {
  readonly halt: Halt
  readonly request: PreparedRequest
  readonly choose: ChooseSink
  readonly news: DataNews
  readonly done: (result: Exchanged) => void
  readonly failed: (error: unknown) => void
  /** Where in the server's bytes its answer begins. */
  readonly from: number
  begunAt: Moment
  sentAt: Moment | null
  headBytes: number
  bodyBytes: number
  sink: BodySink | null
  response: HttpMessage | null
  isOver: boolean
  onContinue: () => void
}

/** HTTP/1 over a channel (RFC 9112). Both directions pass through the parser that reads captures, so that what the
 *  client says of a message is what the packets would say of it. */
export class Http1 implements Carrier, Taker, HttpEvents {
  readonly wire: Wire
  isReusable = true
  private readonly channel: Channel
  private readonly version: '1.0' | '1.1'
  private readonly journal: Journal
  private readonly parser = new HttpExchanges({ detail: true, onExchange: () => {}, events: this })
  /** Bytes of each direction that the parser has seen, and the number of the read or write. */
  private readonly offsets = [0, 0]
  private spans = 0
  private turn: Turn | null = null
  private at: Moment = 0
  /** Of what the server said, to show it where it is no HTTP. */
  private beginning = ''
  private mayTakeMore = true

  constructor(channel: Channel, wire: Wire, version: '1.0' | '1.1', journal: Journal) {
    this.channel = channel
    this.wire = wire
    this.version = version
    this.journal = journal
    this.parser.open(SLOT, wire.remote.port, false, true)
  }

  exchange(request: PreparedRequest, choose: ChooseSink, halt: Halt): Promise<Exchanged> {
    halt.phase = 'send'
    return halt.wait<Exchanged>(
      (done, failed) => {
        const turn: Turn = {
          ...{
            halt,
            request,
            choose,
            news: new DataNews(),
            done,
            failed,
            from: this.offsets[SERVER],
            begunAt: now(),
            sentAt: null,
          },
          ...{ headBytes: 0, bodyBytes: 0, sink: null, response: null, isOver: false, onContinue: () => {} },
        }
        this.turn = turn
        this.channel.handTo(this)
        this.send(turn).catch((error: unknown) => this.abort(error))
      },
      () => {
        this.turn?.sink?.close()
        this.turn = null
        this.isReusable = false
        this.channel.destroy()
      },
    )
  }

  close(): void {
    this.channel.end()
  }

  // What the socket brings

  data(bytes: Uint8Array, at: Moment): boolean {
    this.at = at
    this.mayTakeMore = true
    if (this.beginning === '') this.beginning = Buffer.from(bytes.subarray(0, 60)).toString('latin1')
    this.feed(SERVER, bytes, at)
    const turn = this.turn
    if (turn === null) this.isReusable = false
    else if (turn.response === null) {
      // A head that never ends, or interim responses without end.
      if (this.offsets[SERVER] - turn.from > MAX_HEAD_BYTES) {
        this.abort({ kind: 'framing', code: 'head-too-long', received: this.wire.received })
      }
    } else if (turn.response.endedBy !== null) this.finish(turn, turn.response)
    return this.mayTakeMore
  }

  end(at: Moment): void {
    this.at = at
    this.isReusable = false
    const turn = this.turn
    this.parser.end(SLOT, SERVER, this.offsets[SERVER], 'fin')
    if (turn === null || turn.isOver) return
    const { response } = turn
    if (response?.complete === true) this.finish(turn, response)
    else {
      this.abort({
        kind: 'closed',
        phase: this.phase(turn),
        received: response?.contentBytes ?? this.offsets[SERVER],
        expected: response?.contentLength ?? null,
      })
    }
  }

  fail(error: unknown): void {
    this.isReusable = false
    const { turn } = this
    if (turn === null || turn.isOver) return
    this.abort(socketFailure(error, this.phase(turn), turn.response?.contentBytes ?? 0))
  }

  // What the parser reads in it

  onHead(_slot: number, side: number, message: HttpMessage): void {
    const { turn } = this
    if (side !== SERVER || turn === null) return
    if (message.framingLost) {
      this.refuse(message)
      return
    }
    turn.response = message
    turn.halt.phase = 'receive'
    const { headers } = message
    this.journal.note(
      {
        kind: 'response',
        protocol: `HTTP/1.${message.minor}`,
        status: message.status as number,
        reason: message.reason ?? '',
        headers,
        headBytes: message.headBytes as number,
      },
      this.wire,
      this.at,
    )
    try {
      turn.sink = turn.choose(message.status as number, headers)
      turn.sink.onDrain = () => this.channel.resume()
      turn.sink.begin(message.contentEncoding)
    } catch (error) {
      this.abort(error)
    }
  }

  onContent(_slot: number, side: number, bytes: Uint8Array, at: number, end: number): void {
    const sink = this.turn?.sink
    if (side !== SERVER || sink == null || at >= end) return
    try {
      if (!sink.write(bytes.subarray(at, end))) this.mayTakeMore = false
    } catch (error) {
      this.abort(error)
    }
  }

  onBody(_slot: number, side: number, message: HttpMessage, bodyBytes: number, complete: boolean): void {
    const { turn } = this
    if (side !== SERVER || turn === null || !turn.news.isNews(this.at, complete)) return
    const contentBytes = message.contentBytes ?? 0
    this.journal.note({ kind: 'data', contentBytes, bodyBytes, total: message.contentLength }, this.wire, this.at)
  }

  onUnproven(_slot: number, side: number, message: HttpMessage): void {
    if (side === SERVER) this.refuse(message)
  }

  onInterim(
    _slot: number,
    _exchange: unknown,
    interim: { status: number; reason: string | null; headBytes: number },
  ): void {
    const { status, reason, headBytes } = interim
    this.journal.note({ kind: 'interim', status, reason: reason ?? '', bytes: headBytes }, this.wire, this.at)
    if (status === 100) this.turn?.onContinue()
  }

  private feed(side: 0 | 1, bytes: Uint8Array, at: Moment): void {
    const offset = this.offsets[side]
    this.offsets[side] += bytes.length
    this.parser.data(SLOT, side, offset, bytes, 0, bytes.length, ++this.spans, at * 1e6)
  }

  /** The parser is shown the bytes first: nothing delays their moment then. */
  private write(bytes: Uint8Array): Promise<Moment> {
    this.feed(CLIENT, bytes, now())
    return this.pass(bytes)
  }

  private pass(bytes: Uint8Array): Promise<Moment> {
    return new Promise((resolve) => this.channel.write(bytes, resolve))
  }

  private async send(turn: Turn): Promise<void> {
    const { request } = turn
    const { body } = request
    const line = `${request.method} ${request.target} HTTP/${this.version}`
    const head = Buffer.from(
      `${line}\r\n${request.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
    )
    turn.headBytes = head.length
    // Head and a body at hand go in one write, so that they share a segment where there is room.
    const joined = body?.kind === 'bytes' && !request.expectsContinue ? body.bytes : null
    turn.bodyBytes = joined?.length ?? 0
    const first = joined === null ? head : Buffer.concat([head, joined])
    this.feed(CLIENT, first, now())
    turn.begunAt = now()
    this.journal.note({ kind: 'request', line, headers: request.headers }, this.wire, turn.begunAt)
    let sentAt = await this.pass(first)
    if (body !== null && joined === null) {
      if (request.expectsContinue && !(await this.mayGoOn(turn, sentAt))) return
      if (body.kind === 'bytes') {
        turn.bodyBytes = body.bytes.length
        sentAt = await this.write(body.bytes)
      } else sentAt = await this.stream(turn, body.open(), sentAt)
    }
    if (turn.isOver) return
    turn.sentAt = sentAt
    if (turn.halt.phase === 'send') turn.halt.phase = 'wait'
    this.journal.note({ kind: 'request-sent', headBytes: turn.headBytes, bodyBytes: turn.bodyBytes }, this.wire, sentAt)
  }

  /** Waits for 100, a final response or a second. False: the final response came, the body is not wanted. */
  private mayGoOn(turn: Turn, at: Moment): Promise<boolean> {
    this.journal.note({ kind: 'head-sent', bytes: turn.headBytes }, this.wire, at)
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        if (turn.response === null && !turn.isOver) this.journal.note({ kind: 'continue-missing' }, this.wire)
        turn.onContinue()
      }, CONTINUE_MS)
      turn.onContinue = () => {
        clearTimeout(timer)
        turn.onContinue = () => {}
        resolve(turn.response === null && !turn.isOver)
      }
    })
  }

  /** Sends a body piece by piece, in chunks where its length is not known (RFC 9112 §7.1). */
  private async stream(turn: Turn, pieces: AsyncIterable<Uint8Array>, at: Moment): Promise<Moment> {
    const chunked = isChunked(turn.request)
    for await (const piece of pieces) {
      // The answer may come before all has been asked.
      if (turn.isOver || turn.response !== null) break
      if (piece.length === 0) continue
      const bytes = chunked ? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, CRLF]) : piece
      turn.bodyBytes += bytes.length
      at = await this.write(bytes)
    }
    if (turn.isOver || turn.response !== null) return at
    if (chunked) {
      turn.bodyBytes += LAST_CHUNK.length
      at = await this.write(LAST_CHUNK)
    }
    return at
  }

  private finish(turn: Turn, response: HttpMessage): void {
    if (turn.isOver) return
    turn.isOver = true
    this.turn = null
    const { at } = this
    const hasMore = response.startOffset + response.totalBytes < this.offsets[SERVER]
    const isUnsent = turn.sentAt === null
    if (response.persistent !== true || hasMore || isUnsent || this.version === '1.0') this.isReusable = false
    if (headerValue(turn.request.headers, 'connection')?.toLowerCase() === 'close') this.isReusable = false
    const result: Exchanged = {
      protocol: `HTTP/1.${response.minor}`,
      status: response.status as number,
      reason: response.reason ?? '',
      headers: response.headers,
      requestHeadBytes: turn.headBytes,
      requestBodyBytes: turn.bodyBytes,
      headBytes: response.headBytes as number,
      bodyBytes: response.bodyBytes ?? 0,
      contentBytes: response.contentBytes ?? 0,
      begunAt: turn.begunAt,
      sentAt: turn.sentAt,
      firstAt: (response.firstTime ?? at * 1e6) / 1e6,
      lastAt: at,
    }
    const { status, headBytes, bodyBytes, contentBytes } = result
    this.journal.note({ kind: 'complete', status, headBytes, bodyBytes, contentBytes }, this.wire, at)
    turn.onContinue()
    this.channel.handTo(null)
    const sink = turn.sink
    if (sink === null) turn.done(result)
    else sink.finish().then(() => turn.done(result), turn.failed)
  }

  /** The bytes are no HTTP, or do not say where the message ends. */
  private refuse(message: HttpMessage): void {
    const codes = message.errors.map(({ code }) => code)
    const { received } = this.wire
    if (codes.includes('bad-start-line')) this.abort({ kind: 'not-http', beginning: this.beginning })
    else this.abort({ kind: 'framing', code: codes.at(-1) ?? 'unknown', received })
  }

  private abort(reason: unknown): void {
    const { turn } = this
    this.isReusable = false
    if (turn === null || turn.isOver) return
    turn.isOver = true
    this.turn = null
    turn.sink?.close()
    turn.onContinue()
    this.channel.handTo(null)
    this.channel.destroy()
    turn.failed(isFailure(reason) ? new FetchError(reason) : reason)
  }

  private phase(turn: Turn): 'send' | 'wait' | 'receive' {
    if (turn.response !== null) return 'receive'
    return turn.sentAt === null ? 'send' : 'wait'
  }
}

const CRLF = Buffer.from('\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

function isFailure(reason: unknown): reason is Failure {
  return typeof reason === 'object' && reason !== null && 'kind' in reason
}
