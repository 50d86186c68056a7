import type { Finding } from '../../findings/rule.ts'
import type { FindingLine } from '../../model/lines.ts'
import { findingWords, type Lang, type RuleId, writeFinding } from '../../story/note.ts'
import type { CaptureClock } from './time.ts'

/** The line of one finding, worded in the asked language. */
export function findingLine(
  rule: string,
  finding: Finding,
  conversation: number,
  clock: CaptureClock,
  lang: Lang,
): FindingLine {
  const language = lang === 'zh' ? 'zh' : 'en'
  const words = writeFinding(rule as RuleId, finding.params, language)
  const line: FindingLine = {
    v: 1,
    type: 'finding',
    rule,
    severity: finding.severity,
    confidence: finding.confidence,
    conversation,
    evidence: finding.evidence.map(({ packet, why }) => ({ packet, why: findingWords(language).why[why] })),
    interval: [clock.formatRelative(finding.interval[0]), clock.formatRelative(finding.interval[1])],
    params: finding.params,
    ...words,
  }
  if (lang === 'both') {
    const zh = writeFinding(rule as RuleId, finding.params, 'zh')
    line.textZh = zh.text
    line.adviceZh = zh.advice
    line.alternativeZh = zh.alternative
  }
  return line
}
