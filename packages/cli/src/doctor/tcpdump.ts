import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Fact } from './check.ts'
import { LONGEST_MS, reasonOf } from './machine.ts'

/** The program that captures where libpcap cannot be called. */
export async function checkTcpdump(): Promise<readonly Fact[]> {
  try {
    const { stdout, stderr } = await promisify(execFile)('tcpdump', ['--version'], { timeout: LONGEST_MS })
    const version = /version (\S+)/.exec(stdout + stderr)?.[1] ?? null
    return [{ check: 'tcpdump', status: version === null ? 'unknown' : 'ok', version, reason: null }]
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return [{ check: 'tcpdump', status: 'note', version: null, reason: isMissing ? null : reasonOf(error) }]
  }
}
