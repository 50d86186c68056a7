import type { ReportLine } from '../model/lines.ts'
import { escapeJson } from './escape.ts'
import type { TopRound } from './top.ts'

/** One line of JSON Lines, newline included. Characters that a terminal could obey are `\uXXXX`. */
export function renderJson(line: ReportLine | TopRound): string {
  return `${escapeJson(JSON.stringify(line))}\n`
}
