import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect } from 'vitest'
import { itNeeds } from '../needs.ts'
import { Command } from '../support/command.ts'
import { inNamespace, NetworkPair, Running, startServer, Undo, until } from '../support/network.ts'

const command = new Command()
const undo = new Undo()
afterEach(() => undo.run())

const TCPDUMP = { WIRETALE_ARGV0: 'tcpdump' }

/** tcpdump and ours, called as tcpdump, in the server's namespace. */
async function both(network: NetworkPair, args: readonly string[]): Promise<[theirs: Running, ours: Running]> {
  const pair: [Running, Running] = [
    new Running(inNamespace(network.server, 'tcpdump', ...args), undo, TCPDUMP),
    new Running(inNamespace(network.server, process.execPath, command.path, ...args), undo, TCPDUMP),
  ]
  await Promise.all(pair.map((each) => each.listening()))
  return pair
}

/** How many packets libpcap counts depends on when it was started. */
function withoutReceived(text: string): string {
  return text.replace(/\d+ packets? received by filter/g, 'RECEIVED')
}

function talk(network: NetworkPair): void {
  network.run(network.client, 'curl', '-s', `http://${network.address}:8001/page.html`)
}

describe('says what tcpdump says', () => {
  itNeeds(['root', 'ip', 'tcpdump', 'nginx', 'curl'], 'on standard error and standard output', async () => {
    const network = new NetworkPair('words', undo)
    await startServer('nginx', { port: 8001, bytes: 500, namespace: network.server }, undo)
    const lines = [
      ['-i', network.device, '-c', '5', '-n', '-l', 'tcp'],
      ['-i', network.device, '-c', '1', '-l', 'tcp'],
      ['-i', network.device, '-c', '3', '-nvl', 'tcp'],
      ['-i', network.device, '-c', '3', '-w', '/dev/null', 'tcp'],
      ['-i', network.device, '-c', '3', '-w', '/dev/null', '--print', '-nel', '-#', 'tcp'],
      ['-i', 'any', '-c', '4', '-nl', '-XX', 'tcp port 8001'],
      ['-i', 'any', '-y', 'LINUX_SLL', '-c', '4', '-nl', 'tcp port 8001'],
      ['-i', '1', '-c', '2', '-nl', 'tcp'],
      ['-c', '2', '-nl', '--nano', '-p', '-s', '100', '-Q', 'in', '-i', network.device, 'tcp'],
      ['-i', network.device, '-j', 'adapter', '-c', '2', '-nlt', '-K', '-S', 'tcp'],
    ]
    const pairs = await Promise.all(lines.map((args) => both(network, args)))
    talk(network)
    for (const [i, [theirs, ours]] of pairs.entries()) {
      const name = lines[i].join(' ')
      expect([await theirs.ended, await ours.ended], `${name}: ${ours.err}`).toEqual([0, 0])
      expect(withoutReceived(ours.err), name).toBe(withoutReceived(theirs.err))
      // Each kernel time stamp is taken once for both, or a moment apart.
      const withoutTime = (text: string): string => text.replace(/^( *\d+ +)?\d\d:\d\d:\d\d\.\d+/gm, '$1TIME')
      expect(withoutTime(ours.out), name).toBe(withoutTime(theirs.out))
    }
  })

  itNeeds(['root', 'ip', 'tcpdump'], 'without capturing', async () => {
    const network = new NetworkPair('ask', undo)
    const lines = [
      ['-D'],
      ['-L', '-i', network.device],
      ['-L', '-i', 'any'],
      ['-J', '-i', network.device],
      ['-i', 'nosuch'],
      ['-i', '99'],
      ['-I', '-i', 'lo'],
      ['-i', 'lo', '-y', 'RAW'],
      ['-i', 'any', '-d', 'vlan'],
      ['-i', 'any', '-d', 'inbound and port 53'],
      ['-i', network.device, '-d', 'vlan'],
      ['-i', network.device, '-O', '-d', 'vlan 7 and tcp port 80'],
      ['-i', network.device, '-d', 'ip broadcast or outbound'],
      ['-i', network.device, '-Z', 'no-such-user'],
      ['-i', network.device, '-w', '/no-such-folder/x'],
      ['-i', network.device, 'no such filter'],
      ['-i', network.device, '-F', '/no-such-file'],
    ]
    for (const args of lines) {
      const theirs = new Running(inNamespace(network.server, 'tcpdump', ...args), undo, TCPDUMP)
      const ours = new Running(inNamespace(network.server, process.execPath, command.path, ...args), undo, TCPDUMP)
      const codes = [await theirs.ended, await ours.ended]
      expect([ours.out, ours.err, codes[1]], args.join(' ')).toEqual([theirs.out, theirs.err, codes[0]])
    }
  })

  itNeeds(['root', 'ip', 'tcpdump', 'nginx', 'curl'], 'at signals', async () => {
    const network = new NetworkPair('signal', undo)
    await startServer('nginx', { port: 8001, bytes: 500, namespace: network.server }, undo)
    const [theirs, ours] = await both(network, ['-i', network.device, '-nl', 'tcp'])
    talk(network)
    await until(() => theirs.out !== '' && theirs.out.length === ours.out.length, 'the same packets')
    for (const each of [theirs, ours]) each.child.kill('SIGUSR1')
    const inLine = /^tcpdump: \d+ packets captured, \d+ packets received by filter, \d+ packets dropped by kernel$/m
    await until(() => [theirs, ours].every(({ err }) => inLine.test(err)), 'the statistics')
    expect(await Promise.all([theirs, ours].map((each) => each.stop('SIGHUP')))).toEqual([0, 0])
    expect(withoutReceived(ours.err)).toBe(withoutReceived(theirs.err))
    // A line may have been cut short: both begin a new one.
    expect(ours.out.endsWith('\n\n')).toBe(true)
    expect(theirs.out.endsWith('\n\n')).toBe(true)
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const counting = await both(network, ['-i', network.device, '-v', '-w', '/dev/null', 'tcp'])
      talk(network)
      // Not before the count of the first seconds has been shown.
      await until(() => counting.every(({ err }) => (err.match(/Got [1-9]\d*\r/g) ?? []).length >= 1), 'the count')
      expect(await Promise.all(counting.map((each) => each.stop(signal)))).toEqual([0, 0])
      const last = counting.map(({ err }) => withoutReceived(err.slice(err.lastIndexOf('\r'))))
      expect(last[1]).toBe(last[0])
    }
  })

  itNeeds(['root', 'ip', 'nginx', 'curl'], 'and flushes the file at SIGUSR2', async () => {
    const network = new NetworkPair('flush', undo)
    await startServer('nginx', { port: 8001, bytes: 500, namespace: network.server }, undo)
    const capture = new Running(
      inNamespace(network.server, process.execPath, command.path, '-i', network.device, '-w', '-', 'tcp'),
      undo,
    )
    await capture.listening()
    talk(network)
    capture.child.kill('SIGUSR2')
    await until(() => capture.out.length > 24 + 5 * 16, 'bytes of packets')
    expect(await capture.stop()).toBe(0)
    expect(capture.out.slice(0, 4)).toBe('\xd4\xc3\xb2\xa1')
  })
})

itNeeds(['root', 'ip'], 'goes on at SIGHUP where nohup has it ignored', async () => {
  const network = new NetworkPair('nohup', undo)
  const words = inNamespace(network.server, process.execPath, command.path, '-i', network.device, '-w', '/dev/null')
  const capture = await new Running(words, undo, { WIRETALE_NOHUP: '1' }).listening()
  capture.child.kill('SIGHUP')
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(capture.child.exitCode).toBeNull()
  expect(await capture.stop()).toBe(0)
})

/** Effective and permitted rights of all threads of a process, and their users. */
function rights(pid: number): { threads: number; capabilities: Set<string>; users: Set<string> } {
  const texts = readdirSync(`/proc/${pid}/task`).map((task) =>
    readFileSync(join(`/proc/${pid}/task`, task, 'status'), 'latin1'),
  )
  const lines = (pattern: RegExp): Set<string> => new Set(texts.flatMap((text) => text.match(pattern) ?? []))
  return {
    threads: texts.length,
    capabilities: lines(/^Cap(Eff|Prm|Amb):.*$/gm),
    users: lines(/^Uid:.*$/gm),
  }
}

itNeeds(['root', 'ip'], 'keeps no right once it captures, unless told to', async () => {
  const network = new NetworkPair('rights', undo)
  const none = '0000000000000000'
  const start = (args: readonly string[], env: Record<string, string> = {}): Promise<Running> =>
    new Running(
      inNamespace(network.server, process.execPath, command.path, '-i', network.device, '-n', ...args),
      undo,
      env,
    ).listening()
  const user = readFileSync('/etc/passwd', 'latin1').match(/^tcpdump:[^:]*:(\d+):/m)?.[1]
  for (const args of [[], ['-w', '/dev/null'], ['--annotate', '--summary'], ['-Z', 'nobody']]) {
    const capture = await start(args)
    const { threads, capabilities, users } = rights(capture.child.pid ?? 0)
    expect(threads).toBeGreaterThan(5)
    expect([...capabilities].sort()).toEqual([`CapAmb:\t${none}`, `CapEff:\t${none}`, `CapPrm:\t${none}`])
    const uid = args[0] === '-Z' ? '65534' : (user ?? '65534')
    expect([...users]).toEqual([`Uid:\t${[uid, uid, uid, uid].join('\t')}`])
    // The capture goes on, and its statistics come.
    expect(await capture.stop()).toBe(0)
    expect(capture.err).toMatch(/^\d+ packets? dropped by kernel$/m)
  }
  const asRoot = await start(['-Z', 'root'])
  expect([...rights(asRoot.child.pid ?? 0).users]).toEqual(['Uid:\t0\t0\t0\t0'])
  expect(await asRoot.stop()).toBe(0)
})
