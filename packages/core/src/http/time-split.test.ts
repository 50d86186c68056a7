import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HttpExchange, HttpMessage } from './exchange.ts'
import { splitTime } from './time-split.ts'

type Border = number | null

function exchange(times: {
  request?: [Border, Border]
  response?: [Border, Border]
  index?: number
  previousEnd?: Border
}): HttpExchange {
  const message = (pair?: [Border, Border]) =>
    pair ? ({ firstTime: pair[0], lastTime: pair[1] } as HttpMessage) : null
  return {
    index: times.index ?? 0,
    previousEnd: times.previousEnd ?? null,
    request: message(times.request),
    response: message(times.response),
  } as HttpExchange
}

const opened = { syn: 1e6, handshakeAck: 3e6 }

test('the first exchange of a connection', () => {
  expect(splitTime(exchange({ request: [4e6, 5e6], response: [9e6, 12e6] }), opened)).toEqual({
    dns: null,
    connect: 2,
    tls: null,
    idle: 1,
    send: 1,
    wait: 4,
    receive: 3,
    total: 11,
  })
})

test('a later one begins where the one before ended, and has no connect', () => {
  expect(
    splitTime(exchange({ index: 1, previousEnd: 2e6, request: [4e6, 4e6], response: [6e6, 6e6] }), opened),
  ).toEqual({
    dns: null,
    connect: null,
    tls: null,
    idle: 2,
    send: 0,
    wait: 2,
    receive: 0,
    total: 4,
  })
})

test('pipelined: sent before the one before ended', () => {
  expect(
    splitTime(exchange({ index: 1, previousEnd: 7e6, request: [4e6, 5e6], response: [8e6, 9e6] }), opened),
  ).toMatchObject({
    idle: 0,
    send: 1,
    wait: 3,
    receive: 1,
    total: 5,
  })
})

test('a response that begins before the request has ended', () => {
  expect(splitTime(exchange({ request: [3e6, 8e6], response: [5e6, 10e6] }), opened)).toMatchObject({
    send: 5,
    wait: 0,
    receive: 2,
    total: 9,
  })
  expect(splitTime(exchange({ request: [3e6, 8e6], response: [5e6, 6e6] }), opened)).toMatchObject({
    send: 5,
    wait: 0,
    receive: 0,
    total: 7,
  })
})

test('data in the SYN', () => {
  expect(splitTime(exchange({ request: [1e6, 1e6], response: [5e6, 5e6] }), opened)).toMatchObject({
    connect: 0,
    idle: 0,
    send: 0,
    wait: 4,
    total: 4,
  })
})

test('what the capture does not hold is null, and the total covers the rest', () => {
  expect(
    splitTime(exchange({ request: [4e6, 5e6], response: [9e6, 12e6] }), { syn: null, handshakeAck: null }),
  ).toMatchObject({
    connect: null,
    idle: null,
    send: 1,
    wait: 4,
    receive: 3,
    total: 8,
  })
  expect(splitTime(exchange({ request: [4e6, 5e6] }), opened)).toMatchObject({ wait: null, receive: null, total: 4 })
  expect(splitTime(exchange({ response: [4e6, 5e6] }), opened)).toMatchObject({
    idle: null,
    send: null,
    wait: null,
    receive: 1,
    total: 3,
  })
  expect(splitTime(exchange({ request: [4e6, null], response: [9e6, 12e6] }), opened)).toMatchObject({
    idle: 1,
    send: null,
    wait: null,
    receive: 3,
    total: 6,
  })
  expect(splitTime(exchange({}), { syn: null, handshakeAck: null }).total).toBeNull()
})

test('whatever the times: no part is negative, the parts sum to the total, and a whole split spans first to last border', () => {
  const border = fc.oneof(
    { weight: 5, arbitrary: fc.nat(1000).map((n) => n * 1e6) },
    { weight: 1, arbitrary: fc.constant(null) },
  )
  const pair = fc
    .tuple(border, border)
    .map(([a, b]): [Border, Border] => (a !== null && b !== null && a > b ? [b, a] : [a, b]))
  fc.assert(
    fc.property(pair, pair, pair, fc.nat(1), border, (request, response, [syn, handshakeAck], index, previousEnd) => {
      const ms = splitTime(exchange({ request, response, index, previousEnd }), { syn, handshakeAck })
      const parts = [ms.connect, ms.idle, ms.send, ms.wait, ms.receive].filter((part) => part !== null)
      for (const part of parts) expect(part).toBeGreaterThanOrEqual(0)
      expect(parts.length === 0 ? null : parts.reduce((a, b) => a + b)).toBe(ms.total)
      if (index === 1 && previousEnd !== null && parts.length === 4) {
        const last = Math.max(request[1] as number, response[1] as number)
        expect(ms.total).toBe((last - Math.min(previousEnd, request[0] as number)) / 1e6)
      }
    }),
    { seed: 1, numRuns: 2000 },
  )
})
