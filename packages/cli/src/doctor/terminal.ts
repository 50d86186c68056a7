import { isUtf8 } from '../terminal/locale.ts'
import type { Fact } from './check.ts'

/** Whether arrows and lines can be drawn. */
export function checkTerminal(): readonly Fact[] {
  const columns = process.stdout.isTTY === true ? process.stdout.columns || null : null
  const utf8 = isUtf8()
  return [{ check: 'terminal', status: utf8 ? 'ok' : 'note', isUtf8: utf8, columns }]
}
