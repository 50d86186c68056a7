import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { itNeeds, rootFolder } from '../needs.ts'
import { pcapBytes } from '../support/capture-bytes.ts'
import { Command, start } from '../support/command.ts'
import { expectSame, expectSameFiles } from './differential.ts'

const command = new Command()
const capture = join(rootFolder, 'tests/fixtures/captures/apache-ab.pcap')
const quiet = ['-Z', 'root', '-n']

itNeeds(['tcpdump'], 'shows compiled filters as tcpdump does', async () => {
  for (const line of [
    '-d',
    '-d -y RAW',
    '-dd icmp',
    '-ddd port 80',
    '-d -O tcp',
    `-d -r ${capture}`,
    '-d -s 100 arp',
  ]) {
    await expectSame(command, line.split(' '))
  }
})

itNeeds(['tcpdump'], 'takes the packets that tcpdump takes: printed, counted, written', async () => {
  for (const filter of ['tcp[13] & 2 != 0', 'port 35104', 'host 192.0.2.1 and not arp', '']) {
    for (const options of [['-c', '20'], ['--count']]) {
      await expectSame(command, [...quiet, '-r', capture, ...options, filter])
    }
    await expectSameFiles(command, [...quiet, '-r', capture, '-w', 'f', filter])
  }
  // The address family of BSD's loopback is in the byte order of the machine that captured.
  for (const little of [true, false]) {
    const loopback = join(command.folder, 'loopback.pcap')
    const data = Buffer.from(`${little ? '02000000' : '00000002'}4500001400000000400600000102030405060708`, 'hex')
    writeFileSync(loopback, pcapBytes({ little, link: 0 }, [{ data }]))
    for (const filter of ['ip', 'ip6', 'src host 1.2.3.4']) {
      await expectSame(command, [...quiet, '-r', loopback, '--count', filter])
    }
  }
  const file = join(command.folder, 'filter')
  writeFileSync(file, '# what is asked\ntcp # or udp\nport 35104\n')
  await expectSame(command, [...quiet, '-r', capture, '--count', '-F', file, 'arp'])
})

itNeeds(['tcpdump'], 'refuses what tcpdump refuses, in its words', async () => {
  for (const filter of [
    'tcp prot 80',
    'port 80 and',
    'host 192.0.2.0/33',
    'net 192.0.2.1/24',
    'tcp host x',
    '((tcp)',
  ]) {
    await expectSame(command, [...quiet, '-r', capture, filter])
  }
})

it('points at the place, and says what may have been meant, unless called as tcpdump', async () => {
  const { code, err } = await command.run(['-nr', capture, 'tcp', 'prot', '80'])
  expect(code).toBe(1)
  const [, message, expression, carets] = err.split('\n')
  expect(message).toBe("wiretale: can't parse filter expression: syntax error")
  expect(expression).toBe('  tcp prot 80')
  expect(carets).toBe('      ^^^^')
  // A long expression is cut, and no control character reaches the terminal.
  const long = await command.run(['-nr', capture, `${'tcp or '.repeat(100)}\x1b[31m&&&${' or tcp'.repeat(100)}`])
  const lines = long.err.trimEnd().split('\n').slice(2)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(90)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(long.err).not.toMatch(/[\x00-\x09\x0b-\x1f]/)
  expect((await command.runAsTcpdump(['-nr', capture, 'tcp', 'prot', '80'])).err.trimEnd().split('\n')).toHaveLength(2)
})

it('explains a single word that names a file, unless it is a filter', async () => {
  const bytes = readFileSync(capture)
  for (const name of ['tcp', 'a.pcap']) writeFileSync(join(command.folder, name), bytes)
  const inFolder = { cwd: command.folder }
  expect((await command.run(['a.pcap'], inFolder)).out.toString()).toContain('CONVERSATIONS')
  expect((await command.run(['./tcp'], inFolder)).out.toString()).toContain('CONVERSATIONS')
  // A capture, or why there can be none.
  const child = command.open(['tcp'], inFolder)
  const [said] = await once(child.stderr, 'data')
  child.kill('SIGINT')
  expect(String(said)).toMatch(/^wiretale: (verbose output suppressed|.* permission|.* device|no )/)
  await once(child, 'close')
})

// What somebody who took notes typed, in both of its forms.
for (const line of ['-n -vv -x -e -s 1600', '-n -vv -X -e -s 1600']) {
  itNeeds(['tcpdump'], `prints what tcpdump ${line} prints`, async () => {
    for (const name of ['examples/http-practice.pcap', 'examples/http-practice-96.pcap']) {
      await expectSame(command, ['-Z', 'root', ...line.split(' '), '-r', join(rootFolder, name)])
      await expectSame(command, [
        '-Z',
        'root',
        ...line.split(' '),
        '-r',
        join(rootFolder, name),
        'host',
        '10.1.9.11',
        'and',
        'port',
        '80',
      ])
    }
  })
}

itNeeds(['tcpdump'], 'prints times of the time zone in TZ', async () => {
  for (const TZ of ['Asia/Shanghai', ':America/New_York', 'CST-8', 'UTC0', '']) {
    for (const form of ['-tttt', '-t', '-tt'])
      await expectSame(command, [...quiet, form, '-c', '1', '-r', capture], { env: { TZ } })
  }
})

it('stops quietly when the reader of the pipe goes away', async () => {
  const many = join(command.folder, 'many')
  writeFileSync(many, Array.from({ length: 400 }, () => capture).join('\n'))
  const child = spawn(process.execPath, [command.path, '-nvvX', '-V', many], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (text) => {
    errors += text
  })
  child.stdout.once('data', () => child.stdout.destroy())
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(0)
  expect(errors.replace(/^reading from file .*\n/gm, '')).toBe('')
})

it('says that its output cannot be written', async () => {
  const script = `exec '${process.execPath}' '${command.path}' -nr '${capture}' > /dev/full`
  const { code, err } = await start('sh', ['-c', script])
  expect([code, err.split('\n')[1]]).toEqual([14, 'wiretale: Unable to write output: No space left on device'])
  const full = await command.run(['-Z', 'root', '-nr', capture, '-w', '/dev/full'])
  expect([full.code, full.err.split('\n')[1]]).toEqual([1, 'wiretale: /dev/full: No space left on device'])
})

it('ends at Ctrl-C, after what had come', async () => {
  const child = spawn(process.execPath, [command.path, '-nr', '-'], { stdio: ['pipe', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', (part) => {
    // Once: a second one would find the handler gone.
    if (text === '') child.kill('SIGINT')
    text += part
  })
  child.stdin.write(readFileSync(capture).subarray(0, 24 + 58))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(0)
  expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{6} ARP, Request .*\n\n$/)
})
