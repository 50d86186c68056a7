import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeNeeds } from '../needs.ts'
import { Command } from '../support/command.ts'
import { freePort, RealServer } from '../support/http-servers.ts'

const command = new Command()

/** What differs from run to run: times, ports, nginx's own lines. */
function steady(text: string): string {
  return text
    .replace(/^ *\d+\.\d\d {2}/gm, '    0.00  ')
    .replace(/\d+\.\d\d(?= [|]|$| {3}| ms)/gm, '0.00')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/(port|端口) \d+/g, '$1 N')
    .replace(/^ +(Server|Date|Last-Modified|ETag): .*\n/gm, '')
    .replace(/^ {2}[\d.]+ .?s of .*\n/gm, '')
    .replace(/0\.00 {3}[\d.]+ ms/g, '0.00   0.00 ms')
}

describeNeeds(['nginx'], 'the log of a request to a real nginx', () => {
  const server = new RealServer()
  let port = 0

  beforeAll(async () => {
    port = await freePort()
    server.page('index.html', 'x'.repeat(974))
    await server.nginx(
      `server { listen 127.0.0.1:${port}; root ${server.pages}; types {} default_type text/html;
       location = /old { return 301 /; } location = /loop { return 302 /loop; } }`,
      port,
    )
  })
  afterAll(() => server.close())

  it('tells the course of a request', async () => {
    const { code, out } = await command.run(['fetch', `http://127.0.0.1:${port}/`])
    expect(steady(out.toString())).toBe(`      ms  client
    0.00  Connecting to 127.0.0.1:PORT
    0.00  Connected, from port N
    0.00  GET / HTTP/1.1
          Host: 127.0.0.1:PORT
          User-Agent: wiretale/1.2.3
          Accept: */*
    0.00  Request sent. 82 bytes
    0.00  HTTP/1.1 200 OK
          Content-Type: text/html
          Content-Length: 974
          Connection: keep-alive
          Accept-Ranges: bytes
    0.00  Data available. 974/974 bytes
    0.00  200 Request complete
    0.00  Closing the connection

  connect 0.00 | send 0.00 | WAIT 0.00 | receive 0.00   0.00 ms
  request 82 headers + 0 body, response 238 headers + 974 body bytes
  The client alone: capturing its packets beside the log is not built yet.
`)
    expect(code).toBe(0)
  })

  it('tells it in Chinese', async () => {
    const { out } = await command.run(['fetch', '--lang', 'zh', '--no-wire', '-I', `http://127.0.0.1:${port}/`])
    expect(steady(out.toString())).toContain(`    0.00  已连接，本地端口 N
    0.00  HEAD / HTTP/1.1
          Host: 127.0.0.1:PORT
          User-Agent: wiretale/1.2.3
          Accept: */*
    0.00  请求已发送。83 字节
    0.00  HTTP/1.1 200 OK`)
    expect(out.toString()).toContain('200 请求完成')
  })

  it('follows redirects over the same connection with -L, and not without', async () => {
    const { out } = await command.run(['fetch', '-L', `http://127.0.0.1:${port}/old`])
    expect(steady(out.toString())).toContain(`    0.00  301 Request complete
    0.00  301: on to GET http://127.0.0.1:PORT/
    0.00  Connection kept, from port N
    0.00  GET / HTTP/1.1`)
    const plain = await command.run(['fetch', `http://127.0.0.1:${port}/old`])
    expect(plain.out.toString()).not.toContain('on to GET')
    expect(plain.code).toBe(0)
  })

  it('recognises redirects that lead in a circle', async () => {
    const { code, out } = await command.run(['fetch', '-L', `http://127.0.0.1:${port}/loop`])
    expect(out.toString()).toContain(`! Redirects lead in a circle, again to http://127.0.0.1:${port}/loop`)
    expect(code).toBe(1)
  })

  it('takes the status for an answer, but with --fail', async () => {
    const url = `http://127.0.0.1:${port}/nothing-here`
    expect((await command.run(['fetch', url])).code).toBe(0)
    expect((await command.run(['fetch', '--fail', url])).code).toBe(1)
  })
})
