import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeNeeds } from '../needs.ts'
import { freePort, RealServer } from '../support/http-servers.ts'
import { OK, setScene } from './scene.ts'

const { stage, fetched } = setScene()

describeNeeds(['nginx', 'openssl'], 'TLS with a real nginx', () => {
  const server = new RealServer()
  const ports = { good: 0, old: 0, expired: 0, other: 0, unknown: 0, plain: 0 }
  let trusted: readonly string[] = []

  beforeAll(async () => {
    server.page('index.html', 'x'.repeat(974))
    server.page('big', Buffer.alloc(3_000_000, 'abcdefg'))
    const good = server.certificate('good', 'DNS:localhost,IP:127.0.0.1')
    const certificates = {
      good,
      old: good,
      expired: server.certificate('expired', 'DNS:localhost', -1),
      other: server.certificate('other', 'DNS:other.example'),
      unknown: server.certificate('unknown', 'DNS:localhost', 2, good),
    }
    const blocks: string[] = []
    for (const [name, { cert, key }] of Object.entries(certificates)) {
      const port = await freePort()
      ports[name as keyof typeof ports] = port
      const version = name === 'old' ? 'ssl_protocols TLSv1.2; keepalive_timeout 0;' : 'ssl_protocols TLSv1.3;'
      blocks.push(`server { listen 127.0.0.1:${port} ssl${name === 'good' ? ' http2' : ''}; ${version}
        ssl_certificate ${cert}; ssl_certificate_key ${key}; root ${server.pages}; location = /old { return 301 /; } }`)
    }
    ports.plain = await freePort()
    blocks.push(`server { listen 127.0.0.1:${ports.plain} http2; root ${server.pages}; }`)
    await server.nginx(blocks.join('\n'), ports.unknown)
    trusted = ['--cacert', good.cert]
  })
  afterAll(() => server.close())

  it('speaks HTTP/2 where both can, and tells sizes in frames', async () => {
    const { code, text } = await fetched([...trusted, `https://localhost:${ports.good}/`])
    expect(text).toMatch(
      /TLS handshake with localhost\n.*TLSv1\.3, TLS_AES_256_GCM_SHA384, h2\. \d+ bytes sent, \d+ received/,
    )
    expect(text).toMatch(/Certificate: good, by good, valid \d{4}-\d\d-\d\d to/)
    expect(text).toMatch(/GET \/ HTTP\/2\n(.*\n)+.*Request sent\. \d+ bytes\n/)
    expect(text).toContain('Data available. 974/974 bytes (983 with framing)')
    expect(text).toContain('200 Request complete')
    expect(code).toBe(0)
  })

  it('speaks HTTP/1.1 when told to, with the bytes inside TLS', async () => {
    const { text } = await fetched([...trusted, '--http1.1', `https://127.0.0.1:${ports.good}/`])
    expect(text).toContain('TLS_AES_256_GCM_SHA384, http/1.1.')
    expect(text).toMatch(/GET \/ HTTP\/1\.1\n(.*\n)+.*Request sent\. 8\d bytes\n/)
    expect(text).toContain('Data available. 974/974 bytes\n')
  })

  it('resumes the session on the next connection', async () => {
    const { text } = await fetched([...trusted, '-L', `https://localhost:${ports.old}/old`])
    const handshakes = text.match(/TLSv1\.2,.*/g) ?? []
    expect(handshakes).toHaveLength(2)
    expect(handshakes[0]).not.toContain('resumed')
    expect(handshakes[1]).toContain('session resumed')
  })

  it('asks many times over one HTTP/2 connection', async () => {
    const { text } = await fetched([...trusted, '--repeat', '10', `https://localhost:${ports.good}/`])
    expect(text).toContain('10 requests over 1 connection')
  })

  it('brings long bodies whole, over HTTP/2 and HTTP/1.1', async () => {
    for (const version of ['--http2', '--http1.1']) {
      const { out, err } = await fetched([...trusted, version, '-o', '-', `https://localhost:${ports.good}/big`])
      expect(out.equals(Buffer.alloc(3_000_000, 'abcdefg'))).toBe(true)
      expect(err).toContain('3000000/3000000 bytes')
    }
  })

  it.each([
    [
      'expired',
      ['--cacert', 'expired'],
      /! The server's certificate expired on \d{4}-\d\d-\d\d\n +Side: the server\n +Try: renew/,
    ],
    ['other', ['--cacert', 'other'], /! The server's certificate is not for localhost, but for DNS:other\.example/],
    ['good', [], /! The server's certificate is signed by itself \(good\)/],
    ['unknown', ['--cacert', 'expired'], /! The server's certificate was issued by good, which is not trusted here/],
  ] as const)('refuses a certificate: %s', async (name, [flag, file], says) => {
    const trust = flag === undefined ? [] : [flag, `${server.folder}/${file}.pem`]
    const url = `https://localhost:${ports[name]}/`
    const { code, text } = await fetched([...trust, url])
    expect(text).toMatch(says)
    expect(text).not.toContain('GET /')
    expect(code).toBe(1)
    const insecure = await fetched(['-k', url])
    expect(insecure.text).toContain('The certificate is not trusted: ')
    expect(insecure.text).toContain('200 Request complete')
  })

  it('recognises a port that speaks no TLS', async () => {
    const { text } = await fetched([`https://127.0.0.1:${ports.plain}/`])
    expect(text).toContain('! The server does not speak TLS on this port')
    expect(text).toContain('Try: try http:// on this port')
  })

  it('goes through a tunnel', async () => {
    const proxy = await stage((socket, request) => {
      const target = /^CONNECT localhost:(\d+) /.exec(request)
      const through = connect(Number(target?.[1]), '127.0.0.1', () => {
        socket.removeAllListeners('data')
        socket.write('HTTP/1.1 200 Established\r\n\r\n')
        socket.pipe(through).pipe(socket)
      })
    })
    const { code, text } = await fetched([
      ...trusted,
      '-x',
      `127.0.0.1:${proxy.port}`,
      `https://localhost:${ports.good}/`,
    ])
    expect(text).toMatch(/CONNECT localhost:\d+ sent\. \d+ bytes\n.*Proxy: 200 Established\. 28 bytes\n.*TLS handshake/)
    expect(text).toContain('200 Request complete')
    expect(code).toBe(0)
  })

  it('speaks HTTP/2 without TLS on request', async () => {
    const { code, text } = await fetched(['--http2', `http://127.0.0.1:${ports.plain}/`])
    expect(text).toContain('Data available. 974/974 bytes (983 with framing)')
    expect(code).toBe(0)
  })

  it('says when the other side speaks no HTTP/2', async () => {
    const old = await stage((socket) => void socket.write(OK))
    const { code, text } = await fetched(['-m', '3', '--http2', `http://127.0.0.1:${old.port}/`])
    expect(text).toContain('! HTTP/2 broke off')
    expect(code).toBe(1)
  })
})
