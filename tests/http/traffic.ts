import fc from 'fast-check'
import { bytesOf, type Segment } from './feed.ts'

/** What one generated message is. */
export interface TrueMessage {
  side: 0 | 1
  text: string
  method: string | null
  target: string | null
  status: number | null
  /** Header list, names and values. */
  headers: [string, string][]
  headBytes: number
  bodyBytes: number
  contentBytes: number
}

export interface TrueExchange {
  request: TrueMessage
  interim: string[]
  response: TrueMessage
}

/** Letters that no start line begins with, so that a body cannot pass for one. */
const content = fc.integer({ min: 0, max: 400 }).map((n) => 'qwz\r\n\0\xff'.repeat(n).slice(0, n))
const headerName = fc.stringMatching(/^X-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,12}$/)
const headerValue = fc.stringMatching(/^([!-~\x80-\xff]([ -~\t\x80-\xff]{0,30}[!-~\x80-\xff])?)?$/)
const header = fc.tuple(headerName, headerValue)
const caseOf = (name: string) => fc.constantFrom(name, name.toLowerCase(), name.toUpperCase())
const chunks = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 4 }),
  extension: fc.constantFrom('', ';a=b', ';q="x y"'),
  upper: fc.boolean(),
  trailers: fc.array(header, { maxLength: 2 }),
})
type Chunks = typeof chunks extends fc.Arbitrary<infer T> ? T : never

function encodeChunks({ sizes, extension, upper, trailers }: Chunks): string {
  const line = (n: number) => (upper ? n.toString(16).toUpperCase() : n.toString(16))
  return `${sizes.map((n) => `${line(n)}${extension}\r\n${'z'.repeat(n)}\r\n`).join('')}0${extension}\r\n${lines(trailers)}\r\n`
}

function lines(headers: [string, string][]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
}

const bodyPlan = fc.oneof(
  fc.record({ kind: fc.constant('none' as const) }),
  fc.record({ kind: fc.constant('length' as const), content, name: caseOf('Content-Length') }),
  fc.record({ kind: fc.constant('chunked' as const), chunks, name: caseOf('Transfer-Encoding') }),
)

const plan = fc.record({
  method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'),
  target: fc.stringMatching(/^\/[a-z0-9/?&=%._-]{0,40}$/),
  requestHeaders: fc.array(header, { maxLength: 4 }),
  requestBody: bodyPlan,
  interim: fc.array(
    fc.constantFrom('HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
    { maxLength: 2 },
  ),
  status: fc.constantFrom(200, 200, 201, 204, 301, 304, 404, 500),
  reason: fc.constantFrom('OK', 'Not Found', '', 'x y z'),
  responseHeaders: fc.array(header, { maxLength: 4 }),
  responseBody: bodyPlan,
})
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never

function message(
  side: 0 | 1,
  start: string,
  headers: [string, string][],
  body: Plan['requestBody'],
  silent: boolean,
): TrueMessage {
  const own: [string, string][] = []
  let encoded = ''
  let contentBytes = 0
  if (body.kind === 'length') {
    own.push([body.name, String(body.content.length)])
    encoded = body.content
    contentBytes = encoded.length
  } else if (body.kind === 'chunked') {
    own.push([body.name, 'chunked'])
    encoded = encodeChunks(body.chunks)
    contentBytes = body.chunks.sizes.reduce((sum, n) => sum + n, 0)
  }
  if (silent) {
    encoded = ''
    contentBytes = 0
  }
  const all = [...headers, ...own]
  const head = `${start}\r\n${lines(all)}\r\n`
  return {
    side,
    text: head + encoded,
    method: null,
    target: null,
    status: null,
    headers: all,
    headBytes: head.length,
    bodyBytes: encoded.length,
    contentBytes,
  }
}

function exchange(p: Plan, last: boolean, minor: number, close: boolean, untilClose: boolean): TrueExchange {
  const connection: [string, string][] = last && close ? [['Connection', 'close']] : []
  const version = `HTTP/1.${last ? minor : 1}`
  const request = message(
    0,
    `${p.method} ${p.target} ${version}`,
    [...p.requestHeaders, ...connection],
    p.requestBody,
    false,
  )
  const silent = p.method === 'HEAD' || p.status === 204 || p.status === 304
  let body = p.responseBody
  if (body.kind === 'none' && !silent && !(last && untilClose))
    body = { kind: 'length', content: '', name: 'Content-Length' }
  // llhttp takes the lengths of 204 and 304 at their word in parts: not compared.
  if (p.status === 204 || p.status === 304) body = { kind: 'none' }
  const response = message(1, `${version} ${p.status} ${p.reason}`, [...p.responseHeaders, ...connection], body, silent)
  if (body.kind === 'none' && !silent) {
    response.text += 'qqq'.repeat(20)
    response.bodyBytes += 60
    response.contentBytes += 60
  }
  request.method = p.method
  request.target = p.target
  response.status = p.status
  return { request, interim: p.interim, response }
}

/** Whole conversations: keep-alive, the last exchange perhaps HTTP/1.0, closing, or with a body until close. */
export const conversation: fc.Arbitrary<TrueExchange[]> = fc
  .tuple(fc.array(plan, { minLength: 1, maxLength: 4 }), fc.constantFrom(0, 1), fc.boolean(), fc.boolean())
  .map(([plans, minor, close, untilClose]) =>
    plans.map((p, k) => exchange(p, k === plans.length - 1, minor, close, untilClose)),
  )

/** Cuts each message into segments at the given fractions of its length. `pipelined`: all requests first. */
export function segment(exchanges: TrueExchange[], cuts: readonly number[], pipelined: boolean): Segment[] {
  const segments: Segment[] = []
  let next = 0
  const send = (side: 0 | 1, text: string) => {
    const all = bytesOf(text)
    const borders = [0, 1].map(() => Math.floor((cuts[next++ % cuts.length] ?? 1) * all.length)).sort((a, b) => a - b)
    let from = 0
    for (const to of [...borders, all.length]) {
      if (to > from) segments.push({ side, bytes: all.subarray(from, to) })
      from = Math.max(from, to)
    }
  }
  const answer = (e: TrueExchange) => {
    for (const text of e.interim) send(1, text)
    send(1, e.response.text)
  }
  if (pipelined) {
    for (const e of exchanges) send(0, e.request.text)
    for (const e of exchanges) answer(e)
  } else {
    for (const e of exchanges) {
      send(0, e.request.text)
      answer(e)
    }
  }
  return segments
}

/** Evenly between 0 and 1; fc.double() prefers the neighbourhood of 0. */
export const fraction: fc.Arbitrary<number> = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000)

/** Fractions for segment(); 1 leaves messages whole. */
export const cutPoints: fc.Arbitrary<number[]> = fc.array(fc.oneof(fc.constant(1), fraction), {
  minLength: 1,
  maxLength: 8,
})
