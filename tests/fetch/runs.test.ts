import { createServer } from 'node:http2'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { listen } from '../support/http-servers.ts'
import { OK, setScene } from './scene.ts'

const { stage, fetched } = setScene()

describe('proxies', () => {
  it('gives an HTTP proxy the whole URL', async () => {
    const proxy = await stage((socket) => void socket.end(OK))
    const { text } = await fetched(['-x', `http://me:pw@127.0.0.1:${proxy.port}`, 'http://shop.example/a?b'])
    const basic = Buffer.from('me:pw').toString('base64')
    expect(proxy.heard).toMatch(/^GET http:\/\/shop\.example\/a\?b HTTP\/1\.1\r\nHost: shop\.example\r\n/)
    expect(proxy.heard).toContain(`Proxy-Authorization: Basic ${basic}\r\n`)
    expect(text).toContain('Proxy-Authorization: Basic ********')
    expect(text).toContain('Connecting to the proxy 127.0.0.1')
  })

  it('takes the proxy of the environment, and its exceptions', async () => {
    const proxy = await stage((socket) => void socket.end(OK))
    const origin = await stage((socket) => void socket.end(OK))
    const env = { http_proxy: `http://127.0.0.1:${proxy.port}` }
    const url = `http://127.0.0.1:${origin.port}/`
    await fetched([url], { env })
    expect([proxy.connections, origin.connections]).toEqual([1, 0])
    await fetched([url], { env: { ...env, no_proxy: 'a.example, 127.0.0.0/8' } })
    await fetched(['-x', '', url], { env })
    expect([proxy.connections, origin.connections]).toEqual([1, 2])
    await fetched([url], { env: { HTTP_PROXY: env.http_proxy } })
    expect(proxy.connections).toBe(1)
  })

  it('says when a proxy refuses the tunnel', async () => {
    const proxy = await stage((socket) => void socket.end('HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n'))
    const { code, text } = await fetched(['-x', `127.0.0.1:${proxy.port}`, 'https://shop.example/'])
    expect(proxy.heard).toBe('CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n')
    expect(text).toContain('! The proxy refused the tunnel: 407 Who are you')
    expect(code).toBe(1)
  })
})

describe('many requests', () => {
  it('over one connection, with percentiles', async () => {
    const origin = await stage((socket) => void socket.write(OK))
    const { code, text } = await fetched(['--repeat', '20', `http://127.0.0.1:${origin.port}/`])
    expect(origin.connections).toBe(1)
    expect(origin.heard.match(/GET \/ /g)).toHaveLength(20)
    expect(text).toContain('20 requests over 1 connection, in ms')
    expect(text).toMatch(/^ +total( +\d+\.\d\d){5}$/m)
    expect(code).toBe(0)
  })

  it('once more where the kept connection had been closed', async () => {
    let answers = 0
    const origin = await stage((socket) => {
      // The first connection dies at its second request, as in the keep-alive race.
      if (++answers === 2) socket.resetAndDestroy()
      else socket.write(OK)
    })
    const { code, text } = await fetched(['--repeat', '2', `http://127.0.0.1:${origin.port}/`])
    expect(origin.connections).toBe(2)
    expect(text).toContain('2 requests over 2 connections')
    expect(code).toBe(0)
  })

  it('compares two URLs in turn', async () => {
    const slow = await stage((socket) => void setTimeout(() => socket.write(OK), 30))
    const fast = await stage((socket) => void socket.write(OK))
    const urls = [slow, fast].map(({ port }) => `http://127.0.0.1:${port}/`)
    const { text } = await fetched(['--repeat', '5', '--compare', urls[1], urls[0]])
    expect([slow.heard, fast.heard].map((heard) => heard.match(/GET/g)?.length)).toEqual([5, 5])
    const row = /^ +WAIT +([\d.]+) +([\d.]+) +(-[\d.]+)$/m.exec(text)
    expect(Number(row?.[1])).toBeGreaterThan(25)
    expect(Number(row?.[3])).toBeLessThan(-15)
  })

  it('holds them against objectives: exit code 4', async () => {
    const origin = await stage((socket) => void setTimeout(() => socket.write(OK), 50))
    const url = `http://127.0.0.1:${origin.port}/`
    const missed = await fetched(['--slo', 'total=5000,wait=20', url])
    expect(missed.text).toMatch(/Objective missed: WAIT took \d+\.?\d* ms, 20 ms were allowed/)
    expect(missed.code).toBe(4)
    const kept = await fetched(['--slo', 'total=5000', url])
    expect(kept.text).toContain('Objective kept.')
    expect(kept.code).toBe(0)
  })
})

describe('--json', () => {
  it('writes events with moments and byte counters, and the split, which sums to the total', async () => {
    const origin = await stage((socket) => void socket.write(OK))
    const { text, code } = await fetched(['--json', '-H', 'Cookie: a=b', `http://127.0.0.1:${origin.port}/`])
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ event, type }) => event ?? type)).toEqual([
      ...['connecting', 'connected', 'request', 'request-sent', 'response', 'data', 'complete', 'closing', 'fetch'],
    ])
    const moments = lines.slice(0, -1).map(({ time }) => time)
    expect([...moments].sort()).toEqual(moments)
    const complete = lines.find(({ event }) => event === 'complete')
    expect(complete.socket).toEqual({ connection: 0, sent: origin.heard.length, received: OK.length })
    expect(lines[2].headers).toContainEqual(['Cookie', '********'])
    const { ms } = lines.at(-1).exchanges[0]
    expect(ms.connect + ms.send + ms.wait + ms.receive).toBeCloseTo(ms.total, 5)
    expect(code).toBe(0)
  })

  it('says a failure as data', async () => {
    const origin = await stage((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'))
    const { text, code } = await fetched(['--json', `http://127.0.0.1:${origin.port}/`])
    const { failure } = JSON.parse(text.trim().split('\n').at(-1) ?? '')
    expect(failure).toMatchObject({ kind: 'closed', received: 2, expected: 9, side: 'server', phase: 'receive' })
    expect(code).toBe(1)
  })
})

describe('the end of a connection', () => {
  it.each([
    ['with the length announced', { 'content-length': '1000' }, '! The server closed after 3 of 1000 bytes'],
    ['without', {}, '! The server closed in the middle of the response, after 3 bytes'],
  ])('is no end of an HTTP/2 response that it cuts off, %s', async (_name, headers, says) => {
    const server = createServer()
    let socket: Socket | null = null
    server.on('connection', (opened: Socket) => {
      socket = opened
    })
    server.on('stream', (stream) => {
      stream.on('error', () => {})
      stream.respond({ ':status': 200, ...headers })
      stream.write('abc')
      setTimeout(() => socket?.end(), 50)
    })
    const port = await listen(server)
    const { code, text } = await fetched(['--http2', `http://127.0.0.1:${port}/`])
    server.close()
    expect(text).toContain(says)
    expect(code).toBe(1)
  })

  it('is told for each of the runs that it fails', async () => {
    const origin = await stage((socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'))
    const { code, text } = await fetched(['--repeat', '2', `http://%:x@127.0.0.1:${origin.port}/`])
    expect(text).toContain('  run 2: The server closed after 2 of 9 bytes')
    expect(text).toContain('2 requests over 2 connections, 2 failed')
    expect(code).toBe(1)
  })

  it('limits the time of each run, not of all together', async () => {
    const origin = await stage((socket) => void setTimeout(() => socket.write(OK), 250))
    const { code, text } = await fetched(['--repeat', '3', '--max-time', '0.6', `http://127.0.0.1:${origin.port}/`])
    expect(text).toContain('3 requests over 1 connection, in ms')
    expect(code).toBe(0)
  })

  it('tells that the server closed, where its close ends the body', async () => {
    const origin = await stage((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nall there is'))
    const { code, text } = await fetched([`http://127.0.0.1:${origin.port}/`])
    expect(text).toMatch(
      /Data available\. 12 bytes\n.*200 Request complete\n.*The server closed the connection\n.*Closing/,
    )
    expect(code).toBe(0)
  })
})
