import type { ConversationRecord } from '../../conversation/record.ts'
import type { ClientLogLine } from '../../file/record.ts'
import type { HttpExchange } from '../../http/exchange.ts'
import type { Note, StateRecord } from '../../model/lines.ts'
import { type Lang, writeNote } from '../../story/note.ts'
import type { PacketNumber } from '../../units.ts'
import { maskSecretLine } from './secrets.ts'

/** Whether the log tells sizes, and they are this exchange's. */
export function fitsClientLog(log: readonly ClientLogLine[], exchange: HttpExchange): boolean {
  return log.some((line) => line.kind === 'request-sent' || line.kind === 'data') && !contradicts(log, exchange)
}

/** Sizes in the log that cannot be this exchange's. */
function contradicts(log: readonly ClientLogLine[], exchange: HttpExchange): boolean {
  const sent = log.find((line) => line.kind === 'request-sent')
  if (sent?.bytes != null && exchange.request !== null && sent.bytes !== exchange.request.totalBytes) return true
  const data = log.find((line) => line.kind === 'data')
  return data?.bytes != null && exchange.response !== null && data.bytes > exchange.response.totalBytes
}

/** Lines of an HTTP client's log that was pasted with the trace, each with the packets that show what it says.
 *  Empty when the log's sizes do not fit the exchange: then it is another one's log. */
export function matchClientLog(
  log: readonly ClientLogLine[],
  exchange: HttpExchange,
  conversation: ConversationRecord,
  lang: Lang,
  showSecrets: boolean,
): Note[] {
  if (contradicts(log, exchange)) return []
  return log.map((line) => {
    const packets = packetsOf(line, exchange, conversation)
    const text = showSecrets || line.name === null ? line.text : maskSecretLine(line.text, line.name)
    return packets.length > 0
      ? writeNote('client-log.matched', { line: text, packets }, lang)
      : writeNote('client-log.only', { line: text }, lang)
  })
}

function packetsOf(line: ClientLogLine, exchange: HttpExchange, conversation: ConversationRecord): PacketNumber[] {
  const client = conversation.states.client
  switch (line.kind) {
    case 'connecting':
      return entered(client, 'SYN_SENT')
    case 'connected':
      return entered(client, 'ESTABLISHED')
    case 'request-line':
    case 'request-header':
    case 'request-sent':
      return exchange.request === null ? [] : [...exchange.request.packets]
    case 'data':
      return bodyPackets(line, exchange)
    case 'response-header':
      return exchange.response === null ? [] : exchange.response.packets.slice(0, 1)
    case 'complete':
      return exchange.response === null ? [] : exchange.response.packets.slice(-1)
    default:
      return []
  }
}

/** The last packets of the response that together carry as many bytes as the log's body has: only the whole response is
 *  sure to hold them, its last packet the last of them. */
function bodyPackets(line: ClientLogLine, exchange: HttpExchange): PacketNumber[] {
  const { response } = exchange
  if (response === null) return []
  return line.bytes !== null && line.bytes === line.total ? response.packets.slice(-1) : [...response.packets]
}

function entered(states: readonly StateRecord[], name: string): PacketNumber[] {
  const packet = states.find((record) => record.state === name)?.packet
  return packet == null ? [] : [packet]
}
