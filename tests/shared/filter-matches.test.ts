import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PacketRecord } from '@wiretale/core'
import { expect, it } from 'vitest'
import { findFilterNames } from '../../packages/cli/src/names/filter-names.ts'
import type { BpfProgram } from '../../packages/core/src/filter/bpf.ts'
import { compileFilter } from '../../packages/core/src/filter/compile.ts'
import { FilterError } from '../../packages/core/src/filter/error.ts'
import { runBpf } from '../../packages/core/src/filter/interpret.ts'
import type { FilterNames } from '../../packages/core/src/filter/names.ts'
import { needsShared, sharedFolder } from '../needs.ts'
import { loadCapture } from '../support/analysis.ts'

interface Expected {
  readonly exprs: readonly string[]
  readonly files: readonly {
    readonly pcap: string
    readonly link: string
    readonly packets: number
    readonly matches: Readonly<Record<string, readonly number[]>>
  }[]
}

needsShared("tcpdump's matches", () => {
  const folder = join(sharedFolder, 'tcpdump')
  const expected: Expected = JSON.parse(readFileSync(join(folder, 'filter-matches.json'), 'utf8'))

  /** Numbers of the packets that an expression accepts; null where it is refused. */
  function matchesOf(expression: string, records: readonly PacketRecord[], names: FilterNames): number[] | null {
    const options = { link: records[0].link, snaplen: 262144, optimize: true, netmask: 0, names, isSavefile: true }
    let program: BpfProgram
    try {
      program = compileFilter(expression, options).program
    } catch (error) {
      if (error instanceof FilterError) return null
      throw error
    }
    return records
      .filter(({ bytes, at, end, wireBytes }) => runBpf(program, bytes, at, end - at, wireBytes) !== 0)
      .map(({ number }) => number)
  }

  it('are ours, for every expression and file', async () => {
    const names = await findFilterNames('')
    const differences: string[] = []
    let compared = 0
    for (const file of expected.files) {
      const { records } = loadCapture(join(folder, 'cases', file.pcap))
      expect(records).toHaveLength(file.packets)
      for (const expression of expected.exprs) {
        const wanted = file.matches[expression]
        const found = matchesOf(expression, records, names)
        compared++
        if (JSON.stringify(found) !== JSON.stringify(Array.isArray(wanted) ? wanted : null))
          differences.push(`${file.pcap} ${expression}: ${JSON.stringify(wanted)}, we: ${JSON.stringify(found)}`)
      }
    }
    expect(compared).toBeGreaterThan(4000)
    expect(differences).toEqual([])
  })
})
