import type { Fact } from './check.ts'

/** Which Node runs this. One that is too old has been refused before. */
export function checkNode(): readonly Fact[] {
  return [{ check: 'node', status: 'ok', version: process.versions.node, path: process.execPath }]
}
