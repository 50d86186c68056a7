import { describe, expect, it } from 'vitest'
import type { HttpExchange, HttpMessage } from './exchange.ts'
import { HttpExchanges } from './exchanges.ts'
import { HeadFacts } from './head-facts.ts'
import { HeadMemo } from './head-memo.ts'

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0))

function factsOf(m: HttpMessage | null): unknown {
  if (m === null) return null
  const { method, status, minor, contentLength, chunked, connectionClose, connectionKeepAlive, persistent } = m
  const { upgrade, expectContinue, keepAliveTimeout, dateHeader, headBytes, bodyBytes, complete } = m
  const framing = { contentLength, chunked, connectionClose, connectionKeepAlive, persistent, headBytes, bodyBytes }
  return { method, status, minor, ...framing, upgrade, expectContinue, keepAliveTimeout, dateHeader, complete }
}

/** What is told of the exchanges, each of which comes in a segment a message, on one connection. */
function read(detail: boolean, exchanges: readonly (readonly [string, string])[]): unknown[] {
  const told: unknown[] = []
  const onExchange = ({ request, response }: HttpExchange): void => {
    told.push([factsOf(request), factsOf(response)])
  }
  const http = new HttpExchanges({ detail, onExchange })
  http.open(0, 80, false)
  const offsets = [0, 0]
  let packet = 0
  for (const messages of exchanges) {
    for (const side of [0, 1] as const) {
      // At another place each time, so that no word lies where it lay before.
      const at = packet % 5
      const bytes = bytesOf(' '.repeat(at) + messages[side])
      http.data(0, side, offsets[side], bytes, at, bytes.length, ++packet, packet * 1e6)
      offsets[side] += bytes.length - at
    }
  }
  http.release(0)
  return told
}

const REQUEST = 'GET /a HTTP/1.1\r\nHost: example.net\r\n\r\n'
const RESPONSE = 'HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 2\r\n\r\nhi'

describe('heads that are known again', () => {
  it('say the same as those that are read, however often and in whatever order they come', () => {
    const requests = [
      REQUEST,
      REQUEST.replace('GET', 'PUT'),
      REQUEST.replace('/a', '/b'),
      REQUEST.replace('HTTP/1.1', 'HTTP/1.0'),
      'POST /a HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc',
    ]
    const responses = [
      RESPONSE,
      RESPONSE.replace('200', '404'),
      RESPONSE.replace(':37', ':38'),
      RESPONSE.replace('Content-Length: 2', 'Content-Length: 0').slice(0, -2),
      'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
      'HTTP/1.1 304 Not Modified\r\n\r\n',
    ]
    const series: [string, string][] = []
    for (let i = 0; i < 300; i++) series.push([requests[(i * 7) % 5], responses[(i * 11 + (i >> 3)) % 7]])
    expect(read(false, series)).toEqual(read(true, series))
  })

  it('differ by their last bytes too', () => {
    const ends = ['Content-Length: 2\r\n\r\nhi', 'Content-Length: 3\r\n\r\nhi!', 'Content-Length: 2\n\nhi']
    const series = [0, 0, 1, 1, 2, 0, 2, 1].map((i): [string, string] => [REQUEST, `HTTP/1.1 200 OK\r\n${ends[i]}`])
    expect(read(false, series)).toEqual(read(true, series))
    expect(read(false, series)).toHaveLength(series.length)
  })

  it('give nothing to a head with errors, which are told each time', () => {
    const bad = 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nhi'
    const errors: number[] = []
    const onExchange = ({ response }: HttpExchange): void => {
      errors.push(response?.errors.length ?? 0)
    }
    const http = new HttpExchanges({ detail: false, onExchange })
    http.open(0, 80, false)
    for (let i = 0; i < 3; i++) {
      http.data(0, 0, i * REQUEST.length, bytesOf(REQUEST), 0, REQUEST.length, 2 * i + 1, i)
      http.data(0, 1, i * bad.length, bytesOf(bad), 0, bad.length, 2 * i + 2, i)
    }
    expect(errors).toEqual([1, 1, 1])
  })
})

describe('the memory of heads', () => {
  const factsOfStatus = (status: number): HeadFacts => Object.assign(new HeadFacts(), { status })
  /** All of one length and one beginning, so that they are looked for at the same place. */
  const responseOf = (status: number): Uint8Array =>
    bytesOf(`HTTP/1.1 200 OK\r\nServer: ${String(status).padStart(9, '0')}\r\n\r\nand a body`)
  const HEAD_BYTES = responseOf(200).length - 'and a body'.length

  const remember = (memo: HeadMemo, status: number): void => {
    const bytes = responseOf(status)
    memo.keep(1, factsOfStatus(status), bytes, 0, HEAD_BYTES, bytes.length)
  }
  const recall = (memo: HeadMemo, status: number): number | null => {
    const bytes = responseOf(status)
    return memo.recall(1, bytes, 0, bytes.length)?.status ?? null
  }

  it('holds several that begin alike, and forgets the oldest', () => {
    const memo = new HeadMemo()
    for (const status of [200, 201, 202, 203]) remember(memo, status)
    expect([200, 201, 202, 203, 204].map((status) => recall(memo, status))).toEqual([200, 201, 202, 203, null])
    remember(memo, 204)
    expect([200, 201, 202, 203, 204].map((status) => recall(memo, status))).toEqual([null, 201, 202, 203, 204])
    expect(memo.found).toBe(HEAD_BYTES)
  })

  it('takes only what ends where the head does, whatever follows', () => {
    const memo = new HeadMemo()
    remember(memo, 200)
    const bytes = responseOf(200)
    bytes.set(bytesOf('AND'), HEAD_BYTES)
    expect(memo.recall(1, bytes, 0, bytes.length)?.status).toBe(200)
    expect(memo.recall(0, bytes, 0, bytes.length)).toBeNull()
    bytes[HEAD_BYTES - 1] = 13
    expect(memo.recall(1, bytes, 0, bytes.length)).toBeNull()
  })

  it('does not find a head whose bytes no number stands for', () => {
    const memo = new HeadMemo()
    for (const byte of [0, 255]) {
      const bytes = responseOf(200).fill(byte, 24, 36)
      memo.keep(1, factsOfStatus(200), bytes, 0, HEAD_BYTES, bytes.length)
      expect(memo.recall(1, bytes, 0, bytes.length)).toBeNull()
    }
  })

  it('remembers one in eight where every head is new', () => {
    const memo = new HeadMemo()
    for (let status = 0; status < 100; status++) remember(memo, status)
    const kept = [...Array(100).keys()].filter((status) => recall(memo, status) !== null)
    expect(kept.slice(1).map((status, k) => status - kept[k])).toEqual([8, 8, 8])
  })
})
