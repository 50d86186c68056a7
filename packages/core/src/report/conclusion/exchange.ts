import type { ExchangeLine } from '../../model/lines.ts'
import { reportMessages } from '../../story/messages/report.ts'
import { elideMiddle } from '../width.ts'
import { type ConclusionFacts, type ConclusionRow, isCaptured } from './facts.ts'

const SHOWN = 4
const TARGET_CELLS = 120

function question(exchange: ExchangeLine): string | null {
  if (exchange.method === null) return null
  return elideMiddle(`${exchange.method} ${exchange.target ?? ''}`.trimEnd(), TARGET_CELLS, '...')
}

function answer(exchange: ExchangeLine): string | null {
  if (exchange.status === null) return null
  return elideMiddle(`${exchange.status} ${exchange.reason ?? ''}`.trimEnd(), 40, '...')
}

/** Who asked for what and what came back. */
export function exchangeRows(facts: ConclusionFacts): ConclusionRow[] {
  const { digest, language } = facts
  const words = reportMessages(language).conclusion
  if (digest.exchangeCount === 0) {
    const carriers = digest.items.filter((item) => (item.type === 'run' ? item.bytes : (item.tcp?.bytes ?? 0)) > 0)
    return [
      {
        text: words.noExchange(digest.line.bytes),
        packets: carriers.flatMap((item) => (item.type === 'run' ? [item.first, item.last] : [item.n])),
      },
    ]
  }
  const rows: ConclusionRow[] = []
  const shown = digest.exchanges.slice(0, SHOWN)
  for (const exchange of shown) {
    const { request, response } = exchange
    rows.push({
      text: words.exchange({
        request: question(exchange),
        requestSeen: request !== null,
        answer: answer(exchange),
        responseSeen: response !== null,
        requestBytes: request?.totalBytes ?? null,
        responseBytes: response?.totalBytes ?? null,
        complete: response?.complete !== false,
        captured: isCaptured(facts, exchange.status === null && response !== null ? response : request),
      }),
      packets: [...(request?.packets ?? []), ...(response?.packets ?? [])],
    })
  }
  if (digest.exchangeCount > shown.length) {
    rows.push({
      text: words.moreExchanges({ count: digest.exchangeCount, shown: shown.length }),
      packets: digest.exchanges.flatMap(({ request, response }) => [
        ...(request?.packets ?? []),
        ...(response?.packets ?? []),
      ]),
    })
  }
  return rows
}
