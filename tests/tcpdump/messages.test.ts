import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { itNeeds, rootFolder } from '../needs.ts'
import { Command } from '../support/command.ts'
import { expectSame } from './differential.ts'

const command = new Command()
const capture = join(rootFolder, 'tests/fixtures/captures/apache-ab.pcap')
const cooked = join(rootFolder, 'tests/fixtures/captures/cap-any-sll.pcap')

/** `CAPTURE` and `LIST…` stand for files. */
function words(line: string): string[] {
  return line.split(' ').map((word) => {
    if (word === 'CAPTURE') return capture
    if (word === 'COOKED') return cooked
    return /^LIST/.test(word) ? join(command.folder, word) : word
  })
}

const LINES = [
  '-k',
  '-h',
  '--help -k',
  '--version',
  '--foo',
  '--time',
  '--l',
  '--no',
  '--count=3',
  '-r',
  '--snap',
  '--snap -nr CAPTURE',
  '-Q foo',
  '-T http',
  '-y FOO',
  '-nr CAPTURE -c 0',
  '-nr CAPTURE -c 99999999999 --count',
  '-tttttt -r CAPTURE',
  '-f -r CAPTURE',
  '-V x -r CAPTURE',
  '-r no-such-file',
  '-r /',
  '-r /dev/null',
  '-r CAPTURE -Z no-such-user -c 1 -w /dev/null',
  '-r CAPTURE -F no-such-file',
  '-r CAPTURE -w /no-such-folder/x',
  '-V no-such-file',
  '-V /dev/null',
  '-n -V LIST --count -c 5',
  '-n -V LIST-MISSING --count',
  '-n -V LIST-MIXED --count',
  '-n -V LIST-MIXED -w /dev/null',
  '-n -V LIST --number -t -c 2',
  '-L -J -I -p --immediate-mode -i x -Q in -j host -B 10 -a -y RAW -r CAPTURE --count',
  '-nr CAPTURE --count -c 3 -w -',
  '-nr CAPTURE -c 3 -w - --print',
  '-nr CAPTURE --print --count -w /dev/null -c 5',
]

describe('says what tcpdump says', () => {
  itNeeds(['tcpdump'], 'about options and files', async () => {
    writeFileSync(join(command.folder, 'LIST'), `${capture}\n${capture}\n`)
    writeFileSync(join(command.folder, 'LIST-MISSING'), `${capture}\nno-such-file\n`)
    writeFileSync(join(command.folder, 'LIST-MIXED'), `${capture}\n${cooked}\n`)
    for (const line of LINES) {
      // As a user with its own rights, as root with the same: -Z root leaves both alone.
      const args = words(line)
      await expectSame(command, args.includes('-Z') ? args : ['-Z', 'root', ...args])
    }
  })

  itNeeds(['tcpdump'], 'about standard input', async () => {
    const input = readFileSync(capture)
    await expectSame(command, ['-nr', '-', '--count'], { input })
    await expectSame(command, ['-nr', '-', '-c', '2'], { input })
    await expectSame(command, ['-n', '-V', '-', '--count'], { input: Buffer.from(`${capture}\n`) })
  })
})

it.each([
  ['-A and -x[x] are mutually exclusive.', ['-A', '-x']],
  ['-A and -X[X] are mutually exclusive.', ['-X', '-A']],
  ['-x[x] and -X[X] are mutually exclusive.', ['-x', '-X']],
  ['-C cannot be used without -w.', ['-C', '1']],
  ['-z cannot be used without -C or -G.', ['-z', 'gzip', '-w', '/dev/null']],
])('refuses what 4.99.6 refuses: %s', async (message, args) => {
  const { code, out, err } = await command.runAsTcpdump(['-r', capture, ...args])
  expect([code, out.toString(), err]).toEqual([1, '', `tcpdump: ${message}\n`])
})

it('says what to do, but never where it was called as tcpdump', async () => {
  const text = await command.runAsTcpdump(['-r', 'tests/fixtures/http-practice.txt'])
  expect(text.err).toBe('tcpdump: unknown file format\n')
  expect((await command.run(['-r', 'tests/fixtures/http-practice.txt'])).err).toContain('wiretale explain FILE')
})

it('is tcpdump alone where it is called so: no commands, no FILE, no help of its own', async () => {
  // The words are a filter, which is compiled where no interface has to be opened for it.
  for (const filter of [['explain', capture], [capture]]) {
    const { code, err } = await command.runAsTcpdump(['-d', '-y', 'EN10MB', ...filter])
    expect([code, err]).toEqual([1, expect.stringMatching(/^tcpdump: .*syntax error/)])
  }
  const { out } = await command.runAsTcpdump(['--help'])
  expect(out.toString()).toMatch(/^tcpdump version 4\.99\.6 \(wiretale 1\.2\.3\)\nUsage: tcpdump \[-Ab/)
})
