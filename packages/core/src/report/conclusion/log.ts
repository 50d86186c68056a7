import type { ExchangeLine, Note } from '../../model/lines.ts'
import { reportMessages } from '../../story/messages/report.ts'
import type { Bytes, PacketNumber } from '../../units.ts'
import type { ConclusionFacts, ConclusionRow } from './facts.ts'
import { segmentSizes } from './segments.ts'

/** Lines shown; a log has a line a header. */
const SHOWN = 40
/** So many header lines of one message are told as one. */
const FOLDED = 3

/** A line of the client's log and the packets that show what it says. */
interface LogLine {
  readonly text: string
  readonly packets: readonly PacketNumber[]
}

function readLog(notes: readonly Note[]): LogLine[] {
  return notes.flatMap(({ id, params }) => {
    if (!id.startsWith('client-log.') || typeof params.line !== 'string') return []
    return [{ text: params.line, packets: Array.isArray(params.packets) ? params.packets : [] }]
  })
}

const HEADER = /^(?:[<>] )?[!#$%&'*+.^_`|~0-9A-Za-z-]{1,80}:(?: |$)/
const REQUEST = /^(?:> )?((?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT) \S.*)$/
const STATUS = /^(?:< )?(?:HTTP\/[0-9.]{1,4} )?([1-5][0-9]{2})(?: |$)/
/** `Data available. 974/974 bytes` */
const BODY = /\b(\d{1,15})\/(\d{1,15}) bytes\b/

/** What a client logged beside the packets that show it: pasted with the trace, in the order of the log. */
export function logRows(facts: ConclusionFacts): ConclusionRow[] {
  const rows: ConclusionRow[] = []
  for (const exchange of facts.digest.exchanges) {
    const lines = readLog(exchange.notes)
    if (lines.length === 0) continue
    for (const { text, packets } of facts.full ? lines : fold(lines, exchange, facts)) {
      if (rows.length < SHOWN) rows.push({ text, packets, cut: true })
    }
    rows.push(...inferences(lines, exchange, facts))
  }
  return rows
}

/** Headers of one message that follow one another as one line. */
function fold(lines: readonly LogLine[], exchange: ExchangeLine, { language }: ConclusionFacts): LogLine[] {
  const words = reportMessages(language).conclusion
  const folded: LogLine[] = []
  for (let at = 0; at < lines.length; ) {
    let end = at
    while (end < lines.length && HEADER.test(lines[end].text) && samePackets(lines[end], lines[at])) end++
    if (end - at < FOLDED) {
      folded.push(...lines.slice(at, Math.max(end, at + 1)))
      at = Math.max(end, at + 1)
      continue
    }
    const { packets } = lines[at]
    const isRequest = exchange.request?.packets.some((packet) => packets.includes(packet)) === true
    folded.push({ text: words.logHeaders({ count: end - at, of: isRequest ? 'request' : 'response' }), packets })
    at = end
  }
  return folded
}

function samePackets(a: LogLine, b: LogLine): boolean {
  return a.packets.length === b.packets.length && a.packets.every((packet, index) => packet === b.packets[index])
}

/** Where the log says more than the packets can: which request and status, and how the response divides. */
function inferences(lines: readonly LogLine[], exchange: ExchangeLine, facts: ConclusionFacts): ConclusionRow[] {
  const words = reportMessages(facts.language).conclusion
  const rows: ConclusionRow[] = []
  const { request, response } = exchange
  const asked = exchange.method === null ? firstMatch(lines, REQUEST) : null
  const status = exchange.status === null ? firstMatch(lines, STATUS) : null
  if (asked !== null || status !== null) {
    rows.push({
      text: words.logExchange({ request: asked?.value ?? null, status: status?.value ?? null }),
      packets: [...(asked === null ? [] : (request?.packets ?? [])), ...(response?.packets ?? []).slice(0, 1)],
    })
  }
  const body = firstMatch(lines, BODY)
  const total = /^\d+\/(\d+)/.exec(body?.whole ?? '')?.[1]
  if (response === null || response.headBytes !== null || body === null || body.value !== total) return rows
  const bodyBytes: Bytes = Number(body.value)
  const headBytes = response.totalBytes - bodyBytes
  if (bodyBytes === 0 || headBytes <= 0) return rows
  const sizes = segmentSizes(response.packets, facts)
  let border = sizes?.length ?? 0
  let left = bodyBytes
  while (sizes !== null && border > 0 && left > 0) left -= sizes[--border]
  const divides = sizes !== null && left === 0 && sizes.reduce((sum, bytes) => sum + bytes, 0) === response.totalBytes
  rows.push({
    text: words.logBody({
      body: bodyBytes,
      head: headBytes,
      headPackets: divides ? response.packets.slice(0, border) : [],
      bodyPackets: divides ? response.packets.slice(border) : [],
    }),
    packets: response.packets,
  })
  return rows
}

function firstMatch(lines: readonly LogLine[], pattern: RegExp): { value: string; whole: string } | null {
  for (const { text } of lines) {
    const match = pattern.exec(text)
    if (match !== null) return { value: match[1], whole: match[0] }
  }
  return null
}
