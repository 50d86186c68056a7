import type { Segment } from '../conversation/segment.ts'
import type { Side, Slot } from '../conversation/stream.ts'
import type { HttpEvents, HttpExchange, HttpMessage, InterimResponse } from '../http/exchange.ts'
import type { Bytes, Milliseconds, PacketNumber } from '../units.ts'
import type { Tell } from './tell.ts'

/** Sentences about HTTP in one packet: more messages than that in one segment are not told one by one. */
const EVENTS = 8

type Happening =
  | { kind: 'head'; message: HttpMessage }
  | { kind: 'body'; message: HttpMessage; passed: Bytes; complete: boolean }
  | { kind: 'unproven'; message: HttpMessage; bytes: Bytes }
  | { kind: 'interim'; interim: InterimResponse }

/** Collects what HTTP did with the current packet, and tells it when the packet is told. */
export class HttpTeller implements HttpEvents {
  private happenings: Happening[] = []
  /** Connections that may turn out to be no HTTP. */
  private readonly muted = new Set<Slot>()

  onHead(_slot: Slot, _side: Side, message: HttpMessage): void {
    this.note({ kind: 'head', message })
  }

  onBody(_slot: Slot, _side: Side, message: HttpMessage, bodyBytes: Bytes, complete: boolean): void {
    const last = this.happenings.at(-1)
    // Several chunks of one body in one packet are one step.
    if (last?.kind === 'body' && last.message === message) {
      last.passed = bodyBytes
      last.complete = complete
    } else this.note({ kind: 'body', message, passed: bodyBytes, complete })
  }

  onUnproven(slot: Slot, _side: Side, message: HttpMessage, bytes: Bytes): void {
    if (this.muted.has(slot)) return
    const last = this.happenings.at(-1)
    if (last?.kind === 'head' && last.message === message) return
    if (last?.kind === 'unproven' && last.message === message) last.bytes += bytes
    else this.note({ kind: 'unproven', message, bytes })
  }

  onInterim(_slot: Slot, _exchange: HttpExchange, interim: InterimResponse): void {
    this.note({ kind: 'interim', interim })
  }

  /** Says nothing of bytes without content: whether the connection is HTTP is not known while its packets are told. */
  mute(slot: Slot, isMuted: boolean): void {
    if (isMuted) this.muted.add(slot)
    else this.muted.delete(slot)
  }

  clear(): void {
    this.happenings = []
  }

  /** True when something was told. */
  tell(segment: Segment, tell: Tell): boolean {
    const list = this.happenings
    for (let at = 0; at < list.length; at++) {
      const happening = list[at]
      if (happening.kind === 'head') {
        const next = list[at + 1]
        const body = next?.kind === 'body' && next.message === happening.message ? next : null
        if (body !== null) at++
        tellHead(happening.message, body, segment, tell)
      } else if (happening.kind === 'body') tellBody(happening, tell)
      else if (happening.kind === 'unproven') tellUnproven(happening, segment, tell)
      else tell('http.interim', { status: happening.interim.status, reason: happening.interim.reason ?? '' })
    }
    return list.length > 0
  }

  private note(happening: Happening): void {
    if (this.happenings.length < EVENTS) this.happenings.push(happening)
  }
}

function tellHead(
  message: HttpMessage,
  body: { passed: Bytes; complete: boolean } | null,
  segment: Segment,
  tell: Tell,
): void {
  if (message.side === 0) {
    if (message.headCut)
      tell('http.request.cut', { bytes: segment.freshBytes, method: message.method, target: message.target })
    else {
      const version = `HTTP/1.${message.minor ?? 0}`
      const bytes = (message.headBytes ?? 0) + (body?.passed ?? 0)
      tell('http.request.head', {
        method: message.method ?? '?',
        target: message.target ?? '?',
        version,
        bytes,
        body: body?.passed ?? null,
        complete: body === null ? message.endedBy === 'framing' : body.complete,
        waits: message.expectContinue,
      })
    }
    return
  }
  const { waitMs, request } = waitOf(message)
  const status = message.status ?? 0
  const reason = message.reason ?? ''
  if (message.headCut)
    tell('http.response.cut', {
      bytes: segment.freshBytes,
      status: message.status,
      reason: message.reason,
      waitMs,
      request,
    })
  else if (body === null)
    tell('http.response.head', {
      status,
      reason,
      bytes: message.headBytes ?? 0,
      waitMs,
      request,
      complete: message.endedBy === 'framing',
    })
  else {
    const parts = {
      headBytes: message.headBytes ?? 0,
      bodyBytes: body.passed,
      total: totalOf(message),
      complete: body.complete,
    }
    tell('http.response.head-body', { status, reason, ...parts, waitMs, request })
  }
  if (message.exchange.switched !== null) tell('http.switched', { status })
}

function tellBody(of: { message: HttpMessage; passed: Bytes; complete: boolean }, tell: Tell): void {
  const params = { passed: of.passed, total: totalOf(of.message), complete: of.complete }
  if (of.message.side === 0) tell('http.request.body', params)
  else tell('http.response.body', params)
}

function tellUnproven(of: { message: HttpMessage; bytes: Bytes }, segment: Segment, tell: Tell): void {
  const { message, bytes } = of
  const from = message.side === 0 ? 'client' : 'server'
  // An acknowledgement shows that bytes passed which the capture lost: that has been told.
  if (message.side !== segment.side) return
  const isFirst = message.totalBytes <= bytes
  if (message.cutBytes + message.lostBytes === 0) tell('http.not-http', { from, bytes })
  else if (!isFirst) tell('http.unproven', { from, bytes, passed: message.totalBytes })
  else if (message.side === 0) tell('http.like-request', { bytes })
  else tell('http.like-response', { bytes, ...waitOf(message) })
}

function totalOf(message: HttpMessage): Bytes | null {
  return message.chunked ? null : message.contentLength
}

/** From the request's last byte to the response's first, at the capture point. */
function waitOf(message: HttpMessage): { waitMs: Milliseconds | null; request: PacketNumber | null } {
  const { request } = message.exchange
  if (request === null || request.lastTime === null || message.firstTime === null || request.lastPacket <= 0)
    return { waitMs: null, request: null }
  return { waitMs: Math.max(0, message.firstTime - request.lastTime) / 1e6, request: request.lastPacket }
}
