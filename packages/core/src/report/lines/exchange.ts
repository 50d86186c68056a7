import type { HttpExchange, HttpMessage } from '../../http/exchange.ts'
import { splitTime } from '../../http/time-split.ts'
import type { ConversationLine, ExchangeLine, MessagePart, Note } from '../../model/lines.ts'
import type { Nanoseconds } from '../../units.ts'
import { maskSecrets } from './secrets.ts'

/** What the exchange's line takes from its conversation. */
export interface ExchangeContext {
  n: number
  conversation: number
  /** Times of the handshake; null = not captured. */
  syn: Nanoseconds | null
  handshakeAck: Nanoseconds | null
  rttMs: ConversationLine['rttMs']
  vantage: ConversationLine['vantage']
  /** Of both sides. */
  retransmissions: number
  showSecrets: boolean
  notes: Note[]
}

/** The line of one HTTP exchange. */
export function exchangeLine(exchange: HttpExchange, context: ExchangeContext): ExchangeLine {
  const { request, response } = exchange
  const ms = splitTime(exchange, context)
  return {
    v: 1,
    type: 'exchange',
    n: context.n,
    conversation: context.conversation,
    protocol: protocolOf(request, response),
    method: request?.method ?? null,
    target: request?.target ?? null,
    host: request?.host ?? null,
    status: response?.status ?? null,
    reason: response?.reason ?? null,
    request: request === null ? null : messagePart(request, context.showSecrets),
    response: response === null ? null : { ...messagePart(response, context.showSecrets), complete: response.complete },
    ms,
    waitSplit: splitWait(ms.wait, context),
    notes: context.notes,
  }
}

function protocolOf(request: HttpMessage | null, response: HttpMessage | null): string {
  const minor = request?.minor ?? response?.minor ?? null
  return minor === null ? 'http/1' : `http/1.${minor}`
}

function messagePart(message: HttpMessage, showSecrets: boolean): MessagePart {
  return {
    headBytes: message.headBytes,
    bodyBytes: message.bodyBytes,
    totalBytes: message.totalBytes,
    packets: [...message.packets],
    headers: showSecrets ? message.headers.map(([name, value]) => [name, value]) : maskSecrets(message.headers),
  }
}

/** The wait, divided where the packets allow it: seen from the client's end it holds one round trip, from the server's none. */
function splitWait(wait: number | null, of: ExchangeContext): ExchangeLine['waitSplit'] {
  // What was sent again may lie within the wait: then neither share is known.
  if (wait === null || of.retransmissions > 0) return null
  if (of.vantage === 'server') return { networkMs: 0, serverMs: wait }
  if (of.vantage !== 'client' || of.rttMs === null || of.rttMs >= wait) return null
  return { networkMs: of.rttMs, serverMs: wait - of.rttMs }
}
