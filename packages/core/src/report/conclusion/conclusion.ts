import type { CaptureLine, SummaryLine } from '../../model/lines.ts'
import type { SectionName } from '../../story/messages/conclusion-types.ts'
import type { Language } from '../../story/messages/report.ts'
import { reportMessages } from '../../story/messages/report.ts'
import type { Milliseconds, PacketNumber } from '../../units.ts'
import { elapsed, readInstant } from '../clock.ts'
import type { ConversationDigest } from '../gathering.ts'
import { closeRows } from './close.ts'
import { exchangeRows } from './exchange.ts'
import type { ConclusionFacts, ConclusionRow } from './facts.ts'
import { findingRows, healthRows } from './health.ts'
import { logRows } from './log.ts'
import { processRows } from './process.ts'
import { segmentRows } from './segments.ts'
import { legendRows, stateRows } from './states.ts'
import { timeRows } from './time.ts'

export interface ConclusionSection {
  readonly name: SectionName
  readonly label: string
  readonly rows: readonly ConclusionRow[]
}

/** What happened on one connection, in the words of one language. */
export interface Conclusion {
  readonly client: string
  readonly server: string
  readonly total: Milliseconds | null
  readonly sections: readonly ConclusionSection[]
  readonly legend: readonly string[]
}

/** `10.1.9.11:58384`, `[2001:db8::1]:80` */
export function endpoint(of: { address: string; port: number }): string {
  return of.address.includes(':') ? `[${of.address}]:${of.port}` : `${of.address}:${of.port}`
}

/** Builds the conclusion. Sections without a row are left out. */
export function conclude(
  digest: ConversationDigest,
  summary: SummaryLine,
  capture: CaptureLine | null,
  language: Language,
  { both, full }: { both: boolean; full: boolean },
): Conclusion {
  const times = new Map<PacketNumber, Milliseconds>()
  let total: Milliseconds | null = null
  for (const item of digest.items) {
    if (item.type === 'run' || digest.start === null) continue
    const instant = readInstant(item.time, item.clock)
    if (instant === null) continue
    total = elapsed(digest.start, instant)
    times.set(item.n, total)
  }
  const begin = readInstant(digest.line.start, undefined)
  const end = readInstant(digest.line.end, undefined)
  if (begin !== null && end !== null) total = elapsed(begin, end)
  const facts: ConclusionFacts = {
    digest,
    summary,
    capture,
    language,
    both,
    full,
    at: (packet) => times.get(packet) ?? null,
  }
  const labels = reportMessages(language).layout.section
  const rows: Record<SectionName, ConclusionRow[]> = {
    process: processRows(facts),
    exchange: exchangeRows(facts),
    log: logRows(facts),
    time: timeRows(facts),
    segments: segmentRows(facts),
    close: closeRows(facts),
    states: stateRows(facts),
    findings: findingRows(facts),
    health: healthRows(facts),
  }
  const sections = (Object.keys(rows) as SectionName[])
    .filter((name) => rows[name].length > 0)
    .map((name) => ({ name, label: labels[name], rows: rows[name] }))
  return {
    client: endpoint(digest.line.client),
    server: endpoint(digest.line.server),
    total,
    sections,
    legend: legendRows(facts),
  }
}
