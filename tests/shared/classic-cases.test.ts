import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { needsShared, sharedFolder } from '../needs.ts'
import { runTcpdumpMode } from '../support/tcpdump-mode.ts'

const folder = join(sharedFolder, 'tcpdump')

interface Case {
  readonly pcap: string
  readonly options: string
  readonly expected: string
}

needsShared("tcpdump 3.9.8's lines", () => {
  const zone = process.env.TZ
  beforeAll(() => {
    process.env.TZ = 'GMT0'
  })
  afterAll(() => {
    process.env.TZ = zone
  })
  const cases: readonly Case[] = JSON.parse(readFileSync(join(folder, 'classic.json'), 'utf8'))

  it.each(cases)('$pcap $options', async ({ pcap, options, expected }) => {
    // Captures that only these cases use lie beside them.
    const beside = join(folder, 'cases', pcap)
    const capture = existsSync(beside) ? beside : join(folder, 'classic', pcap)
    const { stdout } = await runTcpdumpMode('--format=classic', ...options.split(' '), '-r', capture)
    expect(stdout.toString('latin1')).toBe(readFileSync(join(folder, 'classic', expected), 'latin1'))
  })
})
