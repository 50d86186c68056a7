import { describe, expect, it } from 'vitest'
import { itNeeds } from '../needs.ts'
import { start } from '../support/command.ts'
import { freePort } from '../support/http-servers.ts'
import { setScene } from './scene.ts'

const { command, stage, fetched } = setScene()

/** The lines that say what failed. */
function failure(text: string): string {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.includes('  ! '))
  return lines
    .slice(at, at + 2)
    .map((line) => line.trim().replace(/^[\d.]+ +/, ''))
    .join('\n')
}

/** In a network of its own, where a server listens on 127.0.0.1 and packets to 10.9.9.2 vanish. */
async function inSilence(args: readonly string[]) {
  const answer = JSON.stringify('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  const server = `require('net').createServer(s=>s.once('data',()=>s.write(${answer}))).listen(80,'127.0.0.1')`
  const script = `ip link set lo up && ip link add silent type veth peer name void && ip addr add 10.9.9.1/24 dev silent &&
    ip link set silent up && ip link set void up && ip neigh add 10.9.9.2 lladdr 02:00:00:00:00:02 dev silent || exit 99
    "$1" -e "$2" & server=$!
    shift 2; sleep 0.4; "$@"; code=$?; kill $server; exit $code`
  const words = [process.execPath, server, process.execPath, command.path, 'fetch', '--no-wire', ...args]
  const { code, out, err } = await start('unshare', ['-n', 'sh', '-c', script, 'sh', ...words])
  return { code, text: out.toString() + err }
}

const head = (...lines: string[]): string => `${['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')}`

describe('what goes wrong with a response', () => {
  it('tells a body that ends too early, and how much of it there was', async () => {
    const { port } = await stage((socket) => void socket.end(`${head('Content-Length: 100')}12345`))
    const { code, text } = await fetched([`http://127.0.0.1:${port}/`])
    expect(failure(text)).toBe('! The server closed after 5 of 100 bytes\nSide: the server')
    expect(code).toBe(1)
  })

  it('tells a chunked body without its last chunk', async () => {
    const { port } = await stage((socket) => void socket.end(`${head('Transfer-Encoding: chunked')}5\r\n12345\r\n`))
    const { text } = await fetched([`http://127.0.0.1:${port}/`])
    expect(failure(text)).toContain('! The server closed in the middle of the response, after 5 bytes')
  })

  it('tells a chunk size that is none', async () => {
    const { port } = await stage((socket) => void socket.end(`${head('Transfer-Encoding: chunked')}xyz\r\n`))
    const { code, text } = await fetched([`http://127.0.0.1:${port}/`])
    expect(failure(text)).toBe('! The response does not say properly where it ends (bad-chunk-size)\nSide: the server')
    expect(code).toBe(1)
  })

  it('tells lengths that contradict each other', async () => {
    const { port } = await stage((socket) => void socket.end(`${head('Content-Length: 5', 'Content-Length: 6')}12345`))
    const { text } = await fetched([`http://127.0.0.1:${port}/`])
    expect(failure(text)).toContain('(bad-content-length)')
  })

  it('tells a close without a byte, before and after the request was read', async () => {
    const { port } = await stage((socket) => void socket.end())
    const { text } = await fetched([`http://127.0.0.1:${port}/`])
    expect(failure(text)).toBe('! The connection was closed while waiting for the response\nSide: the server')
  })

  it('tells a reset', async () => {
    const { port } = await stage((socket) => {
      socket.write(head('Content-Length: 10'))
      setTimeout(() => socket.resetAndDestroy(), 50)
    })
    const { text } = await fetched([`http://127.0.0.1:${port}/`])
    expect(failure(text)).toContain('! The connection was reset while receiving the response')
  })

  it('shows what is no HTTP, without a raw control byte', async () => {
    const { port } = await stage((socket) => void socket.end('SSH-2.0-\x1b[31mevil\x07\r\n'))
    const { text } = await fetched([`http://127.0.0.1:${port}/`])
    expect(text).toContain('! The answer is not HTTP; it begins with: SSH-2.0-\\x1b[31mevil\\x07')
    expect([...text].filter((c) => c < ' ' && c !== '\n')).toEqual([])
  })

  it('escapes what headers and reasons bring, and masks secrets', async () => {
    const { port } = await stage(
      (socket) =>
        void socket.end('HTTP/1.1 200 O\x1bK\r\nX: \x1b]0;t\x07\r\nSet-Cookie: sid=1234\r\nContent-Length: 0\r\n\r\n'),
    )
    const url = `http://127.0.0.1:${port}/`
    const { text } = await fetched(['-u', 'me:secret', url])
    expect(text).toContain('HTTP/1.1 200 O\\x1bK')
    expect(text).toContain('X: \\x1b]0;t\\x07')
    expect(text).toContain('Set-Cookie: ********')
    expect(text).toContain('Authorization: Basic ********')
    const shown = await fetched(['-u', 'me:secret', '--show-secrets', url])
    expect(shown.text).toContain('Set-Cookie: sid=1234')
    expect(shown.text).toContain(`Authorization: Basic ${Buffer.from('me:secret').toString('base64')}`)
  })

  it('tells a head without an end before it fills the memory', async () => {
    const { port } = await stage((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      const more = (): void => {
        while (!socket.destroyed && socket.write(`X: ${'y'.repeat(60000)}\r\n`));
        if (!socket.destroyed) socket.once('drain', more)
      }
      more()
    })
    const { code, text } = await fetched(['--max-time', '5', `http://127.0.0.1:${port}/`])
    expect(failure(text)).toContain('(head-too-long)')
    expect(code).toBe(1)
  })
})

describe('limits of time, by phase', () => {
  it('while waiting', async () => {
    const { port } = await stage(() => {})
    const { code, text } = await fetched(['--max-time', '0.3', `http://127.0.0.1:${port}/`])
    expect(failure(text)).toMatch(
      /^! Still waiting for the response after 30\d ms: the limit of --max-time\nSide: the server/,
    )
    expect(code).toBe(1)
  })

  it('while receiving', async () => {
    const { port } = await stage((socket) => void socket.write(`${head('Content-Length: 10')}123`))
    const { text } = await fetched(['-m', '0.3', `http://127.0.0.1:${port}/`])
    expect(failure(text)).toContain('! Still receiving the response after')
    expect(text).toContain('Data available. 3/10 bytes')
  })

  it('while TLS is set up, by --connect-timeout', async () => {
    const { port } = await stage(() => {})
    const { text } = await fetched(['--connect-timeout', '0.3', `https://127.0.0.1:${port}/`])
    expect(failure(text)).toContain('! Still setting up TLS after')
    expect(failure(text)).toContain('--connect-timeout')
  })

  itNeeds(['root', 'unshare', 'ip'], 'while connecting to an address that never answers', async () => {
    const { code, text } = await inSilence(['-m', '0.4', 'http://10.9.9.2/'])
    expect(failure(text)).toMatch(/^! Still connecting after 4\d\d ms: the limit of --max-time\nSide: cannot be told/)
    expect(code).toBe(1)
  })
})

describe('connections that do not come about', () => {
  it('refused', async () => {
    const port = await freePort()
    const { code, text } = await fetched([`http://127.0.0.1:${port}/`])
    expect(text).toContain(`127.0.0.1:${port} did not connect: ECONNREFUSED`)
    expect(failure(text)).toContain(`! 127.0.0.1:${port} refused the connection\nSide: the server`)
    expect(code).toBe(1)
  })

  it('a name that does not exist', async () => {
    const { code, text } = await fetched(['-m', '10', 'http://no-such-name.invalid/'])
    expect(failure(text)).toMatch(
      /^! (No such name: no-such-name\.invalid|no-such-name\.invalid could not be looked up)/,
    )
    expect(failure(text)).toContain('Side: the name')
    expect(code).toBe(1)
  })

  it('goes on with the next address at once when one is refused, and tells both', async () => {
    const { port } = await stage((socket) => void socket.end(head('Content-Length: 0')))
    // 127.0.0.2 has no listener: the stage is bound to 127.0.0.1.
    const { code, text } = await fetched([
      '--resolve',
      `site.example:${port}:127.0.0.2,127.0.0.1`,
      `http://site.example:${port}/`,
    ])
    expect(text).toContain('Site found. 127.0.0.2, 127.0.0.1')
    expect(text).toContain(`127.0.0.2:${port} did not connect: ECONNREFUSED`)
    expect(text).toContain('200 Request complete')
    expect(code).toBe(0)
  })

  itNeeds(['root', 'unshare', 'ip'], 'tries the second address after 250 ms when the first is silent', async () => {
    const { code, text } = await inSilence(['--resolve', 'site.example:80:10.9.9.2,127.0.0.1', 'http://site.example/'])
    expect(text).toContain('10.9.9.2:80 given up: another address was faster')
    const times = [...text.matchAll(/^ *([\d.]+) {2}Connecting to/gm)].map((match) => Number(match[1]))
    expect(times[1] - times[0]).toBeGreaterThan(245)
    expect(text).toContain('200 Request complete')
    expect(code).toBe(0)
  })
})

describe('wrong arguments', () => {
  it.each([
    [[], 'fetch needs a URL'],
    [['ftp://x/'], 'fetch speaks no ftp'],
    [['http://x/', 'http://y/'], 'fetch takes one URL'],
    [['-H', 'A: b\r\nC: d', 'http://x/'], '-H cannot be'],
    [['-X', 'GET /', 'http://x/'], '-X cannot be'],
    [['--resolve', 'a:80:b', 'http://x/'], '--resolve cannot be'],
    [['--slo', 'speed=1', 'http://x/'], "--slo cannot be 'speed=1'"],
    [['--max-time', '-1', 'http://x/'], '--max-time cannot be'],
    [['-d', 'a', '-T', 'b', 'http://x/'], '-d and -T contradict each other'],
    [['-x', 'socks5://x', 'http://x/'], "-x cannot be 'socks5://x'"],
    [['-i', 'eth0', 'http://x/'], 'fetch -i is not built yet'],
    [['-w', 'a.pcapng', 'http://x/'], 'fetch -w is not built yet'],
  ])('%j', async (args, says) => {
    const { code, err } = await fetched(args)
    expect(err).toContain(says)
    expect(code).toBe(2)
  })

  it('names a file that cannot be read or written', async () => {
    const { port } = await stage((socket) => void socket.end(`${head('Content-Length: 1')}x`))
    const read = await fetched(['-T', '/no/such/file', `http://127.0.0.1:${port}/`])
    expect([read.code, read.err]).toEqual([1, 'wiretale: /no/such/file cannot be read (ENOENT)\n'])
    const write = await fetched(['-o', '/no/such/file', `http://127.0.0.1:${port}/`])
    expect(failure(write.text)).toBe('! /no/such/file cannot be written (ENOENT)\nSide: this machine')
    expect(write.code).toBe(1)
  })
})
