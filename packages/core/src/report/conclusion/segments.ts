import type { Confidence, ExchangeLine, WriteRecord } from '../../model/lines.ts'
import type { SegmentPart } from '../../story/messages/conclusion-types.ts'
import { reportMessages } from '../../story/messages/report.ts'
import type { Bytes, PacketNumber } from '../../units.ts'
import { type ConclusionFacts, type ConclusionRow, isCaptured } from './facts.ts'

const SHOWN = 5
/** Room that the time stamp option takes from a segment's data (RFC 7323 §3.2). */
const TIMESTAMP_OPTION = 12

/** Sizes of the segments that carried the response, null if one of them was not kept. */
export function segmentSizes(packets: readonly PacketNumber[], facts: ConclusionFacts): Bytes[] | null {
  const kept = new Map<PacketNumber, Bytes>()
  for (const item of facts.digest.items)
    if (item.type === 'packet' && item.tcp !== null) kept.set(item.n, item.tcp.bytes)
  const sizes: Bytes[] = []
  for (const packet of packets) {
    const bytes = kept.get(packet)
    if (bytes === undefined) return null
    sizes.push(bytes)
  }
  return sizes
}

/** What each segment carries; nulls unless the header's end is known and the segments are the message, no more. */
function segmentParts(sizes: readonly Bytes[], exchange: ExchangeLine): SegmentPart[] {
  const { response } = exchange
  const head = response?.headBytes ?? null
  const body = response?.bodyBytes ?? null
  const sum = sizes.reduce((total, bytes) => total + bytes, 0)
  if (head === null || body === null || sum !== head + body) return sizes.map(() => null)
  let at = 0
  return sizes.map((bytes) => {
    const start = at
    at += bytes
    return at <= head ? 'head' : start >= head ? 'body' : 'head-and-body'
  })
}

const SURENESS: readonly Confidence[] = ['certain', 'likely', 'possible']

function leastSure(writes: readonly WriteRecord[]): Confidence {
  return writes.reduce<Confidence>(
    (least, { confidence }) => (SURENESS.indexOf(confidence) > SURENESS.indexOf(least) ? confidence : least),
    'certain',
  )
}

/** How the response was divided into segments, and what that says of the server's writes. */
export function segmentRows(facts: ConclusionFacts): ConclusionRow[] {
  const { digest, language } = facts
  const words = reportMessages(language).conclusion
  const answered = digest.exchanges.filter(({ response }) => response !== null && response.packets.length > 0)
  const exchange = answered.find(({ response }) => response!.packets.length > 1) ?? answered.at(0)
  if (exchange === undefined) return []
  const packets = exchange.response!.packets
  const sizes = segmentSizes(packets.slice(0, 2000), facts)
  if (sizes === null || packets.length > 2000) return []
  const parts = segmentParts(sizes, exchange)
  const shown = sizes.length > SHOWN + 1 ? SHOWN : sizes.length
  const rows: ConclusionRow[] = [
    {
      text: words.segments({
        of: 'server',
        more: sizes.length - shown,
        parts: sizes.slice(0, shown).map((bytes, index) => ({ bytes, part: parts[index] })),
      }),
      packets,
    },
  ]
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0)
  if (exchange.response!.headBytes === null && !isCaptured(facts, exchange.response))
    rows.push({ text: words.headEndUnproven({ total }), packets })
  const within = new Set(packets)
  const writes = digest.line.writes.server.filter((write) => write.packets.every((packet) => within.has(packet)))
  const written = writes.reduce((sum, { bytes }) => sum + bytes, 0)
  if (writes.length > 0 && written === total) {
    const sentences = [
      words.writes({ by: 'server', writes: writes.length, segments: sizes.length, confidence: leastSure(writes) }),
    ]
    const { mss } = digest.line
    const room = mss.client !== null && mss.server !== null ? Math.min(mss.client, mss.server) : null
    if (room !== null && sizes.length > 1) {
      const apart = writes.length === sizes.length
      if (apart && total <= room - TIMESTAMP_OPTION) sentences.push(words.fitsOneSegment({ total, mss: room }))
      else if (writes.length === 1 && total > room && exchange.response!.totalBytes === total) {
        sentences.push(words.splitBySize({ total, mss: room, segments: sizes.length }))
      }
    }
    rows.push({ text: sentences.join(language === 'zh' ? '' : ' '), packets })
  }
  return rows
}
