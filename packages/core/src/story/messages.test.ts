import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Shape, shapesOf } from '../../../../tests/support/message-shapes.ts'
import { captureEn } from './messages/capture-en.ts'
import { captureZh } from './messages/capture-zh.ts'
import { findingEn } from './messages/finding-en.ts'
import type { FindingText } from './messages/finding-types.ts'
import { findingZh } from './messages/finding-zh.ts'
import { packetEn } from './messages/packet-en.ts'
import { packetZh } from './messages/packet-zh.ts'

type Say = (params: Record<string, unknown>) => string
type Catalogue = Record<string, Say>

const source = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/** Of every message the parameters' types as its declaration writes them: a new message is tested without being named here. */
const declared: Record<string, Shape> = {
  ...shapesOf(source('messages/packet-types.ts'), 'PacketMessages'),
  ...shapesOf(source('messages/capture-types.ts'), 'CaptureMessages'),
}
const en = { ...packetEn, ...captureEn } as unknown as Catalogue
const zh = { ...packetZh, ...captureZh } as unknown as Catalogue

/** Protocol words stay as they are in Chinese; where English has one, Chinese has it too. */
const WORDS = /\b(?:SYN-ACK|SYN|FIN|ACK|RST|TIME_WAIT|CLOSED|HTTP|TCP|ICMP|Fast Open|keep-alive|100 Continue|pcapng)\b/g

const HAN = /\p{Script=Han}/u
const NONE = /undefined|NaN|null|\[object/

/** Values that a parameter of a type may have. */
function values(type: string, name: string): unknown[] {
  const each = type.split('|').map((one) => one.trim())
  return each.flatMap((one): unknown[] => {
    if (one === 'null') return [null]
    if (one === 'SideName') return ['client', 'server']
    if (one === 'boolean') return [true, false]
    if (one === 'Bytes') return [0, 1, 1448, 12_345_678]
    if (one === 'Milliseconds') return [0, 0.261, 9955.842, 11_531_000]
    if (one === 'PacketNumber' || one === 'number') return [1, 1_234_567]
    if (one === 'PacketNumber[]') return [[4], [6, 7]]
    // A response may lack its reason phrase (RFC 9112 §4).
    if (one === 'string') return name === 'reason' ? ['', 'Not Found'] : ['x/y']
    if (/^'[^']*'$/.test(one)) return [one.slice(1, -1)]
    throw new Error(`no values for a parameter of type ${one}`)
  })
}

function combinations(shape: Shape): Record<string, unknown>[] {
  return Object.entries(shape).reduce<Record<string, unknown>[]>(
    (all, [name, type]) => all.flatMap((params) => values(type, name).map((value) => ({ ...params, [name]: value }))),
    [{}],
  )
}

describe('every message', () => {
  it('is declared once and written in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(declared).sort())
    expect(Object.keys(zh).sort()).toEqual(Object.keys(declared).sort())
    expect(Object.keys(declared).length).toBeGreaterThan(60)
  })

  it.each(Object.entries(declared))('%s reads well with all parameters', (id, shape) => {
    for (const params of combinations(shape)) {
      const english = en[id](params)
      const chinese = zh[id](params)
      for (const text of [english, chinese]) {
        expect(text).not.toMatch(NONE)
        expect(text).not.toMatch(/ {2}|^ | $|\n/)
        expect(text.trim()).not.toBe('')
      }
      expect(english).toMatch(/^[\x20-\x7e]+$/)
      expect(english).toMatch(/[.)]$/)
      expect(chinese).toMatch(HAN)
      expect(chinese).toMatch(/[。）]$/)
      expect(chinese).not.toMatch(/[,;:!?](?=[\p{Script=Han}])|[\p{Script=Han}][,;:!?.]/u)
      for (const [word] of english.matchAll(WORDS)) expect(chinese, `${id}: ${english}`).toContain(word)
      // Packets that English names are named in Chinese, and the other way round.
      const numbers = (text: string): string[] => (text.match(/#\d+/g) ?? []).sort()
      expect(numbers(chinese)).toEqual(numbers(english))
    }
  })
})

const findings: Record<string, Record<string, unknown>[]> = {
  'tcp/who-closed-first': combinations({
    first: "SideName | 'both'",
    timeWait: "SideName | 'both' | 'none' | null",
  }),
  'tcp/two-writes': combinations({ side: 'SideName', headBytes: 'Bytes', bodyBytes: 'Bytes', times: 'number' }),
  'http/idle-close': combinations({ closer: 'SideName', idleMs: 'Milliseconds', offeredSeconds: 'number | null' }),
  'http/clock-offset': [-1e7, -59.004, -3, 3.996, 846.381514].map((offsetSeconds) => ({ offsetSeconds })),
}

describe('every finding', () => {
  it.each(Object.keys(findingEn.findings))('%s reads well with all parameters', (id) => {
    expect(Object.keys(findings)).toContain(id)
    for (const params of findings[id]) {
      const say = (words: typeof findingEn): FindingText =>
        (words.findings as unknown as Record<string, (of: Record<string, unknown>) => FindingText>)[id](params)
      const english = say(findingEn)
      const chinese = say(findingZh)
      for (const part of ['text', 'advice', 'alternative'] as const) {
        expect(english[part] === null).toBe(chinese[part] === null)
        if (english[part] === null || chinese[part] === null) continue
        expect(english[part]).toMatch(/^[\x20-\x7e]+\.$/)
        expect(chinese[part]).toMatch(/^[^\n]*\p{Script=Han}[^\n]*。$/u)
        for (const text of [english[part], chinese[part]]) expect(text).not.toMatch(NONE)
        for (const [word] of english[part].matchAll(WORDS)) expect(chinese[part]).toContain(word)
      }
    }
  })

  it('has words for every reason of evidence', () => {
    expect(Object.keys(findingZh.why).sort()).toEqual(Object.keys(findingEn.why).sort())
    for (const why of Object.values(findingEn.why)) expect(why).toMatch(/^[\x20-\x7e]+$/)
    for (const why of Object.values(findingZh.why)) expect(why).not.toBe('')
  })
})
