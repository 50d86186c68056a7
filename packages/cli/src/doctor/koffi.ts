import type { Fact } from './check.ts'
import type { Machine } from './machine.ts'

/** The package that calls libpcap. */
export function checkKoffi({ koffi: { it, reason } }: Machine): readonly Fact[] {
  if (it === null) return [{ check: 'koffi', status: 'warning', version: null, reason }]
  return [{ check: 'koffi', status: 'ok', version: it.version, reason: null }]
}
