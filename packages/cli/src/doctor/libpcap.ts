import type { Fact } from './check.ts'
import type { Machine } from './machine.ts'

/** The library that captures. */
export function checkLibpcap({ koffi, libpcap: { it, reason } }: Machine): readonly Fact[] {
  // Without koffi nothing can be asked of it.
  const status = it !== null ? 'ok' : koffi.it === null ? 'unknown' : 'warning'
  return [{ check: 'libpcap', status, version: it?.version() ?? null, reason }]
}
