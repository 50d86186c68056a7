import type { ReportLine } from '../model/lines.ts'
import { escapeJson } from './escape.ts'

/** One line of JSON Lines, newline included. Characters that a terminal could obey are `\uXXXX`. */
export function renderJson(line: ReportLine): string {
  return `${escapeJson(JSON.stringify(line))}\n`
}
