import { afterEach, expect } from 'vitest'
import { itNeeds } from '../needs.ts'
import { Command } from '../support/command.ts'
import { inNamespace, NetworkPair, Running, startServer, Undo, until } from '../support/network.ts'

/** explain -i and top -i while nginx serves a page to curl, each in a namespace of its own. */
const command = new Command()
const undo = new Undo()
afterEach(() => undo.run())

const NEEDS = ['root', 'ip', 'nginx', 'curl']
const PORT = 8080
const PAGE = 974

async function serve(name: string): Promise<{ network: NetworkPair; fetchPage: (path?: string) => void }> {
  const network = new NetworkPair(name, undo)
  await startServer('nginx', { port: PORT, bytes: PAGE, namespace: network.server }, undo)
  const fetchPage = (path = 'page.html'): void => {
    network.run(network.client, 'curl', '-s', '-o', '/dev/null', `http://${network.address}:${PORT}/${path}`)
  }
  return { network, fetchPage }
}

function open(network: NetworkPair, ...words: string[]): Running {
  const program = [process.execPath, command.path, ...words, '-i', network.device, 'port', String(PORT)]
  return new Running(inNamespace(network.server, ...program), undo, { LANG: 'en_US.UTF-8' })
}

itNeeds(NEEDS, 'explain -i draws the ladder while it happens, and concludes at Ctrl-C', async () => {
  const { network, fetchPage } = await serve('story')
  const running = await open(network, 'explain', '--ascii').listening()
  fetchPage()
  await until(() => /Last ACK\./.test(running.out), 'the end of the connection')
  expect(running.out).not.toContain('CONCLUSION')
  expect(running.out).toMatch(/-- 0 -- 192\.0\.2\.2:\d+ -> 192\.0\.2\.1:8080 -- \d\d:\d\d:\d\d\.\d{3} --/)
  expect(running.out).toMatch(/ {4}0 {5}1 {6}0\.000 {2}SYN_SENT {5}-+ SYN -+> {2}SYN_RCVD~/)
  expect(running.out).toContain('Client sends the request: GET /page.html HTTP/1.1')
  expect(running.out).toMatch(/Response: 200 OK, \d+ B headers \+ 974 B of body, complete\.|Response headers: 200 OK/)
  expect(await running.stop()).toBe(0)
  expect(running.out).toMatch(/^CONCLUSION {2}192\.0\.2\.2:\d+ -> 192\.0\.2\.1:8080/m)
  expect(running.out).toContain('GET /page.html -> 200 OK')
  expect(running.out).toMatch(/Client sent FIN first\./)
  expect(running.err).toMatch(/^\d+ packets captured\n\d+ packets received by filter\n0 packets dropped by kernel\n/m)
})

itNeeds(NEEDS, 'explain -i -c N ends by itself; a refused connection is one, too', async () => {
  const { network } = await serve('refused')
  const words = ['explain', '-c', '2', '--only', 'notes', '-i', network.device, 'tcp', 'port', '9']
  const running = new Running(inNamespace(network.server, process.execPath, command.path, ...words), undo)
  await running.listening()
  try {
    network.run(network.client, 'curl', '-s', `http://${network.address}:9/`)
  } catch {
    // curl fails, as it should.
  }
  expect(await running.ended).toBe(0)
  expect(running.out).toContain('Server refuses the SYN (#1): nothing listens on port 9, or a firewall says so.')
  expect(running.err).toContain('2 packets captured')
})

itNeeds(NEEDS, 'explain -i --json tells each line as soon as it is known', async () => {
  const { network, fetchPage } = await serve('json')
  const running = await open(network, 'explain', '--json', '--types', 'exchange,conversation').listening()
  fetchPage()
  fetchPage('nothing-here')
  await until(() => running.out.trim().split('\n').length === 2, 'two exchanges')
  const lines = running.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ type, target, status }) => [type, target, status])).toEqual([
    ['exchange', '/page.html', 200],
    ['exchange', '/nothing-here', 404],
  ])
  // Both are over for five seconds, and told then.
  await until(() => running.out.trim().split('\n').length === 4, 'two conversations', 12_000)
  expect(await running.stop('SIGTERM')).toBe(0)
})

itNeeds(NEEDS, 'top -i shows both ends established, then the exchange', async () => {
  const { network, fetchPage } = await serve('top')
  const running = await open(network, 'top', '--sort', 'number', '--width', '80').listening()
  await until(() => running.out.includes('No TCP conversation yet.'), 'the first table')
  // A connection that stays, on which nothing is asked.
  const idle = `require('net').connect(${PORT}, '${network.address}')`
  const held = new Running(inNamespace(network.client, process.execPath, '-e', idle), undo)
  await until(() => / ESTABLISHED +ESTABLISHED~/.test(running.out), 'both states')
  fetchPage()
  await until(() => / GET \/page\.html -> 200 [\d.]+ ms/.test(running.out), 'the exchange')
  await held.stop('SIGTERM')
  expect(await running.stop()).toBe(0)
  expect(running.err).toMatch(/^\d+ packets captured$/m)
})

for (const [name, keys, signal] of [
  ['q', '(sleep 1.5; echo q; sleep 1)', null],
  ['SIGTERM', 'sleep 4', 'SIGTERM'],
] as const) {
  itNeeds([...NEEDS, 'script'], `top -i gives the terminal back after ${name}`, async () => {
    const network = new NetworkPair(`screen-${name.toLowerCase()}`, undo)
    const words = `echo pid=$$.; exec ${process.execPath} ${command.path} top -i ${network.device} --lang en port ${PORT}`
    const terminal = `${keys} | script -qec '${words}' /dev/null`
    const running = new Running(inNamespace(network.server, 'sh', '-c', terminal), undo, {
      TERM: 'xterm',
      SHELL: '/bin/sh',
    })
    await until(() => running.out.includes('[r rate]'), 'the table')
    expect(running.out).toContain('\x1b[?1049h')
    if (signal !== null) process.kill(Number(/pid=(\d+)\./.exec(running.out)?.[1]), signal)
    await until(() => running.out.includes('packets captured'), `the end: ${running.out.slice(-300)}`)
    const end = running.out.slice(running.out.lastIndexOf('[r rate]'))
    expect(end).toContain('\x1b[?25h\x1b[?1049l')
    expect(end).not.toContain('\x1b[?1049h')
  })
}
