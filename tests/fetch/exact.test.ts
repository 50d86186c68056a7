import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeNeeds } from '../needs.ts'
import { start } from '../support/command.ts'
import { freePort, RealServer } from '../support/http-servers.ts'
import { setScene } from './scene.ts'

const { command } = setScene()

/** A system call on the connection's socket; times in seconds since 1970. */
interface Call {
  readonly name: string
  readonly begun: number
  readonly ended: number
  readonly result: number
}

interface EventLine {
  readonly event: string
  readonly time: string
  readonly socket: { readonly sent: number; readonly received: number } | null
}

/** Calls on the one socket that connect(2) brought to `port`. */
function callsOn(trace: string, port: number): Call[] {
  const calls: Call[] = []
  let fd: string | null = null
  for (const line of trace.split('\n')) {
    const match = /^\d+ +(\d+\.\d+) (\w+)\((\d+)(.*)= (-?\d+).*<(\d+\.\d+)>$/.exec(line)
    if (match === null) continue
    const [, at, name, on, rest, result, took] = match
    if (name === 'connect' && rest.includes(`htons(${port})`)) fd = on
    if (fd === null || on !== fd) continue
    calls.push({ name, begun: Number(at), ended: Number(at) + Number(took), result: Number(result) })
    if (name === 'close') break
  }
  return calls
}

/** Seconds since 1970, to a microsecond. */
function seconds(time: string): number {
  return Date.parse(`${time.slice(0, 19)}Z`) / 1000 + Number(`0.${time.slice(20, 29)}`)
}

describeNeeds(['nginx', 'strace', 'openssl'], "the log against the client's system calls", () => {
  const server = new RealServer()
  let [plain, secure] = [0, 0]
  beforeAll(async () => {
    plain = await freePort()
    secure = await freePort()
    const { cert, key } = server.certificate('own', 'DNS:localhost')
    server.page('index.html', 'x'.repeat(974))
    server.page('big', Buffer.alloc(10_000_000, 'abc'))
    server.page('text.gz', gzipSync('x'.repeat(100_000)))
    await server.nginx(
      `server { listen 127.0.0.1:${plain}; listen 127.0.0.1:${secure} ssl http2; ssl_certificate ${cert};
       ssl_certificate_key ${key}; root ${server.pages}; gzip on; gzip_types *; gzip_min_length 1; }`,
      plain,
    )
  })
  afterAll(() => server.close())

  it.each([
    ['a page', [], () => `http://127.0.0.1:${plain}/`],
    ['a form', ['-d', 'a=b'], () => `http://127.0.0.1:${plain}/`],
    ['a compressed page in chunks', ['--compressed'], () => `http://127.0.0.1:${plain}/`],
    ['ten megabytes', [], () => `http://127.0.0.1:${plain}/big`],
    ['TLS with HTTP/1.1', ['-k', '--http1.1'], () => `https://127.0.0.1:${secure}/`],
    ['TLS with HTTP/2', ['-k'], () => `https://127.0.0.1:${secure}/`],
  ] as const)('counts every byte and is never early: %s', async (name, args, url) => {
    const file = join(command.folder, `${name.replace(/\W/g, '-')}.trace`)
    const traced = ['-f', '-ttt', '-T', '-e', 'trace=connect,write,writev,sendmsg,read,shutdown,close', '-o', file]
    const fetch = [process.execPath, command.path, 'fetch', '--json', ...args, url()]
    const { code, out } = await start('strace', [...traced, ...fetch])
    expect(code).toBe(0)
    const events = out
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as EventLine)
    const event = (kind: string): EventLine => events.find((each) => each.event === kind) as EventLine
    const calls = callsOn(readFileSync(file, 'latin1'), Number(new URL(url()).port))
    const written = calls.filter((call) => ['write', 'writev', 'sendmsg'].includes(call.name) && call.result > 0)
    const read = calls.filter((call) => call.name === 'read' && call.result > 0)
    const sum = (of: readonly Call[]): number => of.reduce((total, { result }) => total + result, 0)

    const complete = event('complete').socket
    const [response, sent] = [event('response'), event('request-sent')]
    // Later bytes (TLS's closing alert, HTTP/2's GOAWAY) follow the last line.
    const writtenBy = (line: EventLine): number => sum(written.filter(({ begun }) => begun < seconds(line.time)))
    expect(complete?.received).toBe(sum(read.filter(({ begun }) => begun < seconds(event('closing').time))))
    expect(sent.socket?.sent).toBe(writtenBy(sent))
    expect(response.socket?.received).toBe(sum(read.filter(({ begun }) => begun < seconds(response.time))))

    // Each line comes after its call began, and strace's own cost apart soon after it ended. How soon depends on the
    // machine's other work: here only that no line is early is held for sure.
    const pairs: [EventLine, Call | undefined][] = [
      [event('connecting'), calls.find((call) => call.name === 'connect')],
      [sent, written.findLast(({ begun }) => begun < seconds(sent.time))],
      [response, read.findLast(({ begun }) => begun < seconds(response.time))],
      [event('complete'), read.findLast(({ begun }) => begun < seconds(event('complete').time))],
    ]
    for (const [line, call] of pairs) {
      expect(call, line.event).toBeDefined()
      const late = seconds(line.time) - (call?.begun ?? 0)
      expect(late, line.event).toBeGreaterThan(0)
      expect(late, line.event).toBeLessThan(0.05)
    }
  })
})
