import type { TimeSplit } from '../model/lines.ts'
import type { Nanoseconds } from '../units.ts'
import type { HttpExchange } from './exchange.ts'

/** What the connection says about the time before the request. Null: not in the capture. */
export interface ConnectionTimes {
  /** The SYN that was answered. */
  syn: Nanoseconds | null
  /** The ACK that ends the handshake, alone or on data. */
  handshakeAck: Nanoseconds | null
}

function toMs(ns: Nanoseconds | null): number | null {
  return ns === null ? null : ns / 1e6
}

/** The time split of an exchange (docs/report.md): consecutive parts in milliseconds, each border a packet's time, which
 *  sum to `total`. A part whose border the capture does not hold is null; the total then covers the parts that are known.
 *  Where things overlap (pipelining, a response before the end of its request, data in the SYN) a border moves to the
 *  later of the two times, so that no part is negative and no time counts twice. `dns` and `tls` are null here. */
export function splitTime(exchange: HttpExchange, connection: ConnectionTimes): TimeSplit {
  const { request, response } = exchange
  const begun = request?.firstTime ?? null
  const sent = request?.lastTime ?? null
  const answered = response?.firstTime ?? null
  const received = response?.lastTime ?? null

  let connect: Nanoseconds | null = null
  let idle: Nanoseconds | null = null
  if (exchange.index === 0) {
    const { syn, handshakeAck } = connection
    // Data in the SYN (RFC 7413) begins the request before the handshake has ended.
    const opened = handshakeAck !== null && begun !== null ? Math.min(handshakeAck, begun) : handshakeAck
    if (syn !== null && opened !== null) connect = Math.max(0, opened - syn)
    if (opened !== null && begun !== null) idle = begun - opened
  } else if (exchange.previousEnd !== null && begun !== null) idle = Math.max(0, begun - exchange.previousEnd)

  const send = begun === null || sent === null ? null : sent - begun
  // The response may begin, or even end, while the request is still being sent.
  const from = sent !== null && answered !== null ? Math.max(answered, sent) : answered
  const wait = sent === null || from === null ? null : from - sent
  const receive = from === null || received === null ? null : Math.max(0, received - from)

  let total: Nanoseconds | null = null
  for (const part of [connect, idle, send, wait, receive]) if (part !== null) total = (total ?? 0) + part
  return {
    dns: null,
    connect: toMs(connect),
    tls: null,
    idle: toMs(idle),
    send: toMs(send),
    wait: toMs(wait),
    receive: toMs(receive),
    total: toMs(total),
  }
}
