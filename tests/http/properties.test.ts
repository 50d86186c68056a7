import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf, feed, type PlainExchange, type PlainMessage, type Segment } from './feed.ts'
import { runLlhttp } from './llhttp.ts'
import { conversation, cutPoints, fraction, segment, type TrueExchange, type TrueMessage } from './traffic.ts'

const runs = { seed: 20080810, numRuns: 400 }

function expectTrue(m: PlainMessage | null, t: TrueMessage): void {
  expect(m).toMatchObject({
    method: t.method,
    target: t.target,
    status: t.status,
    headers: t.headers,
    headBytes: t.headBytes,
    bodyBytes: t.bodyBytes,
    contentBytes: t.contentBytes,
    totalBytes: t.text.length,
    complete: true,
    basis: 'observed',
    errors: [],
  })
}

test('generated conversations are read as they were written, and as llhttp reads them', () => {
  fc.assert(
    fc.property(conversation, cutPoints, fc.boolean(), (truth, cuts, pipelined) => {
      const found = feed(segment(truth, cuts, pipelined))
      expect(found.length).toBe(truth.length)
      const requests = runLlhttp('request', bytesOf(truth.map((e) => e.request.text).join('')))
      const stream = bytesOf(truth.map((e) => e.interim.join('') + e.response.text).join(''))
      const responses = runLlhttp('response', stream, (k) => truth[k].request.method === 'HEAD').filter(
        (r) => (r.status ?? 0) >= 200,
      )
      found.forEach((e, k) => {
        expectTrue(e.request, truth[k].request)
        expectTrue(e.response, truth[k].response)
        expect(e.interim.length).toBe(truth[k].interim.length)
        expect(e).toMatchObject({ index: k, pairing: 'observed', basis: 'observed', switched: null })
        for (const [m, o] of [
          [e.request, requests[k]],
          [e.response, responses[k]],
        ] as const) {
          expect({
            method: m?.method,
            target: m?.target,
            status: m?.status,
            minor: m?.minor,
            headers: m?.headers,
            trailers: m?.trailers,
            bodyBytes: m?.contentBytes,
            complete: m?.complete,
          }).toEqual({
            method: o.method,
            target: o.target,
            status: o.status,
            minor: o.minor,
            headers: o.headers,
            trailers: o.trailers,
            bodyBytes: o.bodyBytes,
            complete: o.complete,
          })
          expect(m?.persistent).toBe(o.keepAlive)
        }
        expect(e.response?.reason).toBe(responses[k].reason)
      })
    }),
    runs,
  )
})

test('how a segment is handed over does not matter', () => {
  fc.assert(
    fc.property(
      conversation,
      cutPoints,
      fc.boolean(),
      fc.array(fc.nat(300), { maxLength: 12 }),
      (truth, cuts, pipelined, splits) => {
        const segments = segment(truth, cuts, pipelined)
        const whole = feed(segments)
        expect(feed(segments.map((s) => ({ ...s, splits })))).toEqual(whole)
        const bytewise = segments.map((s) => ({ ...s, splits: Array.from(s.bytes, (_, k) => k) }))
        expect(feed(bytewise)).toEqual(whole)
      },
    ),
    { ...runs, numRuns: 200 },
  )
})

test('without detail the numbers are the same', () => {
  const numbers = (e: PlainExchange) =>
    [e.request, e.response].map(
      (m) =>
        m && {
          ...m,
          headers: [],
          trailers: [],
          packets: [],
          target: null,
          targetPrefix: null,
          reason: null,
          host: null,
          contentType: null,
        },
    )
  fc.assert(
    fc.property(conversation, cutPoints, fc.boolean(), (truth, cuts, pipelined) => {
      const segments = segment(truth, cuts, pipelined)
      expect(feed(segments, { detail: false }).map(numbers)).toEqual(feed(segments).map(numbers))
    }),
    { ...runs, numRuns: 150 },
  )
})

/** Where each message of the truth begins. */
function locate(truth: TrueExchange[]): Map<string, { t: TrueMessage; k: number }> {
  const at = [0, 0]
  const places = new Map<string, { t: TrueMessage; k: number }>()
  truth.forEach((e, k) => {
    places.set(`0:${at[0]}`, { t: e.request, k })
    at[0] += e.request.text.length
    at[1] += e.interim.join('').length
    places.set(`1:${at[1]}`, { t: e.response, k })
    at[1] += e.response.text.length
  })
  return places
}

const isInterim = (m: PlainMessage) => m.status !== null && m.status < 200

function expectNothingFalse(m: PlainMessage, t: TrueMessage | undefined): void {
  if (t === undefined || m.headCut) {
    expect([m.headBytes, m.bodyBytes, m.contentBytes, m.contentLength, m.persistent, m.complete]).toEqual([
      null,
      null,
      null,
      null,
      null,
      m.complete === false ? false : null,
    ])
  }
  if (t === undefined) {
    expect([m.method, m.target, m.status]).toEqual([null, null, null])
    return
  }
  if (m.method !== null) expect(m.method).toBe(t.method)
  if (m.target !== null) expect(m.target).toBe(t.target)
  if (m.targetPrefix !== null) expect(t.target?.startsWith(m.targetPrefix)).toBe(true)
  if (m.status !== null) expect(m.status).toBe(t.status)
  expect(m.headers).toEqual(m.headEnd === null ? t.headers.slice(0, m.headers.length) : t.headers)
  if (m.headBytes !== null) expect(m.headBytes).toBe(t.headBytes)
  if (m.bodyBytes !== null) expect(m.bodyBytes).toBe(t.bodyBytes)
  if (m.contentBytes !== null) expect(m.contentBytes).toBe(t.contentBytes)
  if (m.endedBy === 'framing') expect([m.totalBytes, m.complete]).toEqual([t.text.length, true])
  if (m.complete === true) expect(m.totalBytes).toBe(t.text.length)
  expect(m.complete).not.toBe(false)
}

function lose(segments: Segment[], fates: readonly number[]): Segment[] {
  return segments.map((s, k) => {
    const fate = fates[k % fates.length]
    if (fate < 0.4) return s
    if (fate < 0.6) return { ...s, lost: true }
    return { ...s, cut: Math.floor((fate - 0.6) * 2.5 * (s.bytes.length + 1)) }
  })
}

test('with any bytes missing nothing false is said', () => {
  let known = 0
  fc.assert(
    fc.property(
      conversation,
      cutPoints,
      fc.boolean(),
      fc.array(fraction, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(80, 5555),
      fc.boolean(),
      (truth, cuts, pipelined, fates, port, midStream) => {
        const places = locate(truth)
        for (const e of feed(lose(segment(truth, cuts, pipelined), fates), { port, midStream })) {
          const request = e.request && places.get(`0:${e.request.startOffset}`)
          const response = e.response && places.get(`1:${e.response.startOffset}`)
          if (e.request) expectNothingFalse(e.request, request?.t)
          // An interim response that was cut is the beginning of a response of which no more is known.
          if (e.response && !isInterim(e.response)) expectNothingFalse(e.response, response?.t)
          if (e.pairing === 'observed' && request && response) expect(request.k).toBe(response.k)
          if (e.request?.headBytes != null || e.response?.headBytes != null) known++
        }
      },
    ),
    { ...runs, numRuns: 1500 },
  )
  expect(known).toBeGreaterThan(500)
})

test('any bytes at all: never an exception, and every message given away has ended', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .constantFrom(
        'GET / HTTP/1.1\r\n',
        'HTTP/1.1 200 OK\r\n',
        '\r\n',
        'Content-Length: 5\r\n',
        'Transfer-Encoding: chunked\r\n',
        '5\r\n',
        '0\r\n',
        ' folded\r\n',
        'CONNECT a:1 HTTP/1.1\r\n',
        'HTTP/1.1 101 x\r\n',
        'HTTP/1.1 100 x\r\n',
        'HEAD / HTTP/1.0\r\n',
      )
      .map(bytesOf),
  )
  const part = fc.record({
    side: fc.constantFrom(0 as const, 1 as const),
    bytes: piece,
    cut: fc.nat(3),
    lost: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), fc.boolean(), (parts, midStream) => {
      const segments = parts.map((p) => ({
        ...p,
        cut: p.cut === 3 ? Math.min(1, p.bytes.length) : 0,
        lost: p.lost && p.cut === 2,
      }))
      for (const e of feed(segments, { midStream })) {
        for (const m of [e.request, e.response]) {
          if (m === null) continue
          expect(m.endedBy).not.toBeNull()
          expect(m.totalBytes).toBeGreaterThanOrEqual(0)
        }
      }
    }),
    { ...runs, numRuns: 1500 },
  )
})
