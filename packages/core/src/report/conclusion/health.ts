import type { FindingLine, Severity } from '../../model/lines.ts'
import { reportMessages } from '../../story/messages/report.ts'
import { findReset, keptPackets } from './close.ts'
import type { ConclusionFacts, ConclusionRow } from './facts.ts'

/** Symbols that repeat what the severity's word says. */
export const severityMark: Record<Severity, string> = { error: '!', warn: '*', note: '-', info: '.' }

const RANK: readonly Severity[] = ['error', 'warn', 'note', 'info']
/** Labels that are no sign of trouble. */
const HARMLESS: ReadonlySet<string> = new Set(['keep-alive', 'keep-alive-ack', 'window-update', 'port-reused'])

/** What the rules found, the severest first. */
export function findingRows({ digest, language, both }: ConclusionFacts): ConclusionRow[] {
  const words = reportMessages(language).conclusion
  const zh = both && language === 'zh'
  const sorted = [...digest.findings].sort((a, b) => RANK.indexOf(a.severity) - RANK.indexOf(b.severity))
  const rows: ConclusionRow[] = []
  for (const finding of sorted) {
    const { text, advice, alternative } = sentences(finding, zh)
    if (text === '') continue
    rows.push({
      text: `${severityMark[finding.severity]} ${words.findingHead(finding)}  ${text}`,
      packets: finding.evidence.map(({ packet }) => packet),
      finding: true,
    })
    if (advice !== null) rows.push({ text: advice, packets: [] })
    if (alternative !== null) rows.push({ text: words.alternative({ text: alternative }), packets: [] })
  }
  return rows
}

function sentences(
  finding: FindingLine,
  zh: boolean,
): { text: string; advice: string | null; alternative: string | null } {
  if (!zh) return finding
  return {
    text: finding.textZh ?? '',
    advice: finding.adviceZh ?? null,
    alternative: finding.alternativeZh ?? null,
  }
}

/** Loss, resets and gaps; "ok" only if the packets show none of them and nothing hides them. */
export function healthRows(facts: ConclusionFacts): ConclusionRow[] {
  const { digest, summary } = facts
  const { line } = digest
  const words = reportMessages(facts.language).conclusion
  const rows: ConclusionRow[] = []
  const remarks: ConclusionRow[] = []
  const { retransmissions } = line
  const retransmitted = [...digest.labels].filter(([label]) => label.includes('retransmission'))
  if (retransmissions.client + retransmissions.server > 0) {
    rows.push({
      text: words.retransmissions(retransmissions),
      packets: retransmitted.flatMap(([, seen]) => seen.packets),
    })
  }
  for (const [label, { count, packets }] of digest.labels) {
    if (label.includes('retransmission') && rows.length > 0) continue
    const into = HARMLESS.has(label) ? remarks : rows
    into.push({ text: words.labelled({ label, count }), packets })
  }
  const reset = findReset(facts)
  if (reset.packets.length > 0) rows.push({ text: words.reset({ by: reset.by }), packets: reset.packets })
  if (summary.dropped > 0) rows.push({ text: words.dropped({ count: summary.dropped }), packets: [] })
  if (summary.truncated !== null)
    rows.push({ text: words.truncated({ offset: summary.truncated.offset }), packets: [] })
  const all = keptPackets(facts)
  const isOneEndpoint = line.client.address === line.server.address && line.client.port === line.server.port
  const begin = all.slice(0, 1)
  if (line.open === 'mid-stream') rows.push({ text: words.midStream, packets: begin })
  if (line.roles === 'inferred') remarks.push({ text: words.rolesInferred, packets: begin })
  if (line.packets.server === 0 && !isOneEndpoint && line.open !== 'unanswered')
    rows.push({ text: words.oneSided({ side: 'client' }), packets: all })
  else if (line.packets.client === 0) rows.push({ text: words.oneSided({ side: 'server' }), packets: all })
  // Nothing is known of the way to a server that does not answer.
  if (rows.length === 0)
    rows.push({ text: line.open === 'unanswered' ? words.unanswered : words.healthOk, packets: all })
  return [...rows, ...remarks]
}
