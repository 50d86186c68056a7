import type { ExchangeLine, MessagePart, SideName } from '../../model/lines.ts'
import { reportMessages } from '../../story/messages/report.ts'
import type { Bytes } from '../../units.ts'
import { noteText } from '../rows.ts'
import { elideMiddle } from '../width.ts'
import type { ConclusionFacts, ConclusionRow } from './facts.ts'

const SHOWN = 4
const TARGET_CELLS = 120

/** Bytes of a message: head and body, or, of the only exchange of a connection without retransmission, all that its
 *  side sent (sequence numbers tell that even where the contents were not captured). Null: not known. */
export function messageBytes(part: MessagePart | null, side: SideName, { digest }: ConclusionFacts): Bytes | null {
  if (part === null) return null
  if (part.headBytes !== null && part.bodyBytes !== null) return part.headBytes + part.bodyBytes
  const { line } = digest
  return digest.exchangeCount === 1 && line.retransmissions[side] === 0 ? line.bytes[side] : null
}

function question(exchange: ExchangeLine): string | null {
  if (exchange.method === null) return null
  return elideMiddle(`${exchange.method} ${exchange.target ?? ''}`.trimEnd(), TARGET_CELLS, '...')
}

function answer(exchange: ExchangeLine): string | null {
  if (exchange.status === null) return exchange.response === null ? null : '?'
  return elideMiddle(`${exchange.status} ${exchange.reason ?? ''}`.trimEnd(), 40, '...')
}

/** Who asked for what and what came back. */
export function exchangeRows(facts: ConclusionFacts): ConclusionRow[] {
  const { digest, language } = facts
  const words = reportMessages(language).conclusion
  if (digest.exchangeCount === 0) {
    return [{ text: words.noExchange(digest.line.bytes), packets: [] }]
  }
  const rows: ConclusionRow[] = []
  const shown = digest.exchanges.slice(0, SHOWN)
  for (const exchange of shown) {
    const { request, response } = exchange
    const borderKnown = response === null || response.headBytes !== null
    rows.push({
      text: words.exchange({
        request: question(exchange),
        answer: answer(exchange),
        requestBytes: messageBytes(request, 'client', facts),
        responseBytes: messageBytes(response, 'server', facts),
        complete: response === null || response.complete || !borderKnown,
      }),
      packets: [...(request?.packets ?? []), ...(response?.packets ?? [])],
    })
    for (const note of exchange.notes) {
      const text = noteText(note, language, facts.both)
      if (text !== '') rows.push({ text, packets: [] })
    }
  }
  if (digest.exchangeCount > shown.length) {
    rows.push({ text: words.moreExchanges({ count: digest.exchangeCount, shown: shown.length }), packets: [] })
  }
  return rows
}
