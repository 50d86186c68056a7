import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rootFolder } from '../needs.ts'
import { explain, type Lang } from './explain.ts'
import { CLOCKS, expectNote, expectUnproven } from './facts.ts'

/** The note's trace as a whole capture, as one that is cut at 96 bytes, and as text. */

const read = (path: string): Buffer => readFileSync(join(rootFolder, path))
const whole = read('examples/http-practice.pcap')
const cut = read('examples/http-practice-96.pcap')
const trace = read('tests/note/trace.txt')

const LANGUAGES: readonly Lang[] = ['en', 'zh']

describe('the whole capture', () => {
  const report = explain(whole, 'en')

  it('is the note', () => expectNote(report))

  it('tells where the head of the response ends, and that it was written apart', () => {
    expect(report.exchanges[0]).toMatchObject({
      protocol: 'http/1.1',
      method: 'GET',
      target: '/',
      host: 'tsf.oa.com',
      status: 200,
      reason: 'OK',
      request: { headBytes: 611, bodyBytes: 0 },
      response: { headBytes: 328, bodyBytes: 974, complete: true },
      notes: [],
    })
    expect(report.findings.find(({ rule }) => rule === 'tcp/two-writes')).toMatchObject({
      confidence: 'certain',
      evidence: [{ packet: 6 }, { packet: 7 }],
      params: { side: 'server', headBytes: 328, bodyBytes: 974, times: 1 },
    })
  })

  it('tells what the note does not: closed after 9.96 s of the 15 s offered, and a clock that is 14 minutes off', () => {
    expect(report.findings.find(({ rule }) => rule === 'http/idle-close')).toMatchObject({
      evidence: [{ packet: 7 }, { packet: 9 }],
      params: { closer: 'client', idleMs: 9955.842, offeredSeconds: 15 },
    })
    const offset = report.findings.find(({ rule }) => rule === 'http/clock-offset')!
    expect(offset.evidence.map(({ packet }) => packet)).toEqual([6])
    // 02:27:08 by the header, 02:13:01.618486 by the capture.
    expect(offset.params.offsetSeconds).toBeCloseTo(846.381514, 5)
    expect(report.findings).toHaveLength(4)
  })

  it('has the times of the note', () => {
    const hours = (clock: string): string => `2008-08-10T02${clock.slice(2)}000Z`
    expect(report.packets.map(({ time }) => time)).toEqual(CLOCKS.map(hours))
    expect(report.packets.every(({ clock }) => clock === undefined)).toBe(true)
  })

  it.each(LANGUAGES)('says so in its text: %s', (lang) => {
    const text = explain(whole, lang).text(160)
    for (const part of ['9.96 s', '14 min 6 s', '#7 #9', 'GET / -> 200 OK']) expect(text).toContain(part)
    const words = {
      en: ['328 B headers + 974 B body', 'Client sent FIN first', 'TIME_WAIT is on the client', 'keep it 15 s'],
      zh: ['328 字节响应头 + 974 字节正文', '客户端先发 FIN', 'TIME_WAIT 在客户端', '保持 15 秒'],
    }
    for (const part of words[lang]) expect(text).toContain(part)
    expect(text).not.toMatch(/not proven|未经证实/)
  })
})

describe('the capture that is cut at 96 bytes', () => {
  const report = explain(cut, 'en')

  it('is the note', () => expectNote(report))

  it('claims nothing about what was cut off', () => {
    expectUnproven(report)
    // Only the start lines lie within the 42 bytes that were kept of each payload.
    expect(report.exchanges[0]).toMatchObject({ method: 'GET', target: '/', host: null, status: 200, reason: 'OK' })
  })
})

describe('the trace as text', () => {
  const report = explain(trace, 'en')

  it('is the note', () => expectNote(report))

  it('claims nothing that the text does not tell', () => {
    expectUnproven(report)
    expect(report.exchanges[0]).toMatchObject({ method: null, target: null, host: null, status: null, reason: null })
  })

  it('has clocks as printed, and no time', () => {
    expect(report.capture).toMatchObject({ format: 'tcpdump-text', start: null, clock: CLOCKS[0] })
    expect(report.capture.interfaces).toMatchObject([{ name: 'eth2', link: 'EN10MB', snaplen: 96 }])
    expect(report.packets.map(({ time, clock }) => [time, clock])).toEqual(CLOCKS.map((clock) => [null, clock]))
    const { conversation, summary, findings } = report
    expect([conversation.start, conversation.end, summary.start, summary.end]).toEqual([null, null, null, null])
    expect(findings.flatMap(({ interval }) => interval)).toEqual([null, null])
  })
})

describe.each(LANGUAGES)('what is not proven is said: %s', (lang) => {
  const sentence = { en: /not proven/, zh: /未经证实/ }[lang]
  const sizes = { en: '328 B + 974 B', zh: '328 字节 + 974 字节' }[lang]

  it.each([
    ['cut capture', cut],
    ['text', trace],
  ])('%s', (_, bytes) => {
    const text = explain(bytes, lang).text(160)
    expect(text).toMatch(sentence)
    expect(text).toContain(sizes)
    // What only the headers tell.
    expect(text).not.toMatch(/15 s\b|15 秒|14 min|headers \+|响应头 \+/)
  })

  it('the source is text', () => {
    const source = { en: /printed text/, zh: /打印出的文本/ }[lang]
    expect(explain(trace, lang).text(160)).toMatch(source)
    expect(explain(cut, lang).text(160)).not.toMatch(source)
  })
})

it('all three tell the same packets, states and close', () => {
  const [first, ...others] = [whole, cut, trace].map((bytes) => {
    const { packets, conversation, exchanges } = explain(bytes, 'en')
    const { start: _start, end: _end, ...rest } = conversation
    return { packets: packets.map(({ n, from, tcp, state }) => ({ n, from, tcp, state })), rest, ms: exchanges[0].ms }
  })
  expect(others).toEqual([first, first])
})
