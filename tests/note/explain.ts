import { Analysis, type LineType } from '../../packages/core/src/analyse.ts'
import { ChunkFeeder } from '../../packages/core/src/file/feeder.ts'
import { openCapture } from '../../packages/core/src/file/reader.ts'
import type {
  CaptureLine,
  ConversationLine,
  ExchangeLine,
  FindingLine,
  PacketLine,
  ReportLine,
  SummaryLine,
} from '../../packages/core/src/model/lines.ts'
import { DigestBuilder } from '../../packages/core/src/report/digest.ts'
import { renderJson } from '../../packages/core/src/report/json.ts'
import { textOptions } from '../../packages/core/src/report/options.ts'
import { renderText } from '../../packages/core/src/report/text.ts'

export type Lang = 'en' | 'zh'

/** The report on a capture of one connection. */
export interface Report {
  readonly lines: readonly ReportLine[]
  readonly capture: CaptureLine
  readonly packets: readonly PacketLine[]
  readonly conversation: ConversationLine
  readonly exchanges: readonly ExchangeLine[]
  readonly findings: readonly FindingLine[]
  readonly summary: SummaryLine
  /** JSON Lines as `--json` writes them. */
  readonly json: string
  /** What a terminal `width` cells wide shows. */
  text(width: number): string
}

const ALL: readonly LineType[] = ['capture', 'packet', 'conversation', 'exchange', 'finding', 'summary']

/** Explains a capture as the command does, without its process. Throws if the input is damaged. */
export function explain(bytes: Uint8Array, lang: Lang): Report {
  const lines: ReportLine[] = []
  const analysis = new Analysis({ file: 'capture', types: new Set(ALL), lang, showSecrets: false }, (line) => {
    lines.push(line)
  })
  const feeder = new ChunkFeeder(openCapture(analysis))
  feeder.push(bytes)
  feeder.end()
  if (feeder.damage !== null) throw new Error(feeder.damage.message)
  analysis.finish(null)
  return reportOf(lines, lang)
}

/** A report from its lines, which may come from `--json`. Throws unless they tell of exactly one conversation. */
export function reportOf(lines: readonly ReportLine[], lang: Lang): Report {
  const of = <T extends LineType>(type: T): Extract<ReportLine, { type: T }>[] =>
    lines.filter((line): line is Extract<ReportLine, { type: T }> => line.type === type)
  const conversations = of('conversation')
  if (conversations.length !== 1) throw new Error(`${conversations.length} conversations`)
  return {
    lines,
    capture: of('capture')[0],
    packets: of('packet'),
    conversation: conversations[0],
    exchanges: of('exchange'),
    findings: of('finding'),
    summary: of('summary')[0],
    json: lines.map(renderJson).join(''),
    text(width) {
      const builder = new DigestBuilder({ conversation: null })
      for (const line of lines) builder.add(line)
      return [...renderText(builder.finish(), textOptions({ lang, width }))].join('\n')
    },
  }
}
