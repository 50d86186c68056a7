import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCommand } from '../../../../tests/support/build-command.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const example = 'examples/http-practice.pcap'
let folder = ''
let command = ''

/** The command as a process of its own: exit codes, pipes and start-up are what is tested. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wiretale-'))
  command = join(folder, 'wiretale.cjs')
  await buildCommand(command)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(args: readonly string[], options: { input?: Buffer; env?: Record<string, string> } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LANG: 'en_US.UTF-8', ...options.env },
    ...(options.input === undefined ? {} : { input: options.input }),
  })
  return { status, stdout, stderr }
}

/** The capture's packets again and again, a second apart: each time new connections on the same ports. */
function repeat(path: string, times: number): Buffer {
  const once = readFileSync(join(root, path))
  const parts = [once.subarray(0, 24)]
  for (let copy = 0; copy < times; copy++) {
    const records = Buffer.from(once.subarray(24))
    for (let at = 0; at < records.length; at += 16 + records.readUInt32LE(at + 8)) {
      records.writeUInt32LE(records.readUInt32LE(at) + copy * 120, at)
    }
    parts.push(records)
  }
  return Buffer.concat(parts)
}

describe('a large capture', () => {
  it('read twice from a file tells what it tells read once from standard input', () => {
    const bytes = repeat('tests/fixtures/captures/apache-ab.pcap', 250)
    const path = join(folder, 'large.pcap')
    writeFileSync(path, bytes)
    const twice = run(['explain', '--only', 'conclusion', path])
    expect([twice.status, twice.stderr]).toEqual([0, ''])
    expect(Number(/ in ([\d,]+) packets/.exec(twice.stdout)?.[1].replaceAll(',', ''))).toBeGreaterThan(20_000)
    expect(twice.stdout).toBe(run(['explain', '--only', 'conclusion', '-'], { input: bytes }).stdout)
    const [, chosen] = /^ {2}conversation (\d+) /m.exec(twice.stdout) ?? []
    const alone = run(['explain', '--only', 'conclusion', '-c', chosen, path]).stdout
    expect(alone).toContain('CONCLUSION')
    expect(twice.stdout).toContain(alone.trimEnd())
  })

  it('cut off at the end: tells the rest, then what is wrong', () => {
    const bytes = repeat('tests/fixtures/captures/apache-ab.pcap', 250)
    const path = join(folder, 'cut.pcap')
    writeFileSync(path, bytes.subarray(0, -5))
    const { status, stdout, stderr } = run(['explain', '--only', 'conclusion', path])
    expect(status).toBe(1)
    expect(stdout).toContain('CONCLUSION')
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

describe('wiretale explain', () => {
  it('draws the ladder and concludes', () => {
    const { status, stdout, stderr } = run(['explain', example])
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^ {2}1 {4}0\.000 {2}SYN_SENT {4}─+ SYN ─+▶ {2}SYN_RCVD$/m)
    expect(stdout).toContain('2 segments: 328 B headers + 974 B body')
    expect(stdout).toContain('Client sent FIN first. TIME_WAIT is on the client')
  })

  it('reads the same from standard input, and FILE alone means explain FILE', () => {
    const whole = run(['explain', example]).stdout
    expect(run(['explain', '-'], { input: readFileSync(join(root, example)) }).stdout).toBe(whole)
    expect(run([example]).stdout).toBe(whole)
  })

  it('speaks the language of the locale, or the one asked for', () => {
    expect(run(['explain', example], { env: { LANG: 'zh_CN.UTF-8' } }).stdout).toContain('结论')
    expect(run(['explain', example], { env: { LANG: 'zh_CN.UTF-8', LC_ALL: 'C.UTF-8' } }).stdout).toContain(
      'CONCLUSION',
    )
    const both = run(['explain', '--lang', 'both', example]).stdout
    expect(both).toContain('CONCLUSION')
    expect(both).toContain('结论')
  })

  it('draws with ASCII where asked, or where the locale is not UTF-8', () => {
    for (const { stdout } of [
      run(['explain', '--ascii', example]),
      run(['explain', example], { env: { LANG: 'C' } }),
    ]) {
      expect(stdout).toContain('-- SYN --')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: everything but ASCII is looked for
      expect(stdout).not.toMatch(/[^\x00-\x7f]/)
    }
  })

  it('colours only where told to, in a pipe', () => {
    expect(run(['explain', example]).stdout).not.toContain('\x1b')
    const colored = run(['explain', '--color', 'always', example]).stdout
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences are looked for
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(run(['explain', example]).stdout)
    expect(colored).toContain('\x1b[34m')
  })

  it('writes JSON Lines that the schema accepts, and only the types asked for', () => {
    const validate = new Ajv().compile(JSON.parse(readFileSync(join(root, 'packages/core/report.schema.json'), 'utf8')))
    for (const capture of [example, 'examples/http-practice-96.pcap']) {
      const lines = run(['explain', '--json', capture])
        .stdout.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      for (const line of lines) expect(validate(line) || validate.errors).toBe(true)
      expect(lines[0].type).toBe('capture')
      expect(lines.at(-1).type).toBe('summary')
      const some = run(['explain', '--json', '--types', 'summary,exchange', capture]).stdout.trimEnd().split('\n')
      expect(some.map((line) => JSON.parse(line).type)).toEqual(['exchange', 'summary'])
    }
  })

  it('writes Markdown', () => {
    expect(run(['explain', '--format', 'md', example]).stdout).toMatch(
      /^\| 1 \| 0\.000 \| SYN_SENT \| ▶ \| SYN \| SYN_RCVD \| /m,
    )
  })

  it('explains what a filter lets through, given by -f or by the words behind the files', () => {
    const capture = 'tests/fixtures/captures/apache-ab.pcap'
    const filtered = run(['explain', '--json', '--types', 'packet', '-f', 'port 35104', capture])
    expect([filtered.status, filtered.stderr]).toEqual([0, ''])
    const packets = filtered.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    // The packets of the first connection, with the numbers that they have in the file.
    expect(packets.map(({ n }) => n)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 17, 18])
    expect(run(['explain', '--json', '--types', 'packet', capture, 'port', '35104']).stdout).toBe(filtered.stdout)
    expect(run(['explain', '--only', 'conclusion', '--filter', 'port 35104', capture]).stdout).toContain('CONCLUSION')
  })

  it('shows what a cut capture holds, then says where it is cut', () => {
    const cut = join(folder, 'cut.pcap')
    const bytes = readFileSync(join(root, example))
    writeFileSync(cut, bytes.subarray(0, bytes.length - 30))
    const { status, stdout, stderr } = run(['explain', cut])
    expect(status).toBe(1)
    expect(stdout).toContain('CONCLUSION')
    expect(stderr).toMatch(/^wiretale: .*cut\.pcap: .* \(byte \d+\); all that precedes it was read\n$/)
  })

  it.each([
    [['explain', 'no-such-file'], 1, /no-such-file: no such file/],
    [['explain', 'examples'], 1, /examples: is a directory/],
    [['explain', 'package.json'], 1, /package\.json: this looks like JSON/],
    [['explain', '/dev/null'], 1, /\/dev\/null/],
    [['explain', '-c', '7', '--json', example], 1, /there is no conversation 7/],
    [['explain'], 2, /explain needs a file/],
    [['explain', '-', example], 2, /standard input/],
    [['explain', example, 'no-such-file'], 2, /syntax error: 'no-such-file' \(.*there is no such file either\)/],
    [['explain', '-f', 'tcp and', example], 2, /syntax error: 'tcp and'/],
    [['explain', '-f', 'tcp', example, 'port', '80'], 2, /two filters/],
    [['explain', '--json', '--format', 'md', example], 2, /contradict/],
    [['explain', '--types', 'packet', example], 2, /--types goes with --json/],
    [['explain', '--only', 'notes', '--json', example], 2, /--only does not go with --json/],
    [['explian', example], 2, /did you mean explain\?/],
  ])('fails in one line: %j', (args, code, message) => {
    const { status, stderr } = run(args)
    expect(status).toBe(code)
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('stops quietly when the reader of the pipe goes away', async () => {
    const child = spawn(process.execPath, [command, 'explain', '--json', example], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let errors = ''
    child.stderr.on('data', (text) => {
      errors += text
    })
    child.stdout.destroy()
    const status = await new Promise((resolve) => child.on('close', resolve))
    expect([status, errors]).toEqual([0, ''])
  })
})

describe('help and version', () => {
  it('go to standard output', () => {
    for (const args of [[], ['--help'], ['help'], ['-h']]) {
      const { status, stdout } = run(args)
      expect(status).toBe(0)
      expect(stdout).toContain('explain FILE...|-')
    }
    expect(run(['explain', '--help']).stdout).toContain('--show-secrets')
    expect(run(['help', 'explain', '--lang', 'zh']).stdout).toContain('选项')
    expect(run(['--version']).stdout).toBe('wiretale version 1.2.3\n')
  })
})
