import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { itNeeds } from '../needs.ts'
import { Command } from '../support/command.ts'
import { inNamespace, NetworkPair, Running, Undo, until } from '../support/network.ts'
import { readPcap } from '../support/pcap-records.ts'

const command = new Command()
const undo = new Undo()
afterEach(() => undo.run())

const NEEDS = ['root', 'ip']

function ours(network: NetworkPair, args: readonly string[], env: Record<string, string> = {}): Running {
  return new Running(inNamespace(network.server, process.execPath, command.path, '-n', ...args), undo, env)
}

/** UDP datagrams to nobody, with their number in the destination address. */
function datagrams(count: number, bytes = 64): Buffer[] {
  return Array.from({ length: count }, (_, i) => {
    const frame = Buffer.alloc(Math.max(60, 42 + bytes))
    frame.write('ffffffffffff0200000000020800', 'hex')
    frame.write(`4500${(28 + bytes).toString(16).padStart(4, '0')}0000000040110000c0000202`, 14, 'hex')
    frame.writeUInt32BE(0xc6336400 + (i & 0xff), 30)
    frame.write(`13880009${(8 + bytes).toString(16).padStart(4, '0')}0000`, 34, 'hex')
    return frame
  })
}

/** In a folder that whoever root becomes may write to. */
function fileFor(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'wiretale-fault-'))
  chmodSync(folder, 0o777)
  undo.add(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, name)
}

itNeeds(NEEDS, 'an interface that is removed ends the capture; what came before is there', async () => {
  const network = new NetworkPair('gone', undo)
  const file = fileFor('out.pcap')
  const writing = await ours(network, ['-i', network.device, '-w', file, 'udp']).listening()
  const printing = await ours(network, ['-i', network.device, 'udp']).listening()
  network.send(datagrams(50))
  network.run(network.server, 'ip', 'link', 'del', network.device)
  expect([await writing.ended, await printing.ended]).toEqual([1, 1])
  for (const { err } of [writing, printing]) {
    expect(err).toMatch(/^wiretale: pcap_loop: The interface disappeared\n50 packets captured\n/m)
  }
  expect(printing.out.match(/UDP, length 64/g)).toHaveLength(50)
  const { records, rest } = readPcap(file)
  expect([records.length, rest]).toEqual([50, 0])
})

itNeeds(NEEDS, 'an interface that is set down is treated as tcpdump treats it', async () => {
  const network = new NetworkPair('down', undo)
  const captures = [
    await ours(network, ['-i', network.device, 'udp']).listening(),
    await new Running(
      inNamespace(network.server, 'tcpdump', '-l', '-n', '-i', network.device, 'udp'),
      undo,
    ).listening(),
  ]
  network.send(datagrams(5))
  await until(() => captures.every(({ out }) => out.split('\n').length === 6), 'the packets')
  network.run(network.server, 'ip', 'link', 'set', network.device, 'down')
  await new Promise((resolve) => setTimeout(resolve, 500))
  const hasEnded = captures.map(({ child }) => child.exitCode)
  expect(hasEnded[0]).toBe(hasEnded[1])
  const [mine, theirs] = await Promise.all(captures.map((each) => each.stop()))
  expect(mine).toBe(theirs)
  const complaint = ({ err }: Running): string | undefined => /pcap_loop: .*/.exec(err)?.[0]
  expect(complaint(captures[0])).toBe(complaint(captures[1]))
  expect(captures[0].err).toMatch(/^5 packets captured\n/m)
})

itNeeds([...NEEDS, 'mount'], 'a full disk: whole records, a message, exit code 1', async () => {
  const network = new NetworkPair('full', undo)
  for (const extra of [[], ['-U'], ['--print', '-q'], ['-C', '1000']]) {
    const folder = mkdtempSync(join(tmpdir(), 'wiretale-full-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=777', 'tmpfs', folder])
    try {
      const file = join(folder, 'out.pcap')
      const capture = await ours(network, ['-i', network.device, '-w', file, ...extra, 'udp']).listening()
      network.send(datagrams(80, 1000), 4)
      await until(() => capture.child.exitCode !== null, `the end of ${extra}: ${capture.err}`)
      expect(await capture.ended, capture.err).toBe(1)
      expect(capture.err).toContain(`wiretale: ${file}: No space left on device\n`)
      expect(capture.err).toMatch(/^\d+ packets captured\n\d+ packets received by filter\n/m)
      const { records, rest } = readPcap(file)
      expect(rest, extra.join(' ')).toBe(0)
      expect(records.length).toBeGreaterThan(200)
      expect(statSync(file).size).toBeLessThanOrEqual(256 * 1024)
    } finally {
      execFileSync('umount', [folder])
      rmSync(folder, { recursive: true })
    }
  }
})

itNeeds(NEEDS, 'killed: the file is whole, and at most a second old', async () => {
  const network = new NetworkPair('kill', undo)
  const files = [fileFor('fast.pcap'), fileFor('slow.pcap')]
  const captures = [
    await ours(network, ['-i', network.device, '-w', files[0], 'udp']).listening(),
    await ours(network, ['-i', network.device, '-w', files[1], '--print', 'udp']).listening(),
  ]
  network.send(datagrams(20))
  await new Promise((resolve) => setTimeout(resolve, 1500))
  for (const each of captures) expect(await each.stop('SIGKILL')).toBeNull()
  for (const file of files) {
    const { records, rest } = readPcap(file)
    expect([records.length, rest]).toEqual([20, 0])
  }
})

itNeeds(NEEDS, 'a reader that goes away ends it quietly; one that only stops does not make it grow', async () => {
  const network = new NetworkPair('reader', undo)
  const start = (reader: string): Running => {
    const words = inNamespace(
      network.server,
      process.execPath,
      command.path,
      '-n',
      '-i',
      network.device,
      '-l',
      '-vvv',
      '-XX',
      'udp',
    )
    return new Running(['sh', '-c', `echo $$ >&2; "$@" | ${reader}`, 'sh', ...words], undo)
  }
  const gone = await start('head -n 1').listening()
  network.send(datagrams(3))
  await until(() => gone.out !== '', 'a line')
  network.send(datagrams(3))
  expect(await gone.ended).toBe(0)
  expect(gone.out.split('\n')).toHaveLength(2)
  expect(gone.err).not.toMatch(/rror|EPIPE/)

  const stuck = await start('sleep 12').listening()
  const [shell] = stuck.err.split('\n')
  const children = (): number[] =>
    readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ').map(Number)
  const capture = children().find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(command.path))
  const resident = (): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${capture}/status`, 'utf8'))?.[1])
  const many = datagrams(60, 1400)
  network.send(many, 100)
  const before = resident()
  // Some 200 MB of text.
  network.send(many, 500)
  expect(resident() - before).toBeLessThan(20_000)
  // It still serves signals: it gives the reader up, and tells what it knows.
  process.kill(capture ?? 0, 'SIGINT')
  await until(() => /packets captured/.test(stuck.err), 'the statistics', 3000)
  for (const pid of children()) process.kill(pid, 'SIGKILL')
})

itNeeds([...NEEDS, 'setpriv', 'tcpdump'], 'without permission: tcpdump’s words, then the ways to get it', async () => {
  chmodSync(command.folder, 0o755)
  const words = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, command.path, '-i', 'lo']
  const theirs = new Running(['setpriv', ...words.slice(0, 3), 'tcpdump', '-i', 'lo'], undo)
  const mine = new Running(['setpriv', ...words], undo)
  const chinese = new Running(['setpriv', ...words], undo, { LANG: 'zh_CN.UTF-8' })
  const asTcpdump = new Running(['setpriv', ...words], undo, { WIRETALE_ARGV0: 'tcpdump' })
  for (const each of [theirs, mine, chinese, asTcpdump]) expect(await each.ended).toBe(1)
  expect(asTcpdump.err).toBe(theirs.err)
  expect(mine.err.replace(/^wiretale/, 'tcpdump')).toContain(theirs.err)
  expect(mine.err).toMatch(/sudo.*setcap.*group/s)
  expect(chinese.err).toMatch(/sudo.*setcap.*用户组/s)
})

itNeeds(
  [...NEEDS, 'tcpdump'],
  'the tcpdump that captures for us is killed: a message, all that it delivered, exit code 1',
  async () => {
    const network = new NetworkPair('child', undo)
    const file = fileFor('out.pcap')
    const capture = await ours(network, ['-i', network.device, '-w', file, 'udp'], {
      WIRETALE_ENGINE: 'tcpdump',
    }).listening()
    network.send(datagrams(30))
    await until(() => statSync(file).size > 24, 'packets in the file')
    const pid = capture.child.pid
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
    process.kill(child, 'SIGKILL')
    expect(await capture.ended).toBe(1)
    expect(capture.err).toMatch(/^wiretale: pcap_loop: .*tcpdump/m)
    const { records, rest } = readPcap(file)
    expect([records.length, rest]).toEqual([30, 0])
  },
)

itNeeds(NEEDS, 'a file that cannot be written is refused before anything is captured', async () => {
  const network = new NetworkPair('refuse', undo)
  const folder = fileFor('')
  mkdirSync(join(folder, 'taken'))
  const capture = ours(network, ['-i', network.device, '-w', join(folder, 'taken')])
  expect(await capture.ended).toBe(1)
  expect(capture.err).toBe(`wiretale: ${join(folder, 'taken')}: Is a directory\n`)
})
