import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PacketRecord } from '@wiretale/core'
import { expect, test } from 'vitest'
import type { BpfProgram } from '../../packages/core/src/filter/bpf.ts'
import { runBpf } from '../../packages/core/src/filter/interpret.ts'
import { createPredicate } from '../../packages/core/src/filter/predicate.ts'
import { isValidBpf } from '../../packages/core/src/filter/validate.ts'
import { type CaptureLayout, scanAll, type TestRecord, writeCapture } from '../filter/captures.ts'
import { parseDecimals, parseDisassembly } from '../filter/disassembly.ts'
import { itNeeds, needsShared, sharedFolder } from '../needs.ts'
import { loadCapture } from '../support/analysis.ts'

interface Validity {
  readonly expr: string
  readonly bytecode?: string
}

interface Matches {
  readonly exprs: readonly string[]
  readonly files: readonly {
    readonly pcap: string
    readonly link: string
    readonly packets: number
    readonly matches: Readonly<Record<string, readonly number[]>>
  }[]
}

const layout: CaptureLayout = { littleEndian: true, snaplen: 262_144, fraction: 'keep' }
/** Packets of the large captures beyond these are like those before. */
const MOST_OF_A_CAPTURE = 20

const capturedBytes = (record: PacketRecord): number => record.end - record.at

needsShared('programs of libpcap', () => {
  const tcpdump = join(sharedFolder, 'tcpdump')

  /** Packets of all captures that there are, whatever their link type. */
  const records = (): PacketRecord[] =>
    ['tcpdump/cases', 'truth'].flatMap((folder) =>
      readdirSync(join(sharedFolder, folder))
        .filter((name) => name.endsWith('.pcap'))
        .flatMap((name) => loadCapture(join(sharedFolder, folder, name)).records.slice(0, MOST_OF_A_CAPTURE)),
    )

  test('run alike in the interpreter, as generated JavaScript and in a scan', () => {
    const validity: Validity[] = JSON.parse(readFileSync(join(tcpdump, 'filter-validity.json'), 'utf8'))
    const texts = new Set(validity.flatMap(({ bytecode }) => (bytecode ? [bytecode] : [])))
    expect(texts.size).toBeGreaterThan(150)
    const packets = records()
    expect(packets.length).toBeGreaterThan(2000)
    const capture: TestRecord[] = packets.map((record, i) => ({
      packet: {
        bytes: record.bytes.slice(record.at, record.end),
        cut: record.wireBytes - capturedBytes(record),
      },
      seconds: i,
      fraction: 0,
    }))
    const bytes = writeCapture(capture, layout)
    let matches = 0
    for (const text of texts) {
      const program = parseDisassembly(text)
      expect(isValidBpf(program)).toBe(true)
      const predicate = createPredicate(program)
      let expected = 0
      for (const [i, record] of packets.entries()) {
        const captured = capturedBytes(record)
        const result = runBpf(program, record.bytes, record.at, captured, record.wireBytes)
        if (predicate(record.bytes, record.at, captured, record.wireBytes) !== result)
          expect.fail(`${text}: packet ${i}`)
        if (result !== 0) expected++
      }
      const options = { ...layout, program, maxBytes: 262_144, output: 'count' } as const
      expect(scanAll(options, bytes, 65_000).matches, text).toBe(expected)
      matches += expected
    }
    expect(matches).toBeGreaterThan(20_000)
  })

  itNeeds(['tcpdump'], 'accept the packets that libpcap accepts', () => {
    const { exprs, files }: Matches = JSON.parse(readFileSync(join(tcpdump, 'filter-matches.json'), 'utf8'))
    const programs = new Map<string, BpfProgram | null>()
    /** null for an expression that makes no sense for the link type. */
    const compile = (pcap: string, link: string, expression: string): BpfProgram | null => {
      // Programs for the loopback of BSD depend on the byte order of the machine that captured.
      const key = `${link === 'NULL' ? pcap : link} ${expression}`
      const known = programs.get(key)
      if (known !== undefined) return known
      const path = join(tcpdump, 'cases', pcap)
      const { status, stdout } = spawnSync('tcpdump', ['-r', path, '-ddd', expression], { encoding: 'utf8' })
      const program = status === 0 ? parseDecimals(stdout) : null
      programs.set(key, program)
      return program
    }
    let compared = 0
    for (const { pcap, link, packets, matches } of files) {
      const { records } = loadCapture(join(tcpdump, 'cases', pcap))
      expect(records.length, pcap).toBe(packets)
      for (const expression of exprs) {
        // null: not for this link type.
        const expected = matches[expression] as readonly number[] | null | undefined
        if (expected === null || expected === undefined) continue
        const program = compile(pcap, link, expression)
        if (program === null) continue
        const predicate = createPredicate(program)
        const accepted = records.flatMap((record, i) =>
          predicate(record.bytes, record.at, capturedBytes(record), record.wireBytes) !== 0 ? [i + 1] : [],
        )
        expect(accepted, `${pcap} ${expression}`).toEqual(expected)
        compared++
      }
    }
    expect(compared).toBeGreaterThan(3000)
  })
})
