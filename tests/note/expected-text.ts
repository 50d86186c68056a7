import { expect } from 'vitest'
import { clockOffset, isKnownHttp, isText, type Source, spanMs } from './expected.ts'
import type { Lang, Report } from './explain.ts'
import type { Variant } from './generator.ts'
import { segmentsOf } from './wire.ts'

/** What the text for people must say about a variant. Wording is other tests' business: here are the values. */

/** Wide enough that no sentence is broken. */
export const WIDE = 400

const WORDS = {
  en: {
    first: { client: 'Client sent FIN first', server: 'Server sent FIN first' },
    timeWait: { client: 'TIME_WAIT is on the client', server: 'TIME_WAIT is on the server' },
    chains: { client: 'client: ', server: 'server: ' },
    unproven: /not proven/,
    parts: (head: number, body: number) => `${head} B headers + ${body} B body`,
    sizes: (head: number, body: number) => `${head} B + ${body} B`,
    fits: (total: number, mss: number) => `${total} B would fit one ${mss} B segment`,
    ahead: ['ahead of', 'behind'],
    isText: /printed text/,
  },
  zh: {
    first: { client: '客户端先发 FIN', server: '服务器先发 FIN' },
    timeWait: { client: 'TIME_WAIT 在客户端', server: 'TIME_WAIT 在服务器' },
    chains: { client: '客户端：', server: '服务器：' },
    unproven: /未经证实/,
    parts: (head: number, body: number) => `${head} 字节响应头 + ${body} 字节正文`,
    sizes: (head: number, body: number) => `${head} 字节 + ${body} 字节`,
    fits: (total: number, mss: number) => `${total} 字节本可放进一个 ${mss} 字节的报文段`,
    ahead: ['快', '慢'],
    isText: /来源是打印出的文本/,
  },
} as const

const UNITS: Record<string, number> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }

/** Durations of a sentence in milliseconds, each with how far its rounding may be off. */
function durationsIn(text: string): { ms: number; within: number }[] {
  const found: { ms: number; within: number }[] = []
  for (const [whole] of text.matchAll(/\d+ h \d+ min|\d+ min \d+ s|\d+(?:\.\d+)? (?:ms|s)\b/g)) {
    const parts = [...whole.matchAll(/([\d.]+) (h|min|ms|s)/g)]
    const last = parts[parts.length - 1]
    const decimals = last[1].split('.')[1]?.length ?? 0
    found.push({
      ms: parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit], 0),
      // Half a unit of the last digit, and a little for a tie.
      within: 0.51 * UNITS[last[2]] * 10 ** -decimals,
    })
  }
  return found
}

function expectDuration(text: string, ms: number): void {
  const fits = durationsIn(text).some((duration) => Math.abs(duration.ms - ms) <= duration.within)
  expect(fits, `${ms} ms in: ${text}`).toBe(true)
}

/** The line that has `part`. */
function lineWith(text: string, part: string): string {
  const line = text.split('\n').find((candidate) => candidate.includes(part))
  expect(line, `a line with: ${part}`).toBeDefined()
  return line!
}

export function expectText(v: Variant, source: Source, report: Report, lang: Lang): void {
  const words = WORDS[lang]
  const text = report.text(WIDE)
  expectLadder(v, source, text)
  const total = spanMs(v, source, 1, 11)
  const ends = `${bracketed(v.client.text)}:${v.client.port} -> ${bracketed(v.server.text)}:${v.server.port}`
  expectDuration(lineWith(text, ends), total)
  expectChains(v, lang, text)
  expect(text).toContain(words.first[v.closer])
  expect(text).toContain(words.timeWait[v.closer])
  const other = v.closer === 'client' ? 'server' : 'client'
  expect(text).not.toContain(words.first[other])
  expect(text).not.toContain(words.timeWait[other])

  const head = v.response.head.length
  const body = v.response.body.length
  const mss = Math.min(v.client.mss, v.server.mss)
  if (source.kind === 'whole') {
    const { method, target } = v.request
    lineWith(text, `${method} ${target} -> ${v.response.status} ${v.response.reason}`.trimEnd())
    lineWith(text, words.parts(head, body))
    expect(text).not.toMatch(words.unproven)
    expect(text).not.toMatch(words.isText)
  } else {
    expect(text).not.toContain(words.parts(head, body))
    if (isKnownHttp(v, source)) {
      lineWith(text, words.sizes(head, body))
      expect(text).toMatch(words.unproven)
    }
    if (isText(source)) expect(text).toMatch(words.isText)
  }
  // Below, time stamps would leave room too.
  if (isKnownHttp(v, source) && head + body <= mss - 12) lineWith(text, words.fits(head + body, mss))
  expectFindings(v, source, report, lang)
  expect(v.secrets.filter((secret) => (report.json + text).includes(secret))).toEqual([])
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

/** Number, time, arrow, flags and size of each packet. */
function expectLadder(v: Variant, source: Source, text: string): void {
  const rows = [...text.matchAll(/^ *(\d+) +(\d+\.\d{3}) .*?(◀?)─+ ([A-Z]+(?: [A-Z]+)*)(?: (\d+)(?: (B))?)? ─+/gm)]
  const wanted = segmentsOf(v).map((segment, i) => {
    const peer = segment.from === 'client' ? v.server : v.client
    const bytes = segment.payload.length
    const isBare = segment.flags.length === 1 && segment.flags[0] === 'ACK'
    // A bare ACK shows its number, unless it is the handshake's.
    const number = bytes > 0 ? String(bytes) : isBare && i !== 2 ? String((segment.ack! - peer.isn) >>> 0) : undefined
    const arrow = segment.from === 'server' ? '◀' : ''
    return [String(i + 1), arrow, segment.flags.join(' '), number, bytes > 0 ? 'B' : undefined]
  })
  expect(rows.map(([, n, , arrow, flags, number, unit]) => [n, arrow, flags, number, unit])).toEqual(wanted)
  for (const [i, row] of rows.entries()) {
    expect(Math.abs(Number(row[2]) - spanMs(v, source, 1, i + 1)), row[0]).toBeLessThanOrEqual(0.000501)
  }
}

const OPENS = {
  client: 'CLOSED~ > SYN_SENT #1 > ESTABLISHED #2',
  server: 'CLOSED~ > LISTEN~ > SYN_RCVD #1 > ESTABLISHED #3',
}
const CLOSES_FIRST = 'FIN_WAIT_1 #9 > FIN_WAIT_2~ #10 > TIME_WAIT #10 > (CLOSED)'
const CLOSES_SECOND = 'CLOSE_WAIT #9 > LAST_ACK #10 > CLOSED~ #11'

function expectChains(v: Variant, lang: Lang, text: string): void {
  for (const side of ['client', 'server'] as const) {
    const chain = `${OPENS[side]} > ${side === v.closer ? CLOSES_FIRST : CLOSES_SECOND}`
    // The number is glued to its state with a space that does not break.
    lineWith(text.replaceAll('\u00a0', ' '), WORDS[lang].chains[side] + chain)
  }
}

function expectFindings(v: Variant, source: Source, report: Report, lang: Lang): void {
  for (const { rule, text } of report.findings) {
    if (rule === 'http/idle-close') {
      expectDuration(text, spanMs(v, source, 7, 9))
      if (v.offered !== null) expect(text).toMatch(new RegExp(`\\b${v.offered} (?:s\\b|秒)`))
    }
    if (rule === 'http/clock-offset') {
      const offset = clockOffset(v, source)
      expectDuration(text, Math.abs(Number(offset) / 1e6))
      const [ahead, behind] = WORDS[lang].ahead
      expect(text).toContain(offset > 0n ? ahead : behind)
      expect(text).not.toContain(offset > 0n ? behind : ahead)
    }
    if (rule === 'tcp/two-writes') {
      expect(text).toContain(String(v.response.head.length))
      expect(text).toContain(String(v.response.body.length))
    }
  }
  // The packets' own sentences: what they measure.
  const [syn, , , asks, , head, body] = report.packets.map((packet) => packet.notes.map((note) => note.text).join(' '))
  expect(syn).not.toBe('')
  expect(asks).toContain(String(v.request.head.length + v.request.body.length))
  if (source.kind === 'whole') {
    expect(asks).toContain(`${v.request.method} ${v.request.target} HTTP/1.${v.request.minor}`)
    expect(head).toContain(`${v.response.status}${v.response.reason === '' ? '' : ` ${v.response.reason}`}`)
  }
  expect(head).toContain(String(v.response.head.length))
  // A log that follows the trace tells too late for the packets' own sentences.
  if (isKnownHttp(v, source) && source.kind !== 'note') expectDuration(head, spanMs(v, source, 4, 6))
  expect(body.replaceAll(',', '')).toContain(String(v.response.body.length))
  const idle = spanMs(v, source, 7, 9)
  if (idle >= 1000) expectDuration(report.packets[8].notes.map((note) => note.text).join(' '), idle)
  expectDuration(report.packets[2].notes.map((note) => note.text).join(' '), spanMs(v, source, 1, 3))
}
