import type { HttpEvents, HttpExchange, HttpMessage } from '../../packages/core/src/http/exchange.ts'
import { HttpExchanges } from '../../packages/core/src/http/exchanges.ts'

/** Something that the reassembled streams of one connection deliver. `cut`: that many of the last bytes are not captured;
 *  `lost`: none is, and the packet only proves that they passed. */
export interface Segment {
  side: 0 | 1
  bytes: Uint8Array
  cut?: number
  lost?: boolean
  /** Calls of data() that the segment arrives in: offsets inside it. */
  splits?: number[]
}

/** A message as plain data, for comparing. */
export function plainMessage(m: HttpMessage) {
  return {
    side: m.side,
    basis: m.basis,
    startOffset: m.startOffset,
    endOffset: m.endOffset,
    headEnd: m.headEnd,
    headBytes: m.headBytes,
    bodyBytes: m.bodyBytes,
    contentBytes: m.contentBytes,
    totalBytes: m.totalBytes,
    cutBytes: m.cutBytes,
    lostBytes: m.lostBytes,
    endedBy: m.endedBy,
    complete: m.complete,
    headCut: m.headCut,
    framingLost: m.framingLost,
    packets: [...m.packets],
    packetCount: m.packetCount,
    firstPacket: m.firstPacket,
    lastPacket: m.lastPacket,
    headPacket: m.headPacket,
    bodyPacket: m.bodyPacket,
    firstTime: m.firstTime,
    lastTime: m.lastTime,
    headTime: m.headTime,
    headEndsAtSegmentEnd: m.headEndsAtSegmentEnd,
    method: m.method,
    target: m.target,
    targetPrefix: m.targetPrefix,
    status: m.status,
    reason: m.reason,
    minor: m.minor,
    headers: m.headers.map(([name, value]): [string, string] => [name, value]),
    trailers: m.trailers.map(([name, value]): [string, string] => [name, value]),
    contentLength: m.contentLength,
    chunked: m.chunked,
    persistent: m.persistent,
    connectionClose: m.connectionClose,
    upgrade: m.upgrade,
    expectContinue: m.expectContinue,
    keepAliveTimeout: m.keepAliveTimeout,
    dateHeader: m.dateHeader,
    host: m.host,
    contentType: m.contentType,
    errors: m.errors.map((e) => ({ ...e })),
  }
}
export type PlainMessage = ReturnType<typeof plainMessage>

export function plainExchange(e: HttpExchange) {
  return {
    index: e.index,
    request: e.request && plainMessage(e.request),
    response: e.response && plainMessage(e.response),
    interim: e.interim.map((i) => ({ ...i })),
    pairing: e.pairing,
    basis: e.basis,
    switched: e.switched,
    previousEnd: e.previousEnd,
  }
}
export type PlainExchange = ReturnType<typeof plainExchange>

export interface FeedOptions {
  detail?: boolean
  port?: number
  midStream?: boolean
  end?: 'fin' | 'reset' | 'capture-end'
  events?: HttpEvents
}

/** Packets are numbered from 1 and sent a millisecond apart. */
export function feed(segments: readonly Segment[], options: FeedOptions = {}): PlainExchange[] {
  const exchanges: PlainExchange[] = []
  const http = new HttpExchanges({
    detail: options.detail ?? true,
    onExchange: (e) => exchanges.push(plainExchange(e)),
    ...(options.events && { events: options.events }),
  })
  http.open(0, options.port ?? 80, options.midStream ?? false)
  const offset = [0, 0]
  segments.forEach(({ side, bytes, cut = 0, lost = false, splits = [] }, k) => {
    const packet = k + 1
    const time = packet * 1e6
    const seen = lost ? 0 : bytes.length - cut
    let from = 0
    for (const to of [...splits.filter((s) => s > 0 && s < seen).sort((a, b) => a - b), seen]) {
      if (to > from) http.data(0, side, offset[side] + from, bytes, from, to, packet, time)
      from = to
    }
    if (seen < bytes.length) http.missing(0, side, offset[side] + seen, bytes.length - seen, !lost, packet, time)
    offset[side] += bytes.length
  })
  const how = options.end ?? 'fin'
  http.end(0, 0, offset[0], how)
  http.end(0, 1, offset[1], how)
  http.release(0)
  return exchanges
}

/** ISO-8859-1 bytes. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0))
}
