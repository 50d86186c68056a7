import { expect, test } from 'vitest'
import type { HttpEvents } from '../../packages/core/src/http/exchange.ts'
import { HttpExchanges } from '../../packages/core/src/http/exchanges.ts'
import { bytesOf, feed, type PlainExchange, plainExchange, type Segment } from './feed.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const ok = (length: number) => `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`
const client = (text: string): Segment => ({ side: 0, bytes: bytesOf(text) })
const server = (text: string): Segment => ({ side: 1, bytes: bytesOf(text) })

function record(): { log: string[]; events: HttpEvents } {
  const log: string[] = []
  const who = (side: 0 | 1) => (side === 0 ? 'request' : 'response')
  return {
    log,
    events: {
      onHead: (_slot, side, m) => log.push(`${who(side)} head ${m.method ?? m.status} ${m.headBytes}`),
      onBody: (_slot, side, _m, bytes, complete) =>
        log.push(`${who(side)} body ${bytes}${complete ? ' complete' : ''}`),
      onUnproven: (_slot, side, m, bytes) => log.push(`${who(side)} ${m.headCut ? 'cut ' : ''}${bytes} unproven`),
      onInterim: (_slot, _exchange, interim) => log.push(`interim ${interim.status}`),
      onEnd: (_slot, side, m) => log.push(`${who(side)} ends by ${m.endedBy} ${m.complete}`),
    },
  }
}

test('events tell what each packet does', () => {
  const { log, events } = record()
  feed(
    [
      client('POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab'),
      server('HTTP/1.1 100 Continue\r\n\r\n'),
      client('cd'),
      server(ok(6)),
      server('abc'),
      server('def'),
      client(get),
      server('HTTP/1.1 200 OK\r\n\r\n'),
      server('until close'),
    ],
    { events },
  )
  expect(log).toEqual([
    'request head POST 38',
    'request body 2',
    'interim 100',
    'request body 4 complete',
    'response head 200 38',
    'response body 3',
    'response body 6 complete',
    'request head GET 27',
    'response head 200 19',
    'response body 11',
    'response ends by fin true',
  ])
})

test('events of a capture that is cut', () => {
  const { log, events } = record()
  const cut = (segment: Segment, count: number): Segment => ({ ...segment, cut: count })
  feed([cut(client(get), 10), cut(server(ok(9)), 20), cut(server('123456789'), 5)], { events })
  expect(log).toEqual([
    'request head GET null',
    'request cut 10 unproven',
    'response head 200 null',
    'response cut 20 unproven',
    'response cut 4 unproven',
    'response cut 5 unproven',
    'request ends by fin null',
    'response ends by fin null',
  ])
})

test('a head of 64 KiB is read, a longer one ends where it ends but its body is unknown', () => {
  const head = (bytes: number) => `GET / HTTP/1.1\r\nX: ${'x'.repeat(bytes - 23)}\r\n\r\n`
  for (const parts of [1, 3]) {
    const send = (text: string) => {
      const step = Math.ceil(text.length / parts)
      const segments = Array.from({ length: parts }, (_, k) => client(text.slice(k * step, (k + 1) * step)))
      return feed([...segments, server(ok(0))])[0]
    }
    expect(send(head(65536)).request).toMatchObject({ headBytes: 65536, bodyBytes: 0, complete: true, errors: [] })
    expect(send(`${head(65537)}abc`).request).toMatchObject({
      method: 'GET',
      headBytes: 65537,
      bodyBytes: null,
      totalBytes: 65540,
      complete: null,
      errors: [{ code: 'head-too-long' }],
    })
  }
})

test('a request without end does not keep a connection from being counted, nor grow', () => {
  const found = feed([
    client('GET / HTTP/1.1\r\n'),
    ...Array.from({ length: 300 }, () => client(`X: ${'x'.repeat(995)}\r\n`)),
  ])
  expect(found[0].request).toMatchObject({ method: 'GET', headBytes: null, complete: false, totalBytes: 300016 })
  expect(found[0].request?.headers.length).toBe(65)
})

test('heads that wait for their end have one budget for all connections', () => {
  const found: PlainExchange[] = []
  const http = new HttpExchanges({
    detail: true,
    onExchange: (e) => found.push(plainExchange(e)),
    headMemory: 640 * 1024,
  })
  const start = bytesOf(`GET / HTTP/1.1\r\nX: ${'x'.repeat(60_000)}`)
  for (let slot = 0; slot < 12; slot++) {
    http.open(slot, 80, false)
    http.data(slot, 0, 0, start, 0, start.length, slot + 1, 0)
  }
  for (let slot = 0; slot < 12; slot++) http.release(slot)
  expect(found.length).toBe(12)
  expect(found.filter((e) => e.request?.errors.some((error) => error.code === 'head-memory')).length).toBe(2)
  // All of it was given back.
  http.open(0, 80, false)
  http.data(0, 0, 0, start, 0, start.length, 1, 0)
  http.release(0)
  expect(found[12].request).toMatchObject({ method: 'GET', errors: [] })
})

test('requests that nobody answers are given away unpaired, in order', () => {
  const many = Array.from({ length: 1000 }, (_, k) => client(`GET /${k} HTTP/1.1\r\n\r\n`))
  const found = feed([...many, server(ok(0)), server(ok(1)), server('x')])
  expect(found.length).toBe(1002)
  expect(found.slice(0, 1000).map((e) => e.request?.target)).toEqual(many.map((_, k) => `/${k}`))
  expect(found.slice(0, 1000).every((e) => e.response === null)).toBe(true)
  expect(found.slice(1000).map((e) => [e.request, e.response?.status, e.pairing])).toEqual([
    [null, 200, 'inferred'],
    [null, 200, 'inferred'],
  ])
  expect(found.flatMap((e) => e.request?.errors ?? []).map((e) => e.code)).toContain('too-many-unanswered')
})

test('a slot starts anew for its next connection', () => {
  const found: PlainExchange[] = []
  const http = new HttpExchanges({ detail: false, onExchange: (e) => found.push(plainExchange(e)) })
  const half = bytesOf('GET /half HTTP/1.1\r\nHo')
  const whole = bytesOf('HEAD / HTTP/1.1\r\n\r\n')
  http.open(7, 80, false)
  http.data(7, 0, 0, half, 0, half.length, 1, 1)
  http.release(7)
  http.open(7, 80, false)
  http.data(7, 0, 0, whole, 0, whole.length, 2, 2)
  http.release(7)
  expect(found.map((e) => [e.index, e.request?.method, e.request?.complete, e.request?.startOffset])).toEqual([
    [0, 'GET', false, 0],
    [0, 'HEAD', true, 0],
  ])
})

test('previousEnd is the end of the exchange before', () => {
  const found = feed([client(get), server(ok(3)), server('abc'), client(get), server(ok(0))])
  expect(found.map((e) => e.previousEnd)).toEqual([null, 3e6])
})

test('a response that is lost in part has no known last time', () => {
  const found = feed([client(get), server(ok(3)), { ...server('abc'), lost: true }])
  expect(found[0].response).toMatchObject({
    complete: true,
    lostBytes: 3,
    firstTime: 2e6,
    lastTime: null,
    bodyPacket: -1,
  })
})

test('packets are listed to 1,000, and counted further', () => {
  const found = feed([client(get), server(ok(1500)), ...Array.from({ length: 1500 }, () => server('x'))])
  expect(found[0].response).toMatchObject({ packetCount: 1501, lastPacket: 1502, complete: true })
  expect(found[0].response?.packets.length).toBe(1000)
})
