import { describe, expect, it } from 'vitest'
import { loadCapture } from '../../../../tests/support/analysis.ts'
import {
  CLIENT_CLOSES,
  HANDSHAKE,
  SCRIPT_START,
  type Script,
  SERVER_CLOSES,
  scriptRecords,
} from '../../../../tests/support/script.ts'
import { textOptions } from './options.ts'
import { Top, type TopOrder, type TopRound, topKeys } from './top.ts'
import { renderTop, renderTopKeys } from './top-text.ts'
import { textWidth } from './width.ts'

const START = SCRIPT_START * 1000
const GET = 'c>s "GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n"'
const OK = 's>c "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"'

function watch(script: Script, most = 1000): Top {
  const top = new Top({ unixMs: START, most, seed: 1 })
  for (const record of scriptRecords(script)) top.packet(record)
  return top
}

/** The table so many milliseconds after the first packet, rates measured then. */
function tableOf(script: Script, ms: number, order: TopOrder = 'number'): TopRound {
  const top = watch(script)
  top.measure(START + ms)
  return top.table(START + ms, order, 100)
}

const rowOf = (script: Script, ms: number) => tableOf(script, ms).rows[0]
const onPort = (port: number, script: Script): Script =>
  script.map((line) => line.replace(/([cs]>[cs])/, `$1 port=${port}`))

describe('a row', () => {
  it('tells the states of both ends, what is inferred, and what is sent each second', () => {
    const row = rowOf([...HANDSHAKE, 'c>s 100B', 's>c 500B', 's>c 500B'], 2000)
    expect(row).toMatchObject({
      n: 0,
      client: { address: '10.0.0.1', port: 49200 },
      server: { address: '10.0.0.2', port: 80 },
      states: {
        client: { name: 'ESTABLISHED', basis: 'observed' },
        server: { name: 'ESTABLISHED', basis: 'observed' },
      },
      bytes: { client: 100, server: 1000 },
      rate: { client: 50, server: 500 },
      retransmissions: 0,
    })
    expect(rowOf(HANDSHAKE, 10).states.server).toEqual({ name: 'ESTABLISHED', basis: 'inferred' })
  })

  it('counts what is sent again', () => {
    expect(rowOf([...HANDSHAKE, 'c>s 10B lost', '+300ms c>s 10B seq=1', 's>c ack=11'], 400).retransmissions).toBe(1)
  })

  it.each<[string, Script, string]>([
    ['nobody answers the SYN', ['c>s SYN'], 'server open 1000'],
    ['the SYN-ACK is not acknowledged', HANDSHAKE.slice(0, 2), 'client open 999'],
    [
      'a request is half there',
      [...HANDSHAKE, 'c>s "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"'],
      'client request 997',
    ],
    ['a request waits for its response', [...HANDSHAKE, GET, 's>c ack=41'], 'server response 997'],
    ['a response is not complete', [...HANDSHAKE, GET, OK.replace('3', '9')], 'server response 996'],
    ['the exchange is over', [...HANDSHAKE, GET, OK], 'nobody'],
    ['no HTTP, the client spoke last', [...HANDSHAKE, 'c>s "hello"'], 'server data 997 inferred'],
    ['no HTTP, the server spoke last', [...HANDSHAKE, 's>c "220 hello"'], 'client data 997 inferred'],
    ['the client reads nothing', [...HANDSHAKE, GET, OK, 'c>s win=0'], 'client window 995'],
    ['it reads again', [...HANDSHAKE, GET, OK, 'c>s win=0', 'c>s win=9000'], 'nobody'],
    ['the server does not close', [...HANDSHAKE, ...CLIENT_CLOSES.slice(0, 1), 's>c ACK'], 'server close 997'],
    ['the client does not close', [...HANDSHAKE, ...SERVER_CLOSES.slice(0, 1), 'c>s ACK'], 'client close 997'],
    ['both have closed', [...HANDSHAKE, ...CLIENT_CLOSES], 'nobody'],
    ['it was refused', ['c>s SYN', 's>c RST ACK'], 'nobody'],
    ['it was reset', [...HANDSHAKE, GET, 's>c RST ACK'], 'nobody'],
    ['only a SYN of another attempt follows', [...HANDSHAKE, ...CLIENT_CLOSES, ...HANDSHAKE.slice(0, 0)], 'nobody'],
  ])('says who waits: %s', (_, script, expected) => {
    const { waits } = rowOf(script, 1000)
    const told =
      waits === null
        ? 'nobody'
        : `${waits.for} ${waits.why} ${waits.ms}${waits.basis === 'inferred' ? ' inferred' : ''}`
    expect(told).toBe(expected)
  })

  it('shows the exchange that is under way, then the last one', () => {
    expect(rowOf([...HANDSHAKE, GET], 500).exchange).toEqual({
      method: 'GET',
      target: '/index.html',
      status: null,
      ms: 497,
      isComplete: false,
    })
    expect(rowOf([...HANDSHAKE, GET, `+40ms ${OK}`], 500).exchange).toEqual({
      method: 'GET',
      target: '/index.html',
      status: 200,
      ms: 40,
      isComplete: true,
    })
    expect(rowOf([...HANDSHAKE, 'c>s "no HTTP at all"'], 500).exchange).toBeNull()
  })
})

describe('the table', () => {
  const several: Script = [
    ...HANDSHAKE,
    GET,
    ...onPort(50_001, [...HANDSHAKE, GET, `+100ms ${OK}`, 's>c 5000B', 's>c seq=4000 1000B']),
    ...onPort(50_002, ['c>s SYN', 's>c RST ACK']),
    ...onPort(50_003, [...HANDSHAKE, GET, `+300ms ${OK}`]),
  ]

  it.each<[TopOrder, number[]]>([
    ['number', [0, 1, 2, 3]],
    ['rate', [1, 3, 0, 2]],
    ['wait', [0, 1, 2, 3]],
    ['retransmissions', [1, 0, 2, 3]],
    ['exchange', [0, 3, 1, 2]],
  ])('is sorted by %s', (order, expected) => {
    expect(tableOf(several, 1000, order).rows.map(({ n }) => n)).toEqual(expected)
  })

  it('measures rates since the time before, and forgets what has been over for five seconds', () => {
    const top = watch([...HANDSHAKE, GET, OK, ...CLIENT_CLOSES, ...onPort(50_001, HANDSHAKE)])
    top.measure(START + 1000)
    expect(top.table(START + 1000, 'number', 9)).toMatchObject({ packets: 11, packetRate: 11, conversations: 2 })
    top.measure(START + 3000)
    const later = top.table(START + 3000, 'number', 9)
    expect(later).toMatchObject({ packets: 11, packetRate: 0, byteRate: 0, conversations: 2 })
    expect(later.rows[0].rate).toEqual({ client: 0, server: 0 })
    top.measure(START + 6000)
    expect(top.table(START + 6000, 'number', 9).rows.map(({ n }) => n)).toEqual([1])
  })

  it('gives at most so many rows, and holds at most so many conversations', () => {
    const many = Array.from({ length: 400 }, (_, i) => onPort(10_000 + i, HANDSHAKE)).flat()
    const top = watch(many, 100)
    const table = top.table(START + 2000, 'rate', 7)
    expect(table.rows).toHaveLength(7)
    expect(table.conversations).toBeLessThanOrEqual(101)
  })
})

describe('its text', () => {
  const look = (of: Parameters<typeof textOptions>[0] = {}) => ({
    ...textOptions({ width: 80, ...of }),
    what: 'eth0  port 80',
    clock: '10:15:39',
  })
  const script: Script = [
    ...HANDSHAKE,
    GET,
    ...onPort(50_001, [...HANDSHAKE, GET, OK, 'c>s 10B lost', 'c>s 10B seq=41']),
    ...onPort(50_002, CLIENT_CLOSES),
  ]

  it('has two lines a conversation in 80 columns', () => {
    expect(renderTop(tableOf(script, 2000), look(), 24)).toEqual([
      'eth0  port 80  3 conversations, 7.0 packets/s, 356 B/s  10:15:39',
      '# CLIENT         SERVER      STATE        STATE          C>S/s   S>C/s',
      '  LAST EXCHANGE | WAITS FOR | RETR',
      '0 10.0.0.1:49200 10.0.0.2:80 ESTABLISHED  ESTABLISHED~    19 B       -',
      '  GET /index.html ...  server 2.00 s (response)',
      '1 10.0.0.1:50001 10.0.0.2:80 ESTABLISHED  ESTABLISHED     25 B    21 B',
      '  GET /index.html -> 200 1.00 ms  1 retransmitted',
      '2 10.0.0.1:50002 10.0.0.2:80 ?            ?                  -       -',
    ])
  })

  it('has one line a conversation where that fits', () => {
    const lines = renderTop(tableOf(script, 2000), look({ width: 140 }), 24)
    expect(lines).toHaveLength(5)
    expect(lines[2]).toMatch(/ESTABLISHED~ +19 B +- +- server 2\.00 s \(response\) +GET \/index\.html \.\.\.$/)
  })

  it('speaks Chinese', () => {
    const lines = renderTop(tableOf(script, 2000), look({ lang: 'zh', width: 80 }), 24)
    expect(lines[0]).toContain('3 个连接，每秒 7.0 个包')
    expect(lines[4]).toBe('  GET /index.html ...  服务器 2.00 s（响应）')
    expect(renderTopKeys('wait', look({ lang: 'zh' }))).toContain('[w 等待]')
  })

  it('says how many conversations the screen does not hold', () => {
    const lines = renderTop(tableOf(script, 2000), look(), 7)
    expect(lines).toHaveLength(6)
    expect(lines[5]).toBe('... and 2 more conversations')
    expect(renderTop(tableOf([], 2000), look(), 7)[1]).toBe('No TCP conversation yet.')
  })

  it.each(['en', 'zh', 'both'] as const)('keeps to the width, %s', (lang) => {
    const capture = loadCapture('tests/fixtures/captures/apache-ab.pcap')
    const top = new Top({ unixMs: 0, most: 1000, seed: 1 })
    for (const record of capture.records) top.packet(record)
    const table = top.table(capture.records.at(-1)!.seconds * 1000, 'rate', 100)
    expect(table.rows.length).toBeGreaterThan(5)
    for (const width of [24, 30, 40, 50, 60, 72, 80, 100, 120, 140, 200]) {
      const lines = [...renderTop(table, look({ lang, width }), 50), renderTopKeys('rate', look({ lang, width }))]
      for (const line of lines) expect(textWidth(line), line).toBeLessThanOrEqual(width)
    }
  })

  it('spells out and shortens what packets hold', () => {
    const target = `/${'\u001b[2J\r\u0007'.repeat(3)}${'x'.repeat(2000)}`
    for (const width of [40, 80, 140]) {
      const table = tableOf([...HANDSHAKE, `c>s "GET ${target} HTTP/1.1\r\n\r\n"`], 500)
      expect(table.rows[0].exchange?.target?.length).toBe(512)
      const lines = renderTop(table, { ...look({ width }), what: 'a\u001b]0;x\u0007' }, 24)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are looked for
      for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
      expect(lines.join('')).toContain('GET /\\x')
    }
  })

  it('names a key for each order', () => {
    const keys = renderTopKeys('rate', look())
    for (const key of Object.values(topKeys)) expect(keys).toMatch(new RegExp(`\\b${key} `))
    expect(keys).toContain('[r rate]')
  })
})
