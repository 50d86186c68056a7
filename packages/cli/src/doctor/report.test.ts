import { paintNothing, textWidth } from '@wiretale/core'
import { describe, expect, it } from 'vitest'
import type { Fact } from './check.ts'
import { renderFact, renderFactLine } from './report.ts'

const look = { lang: 'en', width: 80, paint: paintNothing } as const

const facts: readonly Fact[] = [
  { check: 'node', status: 'ok', version: '20.19.0', path: '/usr/bin/node' },
  { check: 'koffi', status: 'warning', version: null, reason: 'koffi is not there' },
  { check: 'libpcap', status: 'unknown', version: null, reason: 'koffi is not there' },
  { check: 'libpcap', status: 'warning', version: null, reason: 'libpcap is not there' },
  { check: 'tcpdump', status: 'note', version: null, reason: 'EACCES' },
  { check: 'tcpdump', status: 'note', version: null, reason: null },
  { check: 'tcpdump', status: 'unknown', version: null, reason: null },
  { check: 'interfaces', status: 'unknown', interfaces: null, more: 0, reason: 'no' },
  { check: 'interfaces', status: 'warning', interfaces: [], more: 0, reason: null },
  {
    check: 'interfaces',
    status: 'ok',
    interfaces: [
      { name: 'eth0', flags: 'Up, Running', link: 'EN10MB' },
      { name: 'x', flags: null, link: null },
    ],
    more: 3,
    reason: null,
  },
  { check: 'offloads', status: 'unknown', interface: 'eth0', enabled: null },
  { check: 'offloads', status: 'ok', interface: 'eth0', enabled: ['rx-checksum'] },
  { check: 'offloads', status: 'note', interface: 'eth0', enabled: ['tx-checksum'] },
  { check: 'offloads', status: 'note', interface: 'eth0', enabled: ['tso', 'gro', 'tx-checksum', 'rx-checksum'] },
  { check: 'time-stamps', status: 'unknown', interface: null, types: null },
  { check: 'time-stamps', status: 'ok', interface: 'eth0', types: [] },
  { check: 'time-stamps', status: 'ok', interface: 'eth0', types: ['host', 'adapter'] },
  { check: 'buffer', status: 'ok', bytes: 2 ** 24, ring: 'TPACKET_V3' },
  { check: 'buffer', status: 'ok', bytes: 2 ** 24, ring: null },
  { check: 'clock', status: 'unknown', isSynchronised: null, errorMs: null },
  { check: 'clock', status: 'note', isSynchronised: false, errorMs: null },
  { check: 'clock', status: 'ok', isSynchronised: true, errorMs: 1.5 },
  { check: 'terminal', status: 'ok', isUtf8: true, columns: 80 },
  { check: 'terminal', status: 'note', isUtf8: false, columns: null },
  { check: 'process', status: 'ok', hasEvents: true, reason: null },
  { check: 'process', status: 'note', hasEvents: false, reason: 'EACCES' },
  { check: 'process', status: 'note', hasEvents: null, reason: null },
  { check: 'rights', status: 'unknown', user: null, mayCapture: null, nodeFile: null, node: '/node' },
  { check: 'rights', status: 'warning', user: 1000, mayCapture: false, nodeFile: [], node: '/node' },
  { check: 'rights', status: 'ok', user: 1000, mayCapture: true, nodeFile: ['cap_net_raw'], node: '/node' },
  ...(['permission', 'no-device', 'engine', 'other'] as const).map((code) => capture({ code, reason: 'why' })),
  capture({ code: 'permission', reason: 'why', wouldTcpdump: true }),
  capture({ code: 'engine', engine: 'tcpdump', reason: 'why' }),
  capture({ status: 'ok', link: 'EN10MB' }),
]

function capture(of: Partial<Fact<'capture'>>): Fact<'capture'> {
  const base = { check: 'capture', interface: 'eth0', engine: 'libpcap', link: null } as const
  return { ...base, status: 'failed', code: null, reason: null, wouldTcpdump: false, ...of }
}

describe('the report of doctor', () => {
  it('says every fact in both languages, without a hole', () => {
    for (const fact of facts) {
      const en = renderFact(fact, look)
      const zh = renderFact(fact, { ...look, lang: 'zh' })
      expect(en + zh).not.toMatch(/undefined|null|NaN|\[object/)
      expect(zh, en).not.toBe(en)
      // Commands for copying are not broken.
      if (en.includes('sudo setcap')) continue
      for (const line of (en + zh).split('\n')) expect(textWidth(line), line).toBeLessThanOrEqual(80)
    }
  })

  it('names the interface, what is on, and what that does to captures', () => {
    const [tx, all] = facts
      .filter((fact) => fact.check === 'offloads' && fact.status === 'note')
      .map((fact) => renderFact(fact, { ...look, width: 300 }))
    expect(tx).toContain('eth0: transmit checksums on: expect sent packets whose checksums')
    expect(tx).not.toContain('MSS')
    expect(all).toContain('TSO, GRO, transmit checksums on: expect segments larger than the MSS')
    expect(all).toContain('checksums are not filled in')
  })

  it('lets no name write to the terminal, and keeps it in the data', () => {
    const name = 'e\x1b[2Jth\u202e0\x9b'
    const hostile: Fact = { check: 'offloads', status: 'note', interface: name, enabled: ['tso'] }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(renderFact(hostile, look)).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    const line = renderFactLine(hostile, 'en')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(line).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(JSON.parse(line).interface).toBe(name)
  })

  it('has one object a line, in one language or in both', () => {
    for (const fact of facts) {
      const { v, type, text, textZh, ...rest } = JSON.parse(renderFactLine(fact, 'both'))
      expect([v, type]).toEqual([1, 'check'])
      expect(rest).toMatchObject({ ...fact })
      expect(textZh).not.toBe(undefined)
      expect(JSON.parse(renderFactLine(fact, 'zh'))).toMatchObject({ text: textZh })
      const en = JSON.parse(renderFactLine(fact, 'en'))
      expect(en).toMatchObject({ text })
      expect(en).not.toHaveProperty('textZh')
    }
  })
})
