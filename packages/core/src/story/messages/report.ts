import { reportEn } from './conclusion-en.ts'
import type { ReportMessages } from './conclusion-types.ts'
import { reportZh } from './conclusion-zh.ts'

/** A language that sentences are written in. */
export type Language = 'en' | 'zh'

/** The report's own words in `language`; notes and findings bring theirs along. */
export function reportMessages(language: Language): ReportMessages {
  return language === 'zh' ? reportZh : reportEn
}
