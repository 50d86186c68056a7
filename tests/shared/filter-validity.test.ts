import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findFilterNames } from '../../packages/cli/src/names/filter-names.ts'
import { linkTypeNumber } from '../../packages/core/src/file/link-types.ts'
import { compileFilter } from '../../packages/core/src/filter/compile.ts'
import { disassemble } from '../../packages/core/src/filter/disassemble.ts'
import { FilterError } from '../../packages/core/src/filter/error.ts'
import type { FilterNames } from '../../packages/core/src/filter/names.ts'
import { needsShared, sharedFolder } from '../needs.ts'

interface Row {
  readonly expr: string
  readonly dlt: string
  readonly valid: boolean
  readonly bytecode: string | null
}

/** Hosts that the expressions name, with the addresses that the expected programs hold. */
function withTestHosts(names: FilterNames): FilterNames {
  const ipv4 = Uint8Array.of(10, 20, 30, 40)
  const ipv6 = Uint8Array.from('fd00a1b2c3d400001020304050607080'.match(/../g)!, (byte) => Number.parseInt(byte, 16))
  return {
    ...names,
    hostAddresses: (name) => {
      const kinds = /^(NO)?ETH-(NO)?IPV4-(NO)?IPV6\.HOST123\.LIBPCAP\.TEST$/.exec(name)
      if (kinds === null) return []
      return [...(kinds[2] === undefined ? [ipv4] : []), ...(kinds[3] === undefined ? [ipv6] : [])]
    },
    etherHost: (name) => (/^ETH-.*\.LIBPCAP\.TEST$/.test(name) ? Uint8Array.of(0xaa, 0, 4, 0, 0x14, 0x0e) : null),
    network: (name) => {
      const bytes = /^NET-(\d+)-(\d+)-(\d+)-(\d+)\.LIBPCAP\.TEST$/.exec(name)
      return bytes === null ? null : bytes.slice(1).reduce((number, byte) => number * 256 + Number(byte), 0)
    },
  }
}

/** Length of the program, or that it was refused. An expression that can never match is well formed. */
function compile(row: Row, names: FilterNames): number | 'refused' | 'rejects all' {
  const options = {
    link: linkTypeNumber(row.dlt)!,
    snaplen: 262144,
    optimize: true,
    netmask: 0,
    names,
    isSavefile: true,
  }
  try {
    const { program } = compileFilter(row.expr, options)
    return disassemble(program, 'human').trimEnd().split('\n').length
  } catch (error) {
    if (!(error instanceof FilterError)) throw error
    return error.code === 'rejects-all' ? 'rejects all' : 'refused'
  }
}

needsShared("libpcap's own list of expressions", () => {
  const rows: Row[] = JSON.parse(readFileSync(join(sharedFolder, 'tcpdump', 'filter-validity.json'), 'utf8'))

  it('accepts and refuses at least 99.3 % as its newest version does, in programs about as long', async () => {
    const names = withTestHosts(await findFilterNames(''))
    const counts = new Map<string, { rows: number; agree: number }>()
    const misses: string[] = []
    let ours = 0
    let theirs = 0
    for (const row of rows) {
      const found = compile(row, names)
      const count = counts.get(row.dlt) ?? { rows: 0, agree: 0 }
      counts.set(row.dlt, count)
      count.rows++
      if ((found !== 'refused') === row.valid) count.agree++
      else misses.push(`${row.dlt} ${JSON.stringify(row.expr)}: ${row.valid ? 'valid' : 'invalid'}, we: ${found}`)
      if (typeof found === 'number' && row.bytecode !== null) {
        ours += found
        theirs += row.bytecode.trimEnd().split('\n').length
      }
    }
    console.info(`${misses.length} of ${rows.length} differ:\n${misses.join('\n')}`)
    console.info(`instructions: ours ${ours}, libpcap's ${theirs}`)
    for (const [dlt, { rows: all, agree }] of counts) expect(agree / all, dlt).toBeGreaterThan(0.97)
    const agree = rows.length - misses.length
    expect(agree / rows.length).toBeGreaterThanOrEqual(0.993)
    expect(ours).toBeLessThanOrEqual(theirs * 1.02)
  })
})
