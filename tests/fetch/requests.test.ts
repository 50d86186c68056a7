import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunOptions } from '../support/command.ts'
import { listen } from '../support/http-servers.ts'
import { OK, setScene } from './scene.ts'

const { command, stage, fetched } = setScene()

describe('what is sent', () => {
  it.each([
    [[], 'GET / HTTP/1.1'],
    [['-I'], 'HEAD / HTTP/1.1'],
    [['-X', 'DELETE'], 'DELETE / HTTP/1.1'],
    [['--http1.0'], 'GET / HTTP/1.0'],
  ])('%j', async (args, line) => {
    const { heard, port } = await play(args)
    expect(heard).toBe(`${line}\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: wiretale/1.2.3\r\nAccept: */*\r\n\r\n`)
  })

  async function play(args: readonly string[], options?: RunOptions) {
    const origin = await stage((socket) => void socket.end(OK))
    const { text, code } = await fetched([...args, `http://127.0.0.1:${origin.port}/`], options)
    return { heard: origin.heard, port: origin.port, text, code }
  }

  it('headers in order, replaced and left out', async () => {
    const { heard } = await play([
      '-H',
      'User-Agent: me',
      '-H',
      'Accept:',
      '-H',
      'X: 1',
      '-H',
      'X: 2',
      '-H',
      'Empty;',
      '-H',
      'Host: other',
    ])
    expect(heard).toBe('GET / HTTP/1.1\r\nHost: other\r\nUser-Agent: me\r\nX: 1\r\nX: 2\r\nEmpty: \r\n\r\n')
  })

  it('forms, joined', async () => {
    const file = join(command.folder, 'form')
    writeFileSync(file, 'c=3\r\n')
    const { heard, text } = await play(['-d', 'a=1', '-d', 'b=2', '-d', `@${file}`])
    expect(heard).toContain('POST / HTTP/1.1')
    expect(heard).toContain('Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n')
    expect(heard).toMatch(/\r\n\r\na=1&b=2&c=3$/)
    expect(text).toContain(`Request sent. ${heard.length} bytes (${heard.length - 11} headers + 11 body)`)
  })

  it('credentials of -u and of the URL', async () => {
    const basic = Buffer.from('me:p:w').toString('base64')
    expect((await play(['-u', 'me:p:w'])).heard).toContain(`Authorization: Basic ${basic}\r\n`)
    const origin = await stage((socket) => void socket.end(OK))
    await fetched([`http://me:p%3Aw@127.0.0.1:${origin.port}/`])
    expect(origin.heard).toContain(`Authorization: Basic ${basic}\r\n`)
  })

  it('standard input in chunks, a file with its length', async () => {
    const body = Buffer.alloc(200_000, 'abc')
    const received: string[] = []
    const server = createServer((request, response) => {
      let bytes = 0
      request.on('data', (part: Buffer) => (bytes += part.length))
      request.on('end', () => {
        received.push(
          `${request.method} ${request.url} ${bytes} ${request.headers['transfer-encoding'] ?? request.headers['content-length']}`,
        )
        response.end('ok')
      })
    })
    const port = await listen(server)
    const file = join(command.folder, 'upload.bin')
    writeFileSync(file, body)
    const chunked = await fetched(['-T', '-', `http://127.0.0.1:${port}/in`], { input: body })
    expect(chunked.text).toContain('200 Request complete')
    await fetched(['-T', file, `http://127.0.0.1:${port}/folder/`])
    expect(received).toEqual(['PUT /in 200000 chunked', 'PUT /folder/upload.bin 200000 200000'])
    server.close()
  })

  it('waits for 100 Continue before the body, and not for ever', async () => {
    const polite = await stage((socket, request) => {
      if (!request.includes('Expect: 100-continue')) return
      socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      socket.once('data', () => socket.write(OK))
    })
    const first = await fetched(['--expect100', '-d', 'hello', `http://127.0.0.1:${polite.port}/`])
    expect(first.text).toMatch(
      /Headers sent\. \d+ bytes; the body waits for 100 Continue\n.*100 Continue\. 25 bytes\n.*Request sent/,
    )
    expect(polite.heard).toMatch(/\r\n\r\nhello$/)
    const silent = await stage((socket) => void socket.once('data', () => socket.write(OK)))
    const second = await fetched(['--expect100', '-d', 'hello', `http://127.0.0.1:${silent.port}/`])
    expect(second.text).toContain('No 100 Continue within a second: sending the body')
    const strict = await stage((socket) => void socket.write('HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n'))
    const third = await fetched(['--expect100', '-d', 'hello', `http://127.0.0.1:${strict.port}/`])
    expect(third.text).toContain('417 Request complete')
    expect(strict.heard).not.toContain('hello')
  })

  it('leaves credentials behind where a redirect leads to somebody else, and turns POST into GET', async () => {
    const other = await stage((socket) => void socket.end(OK))
    const origin = await stage(
      (socket) =>
        void socket.write(
          `HTTP/1.1 302 Found\r\nLocation: http://localhost:${other.port}/x\r\nContent-Length: 0\r\n\r\n`,
        ),
    )
    const { text } = await fetched([
      '-L',
      '-u',
      'a:b',
      '-H',
      'Cookie: c=d',
      '-d',
      'x=1',
      `http://127.0.0.1:${origin.port}/`,
    ])
    expect(text).toContain(`302: on to GET http://localhost:${other.port}/x`)
    expect(origin.heard).toContain('Authorization: ')
    expect(other.heard).toMatch(/^GET \/x HTTP\/1\.1\r\n/)
    expect(other.heard).not.toMatch(/Authorization|Cookie|Content-/)
  })

  it('keeps the method and the body of a 307', async () => {
    const origin = await stage(
      (socket, request) =>
        void socket.write(
          request.startsWith('POST /there') ? OK : 'HTTP/1.1 307 T\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n',
        ),
    )
    await fetched(['-L', '-d', 'x=1', `http://127.0.0.1:${origin.port}/`])
    expect(origin.heard.match(/POST \/(there)? HTTP\/1\.1\r\n[\s\S]*?x=1/g)).toHaveLength(2)
  })

  it('does not follow to another protocol', async () => {
    const origin = await stage(
      (socket) => void socket.write('HTTP/1.1 302 F\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n'),
    )
    const { code, text } = await fetched(['-L', `http://127.0.0.1:${origin.port}/`])
    expect(text).toContain('! The redirect cannot be followed: file:///etc/passwd')
    expect(code).toBe(1)
  })

  it('goes where --connect-to says, for the host of the URL', async () => {
    const origin = await stage((socket) => void socket.end(OK))
    await fetched(['--connect-to', `shop.example:80:127.0.0.1:${origin.port}`, 'http://shop.example/'])
    expect(origin.heard).toContain('Host: shop.example\r\n')
  })
})

describe('bodies', () => {
  const text = 'The quick brown fox. '.repeat(5000)
  let server: Server
  let port = 0

  beforeAll(async () => {
    const codings = {
      gzip: gzipSync(text),
      deflate: deflateSync(text),
      br: brotliCompressSync(text),
      plain: Buffer.from(text),
    }
    server = createServer((request, response) => {
      const coding = (request.url ?? '').slice(1)
      if (coding === 'damaged') {
        response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('this is no gzip')
        return
      }
      if (coding === 'drip') {
        let n = 0
        const timer = setInterval(() => {
          response.write(`part ${n}\n`)
          if (++n < 4) return
          clearInterval(timer)
          response.end()
        }, 30)
        return
      }
      if (coding !== 'plain') response.setHeader('Content-Encoding', coding)
      response.end(codings[coding as keyof typeof codings])
    })
    port = await listen(server)
  })
  afterAll(() => server.close())

  it.each(['gzip', 'deflate', 'br', 'plain'])('saves what --compressed decodes: %s', async (coding) => {
    const file = join(command.folder, `body-${coding}`)
    const { code } = await fetched(['--compressed', '-o', file, `http://127.0.0.1:${port}/${coding}`])
    expect(readFileSync(file, 'utf8') === text).toBe(true)
    expect(code).toBe(0)
  })

  it('saves as it comes without --compressed', async () => {
    const { out, err } = await fetched(['-o', '-', `http://127.0.0.1:${port}/gzip`])
    expect(out.equals(gzipSync(text))).toBe(true)
    expect(err).toContain('200 Request complete')
  })

  it('says when a body is not in the coding that it claims', async () => {
    const { code, text: said } = await fetched(['--compressed', `http://127.0.0.1:${port}/damaged`])
    expect(said).toContain('! The body is not the gzip that it claims to be')
    expect(code).toBe(1)
  })

  it('tells each part of a body that comes in drips', async () => {
    const { text: said } = await fetched([`http://127.0.0.1:${port}/drip`])
    const parts = [...said.matchAll(/^ *([\d.]+) {2}Data available\. (\d+) bytes \((\d+) with framing\)/gm)]
    // The last chunk may come with the last part, or after it.
    expect([...new Set(parts.map((match) => Number(match[2])))]).toEqual([7, 14, 21, 28])
    expect(Number(parts[3][1]) - Number(parts[0][1])).toBeGreaterThan(60)
  })
})
