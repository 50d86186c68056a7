import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { rootFolder } from '../needs.ts'
import { fixtureCaptures } from '../support/analysis.ts'
import { pcapBytes } from '../support/capture-bytes.ts'
import { ipv4, tcp } from '../support/frames.ts'
import { runTcpdumpMode, withoutMargin } from '../support/tcpdump-mode.ts'

/** --annotate, --summary and --format=json beside tcpdump's own text. */

const folder = mkdtempSync(join(tmpdir(), 'wiretale-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const example = join(rootFolder, 'examples/http-practice.pcap')
const captures = [...fixtureCaptures(), example, join(rootFolder, 'examples/http-practice-96.pcap')]

/** Raw IP packets of one connection, one payload each, as a capture file. */
function captureOf(name: string, payloads: readonly string[]): string {
  let seq = 1000
  const records = payloads.map((payload, at) => {
    const bytes = Buffer.from(payload)
    const data = ipv4(tcp(bytes, { sourcePort: 40_000, destinationPort: 80, seq, ack: 1, flags: 0x18 }))
    seq += bytes.length
    return { seconds: at, data }
  })
  const path = join(folder, name)
  writeFileSync(path, pcapBytes({ link: 101 }, records))
  return path
}

/** Payloads that look like our own lines, at the beginning of a line of -A. */
const forging = captureOf('forging.pcap', [
  'GET /│ HTTP/1.1\r\n│ #1 C:CLOSED\r\n\r\n',
  '\n│ #2 Server answers.\n│ \n',
  '\r│ over the line before\r\n\x1b[1A│ up\n',
  '\u2502 \n\u2502\n~ #3 forged\n',
])

describe('the margin', () => {
  const options = ['-n', '-n -v -X', '-n -A', '-n -e', '-n -q -t -x', '-n -AA --number', '-n --format=classic']

  const looks = [['--lang=en'], ['--lang=zh', '--color=always', '--width=40'], ['--lang=both', '--width=140']]

  it.each(options)('taken away leaves what %s prints', async (words) => {
    for (const [at, path] of [forging, ...captures].entries()) {
      const given = ['-r', path, ...words.split(' ')]
      const { stdout: plain, code } = await runTcpdumpMode(...given)
      const look = looks[at % looks.length]
      const explained = await runTcpdumpMode(...given, '--annotate', '--summary', ...look)
      expect(explained.code).toBe(code)
      expect(explained.stdout.length).toBeGreaterThan(plain.length)
      expect(withoutMargin(explained.stdout).equals(plain), `${basename(path)} ${words} ${look}`).toBe(true)
    }
  })

  it('is what grep takes away', async () => {
    const given = ['-r', forging, '-n', '-A']
    const { stdout: plain } = await runTcpdumpMode(...given)
    const { stdout: input } = await runTcpdumpMode(...given, '--annotate', '--summary')
    const { stdout } = spawnSync('grep', ['-av', '^│ '], { input, env: { ...process.env, LC_ALL: 'C' } })
    expect(stdout.equals(plain)).toBe(true)
  })

  it('is ~ with --ascii, which nothing but -A can forge', async () => {
    for (const path of captures) {
      const given = ['-r', path, '-n', '-v', '-X']
      const { stdout: plain } = await runTcpdumpMode(...given)
      const { stdout } = await runTcpdumpMode(...given, '--annotate', '--summary', '--ascii')
      expect(withoutMargin(stdout, Buffer.from('~ ')).equals(plain), path).toBe(true)
      expect(stdout.toString('latin1')).toMatch(/^[\t\n\x20-\x7e]*$/)
    }
  })
})

describe('--annotate', () => {
  const golden = [
    'cap-any-sll',
    'close-simultaneous',
    'http-pipelining',
    'loss-request-rto',
    'open-icmp-host-unreachable',
    'open-self-connect',
    'open-simultaneous',
    'user-timeout-unacked',
  ]

  /** Files that people read: `ANNOTATED=write` in the environment writes them anew. */
  it.each(golden)('explains %s', async (name) => {
    const path = captures.find((path) => basename(path) === `${name}.pcap`) ?? ''
    const { stdout } = await runTcpdumpMode('-r', path, '-n', '-t', '--annotate', '--lang=both', '--width=100')
    const file = join(rootFolder, 'tests/tcpdump/annotated', `${name}.txt`)
    if (process.env.ANNOTATED === 'write') writeFileSync(file, stdout)
    expect(existsSync(file), `${file} is missing: ANNOTATED=write writes it`).toBe(true)
    expect(stdout.toString()).toBe(readFileSync(file, 'utf8'))
  })

  it('stands under all lines of its packet', async () => {
    const { stdout } = await runTcpdumpMode('-r', example, '-n', '-vv', '-X', '--number', '--annotate')
    const lines = stdout.toString().split('\n')
    const first = lines.findIndex((line) => line.startsWith('│ #1 '))
    expect(lines[first - 1]).toMatch(/^\t0x0020: /)
    expect(lines[first + 1]).toMatch(/^ {4}2 {2}/)
  })

  it('knows only what the filter lets through, by the numbers of -#', async () => {
    const { stdout } = await runTcpdumpMode('-r', example, '-n', '--number', '--annotate', 'src', '192.168.64.71')
    const lines = stdout.toString().split('\n')
    const numbers = (pattern: RegExp): number[] => lines.flatMap((line) => Number(pattern.exec(line)?.[1] ?? 0) || [])
    expect(numbers(/^ +(\d+) {2}/)).toEqual([1, 2, 3, 4, 5])
    expect(numbers(/^│ #(\d+) /)).toEqual([1, 2, 3, 4, 5])
    // The client's packets were not let through.
    expect(stdout.toString()).toContain('Server acknowledges 611 B that are not in the capture')
    expect(stdout.toString()).not.toContain('TIME_WAIT')
  })

  it('says nothing where no packet is printed', async () => {
    const written = join(folder, 'written.pcap')
    expect((await runTcpdumpMode('-r', example, '--count', '--annotate')).stdout.toString()).toBe('11 packets\n')
    expect((await runTcpdumpMode('-r', example, '-w', written, '--annotate')).stdout.length).toBe(0)
  })

  it('follows packets that are printed and written', async () => {
    const [alone, beside] = [join(folder, 'alone.pcap'), join(folder, 'beside.pcap')]
    await runTcpdumpMode('-r', example, '-w', alone, '-c', '3')
    const given = ['-r', example, '-w', beside, '-c', '3', '--print', '-n']
    const { stdout } = await runTcpdumpMode(...given, '--annotate')
    expect(readFileSync(beside).equals(readFileSync(alone))).toBe(true)
    expect(stdout.toString().match(/^│ #\d/gm)).toEqual(['│ #1', '│ #2', '│ #3'])
  })
})

describe('--summary', () => {
  it('comes after the packets, and without any where they are counted or written', async () => {
    const { stdout } = await runTcpdumpMode('-r', example, '-n', '--summary')
    expect(stdout.toString()).toMatch(/^02:13.+\n(?:.+\n)*│ \n│ CONCLUSION {2}10\.1\.9\.11:58384 -> /)
    const counted = await runTcpdumpMode('-r', example, '--count', '--summary', '--lang=zh')
    expect(counted.stdout.toString()).toMatch(/^│ \n│ 结论 {2}(?:.*\n)*11 packets\n$/)
    const written = await runTcpdumpMode('-r', example, '-w', join(folder, 'written.pcap'), '--summary')
    expect(written.stdout.toString()).toMatch(/^│ \n│ CONCLUSION/)
    expect(readFileSync(join(folder, 'written.pcap')).equals(readFileSync(example))).toBe(true)
  })

  it('concludes of the packets that were wanted', async () => {
    const { stdout } = await runTcpdumpMode('-r', example, '-n', '-c', '3', '--summary')
    expect(stdout.toString()).toContain('No data was sent.')
  })

  it('is the same with and without --annotate', async () => {
    for (const path of captures) {
      const own = ['--lang=both', '--count']
      const { stdout } = await runTcpdumpMode('-r', path, '--summary', ...own)
      const { stdout: both } = await runTcpdumpMode('-r', path, '--summary', '--annotate', ...own)
      expect(both.toString(), path).toBe(stdout.toString())
    }
  })

  it('names no option of another command', async () => {
    const path = captures.find((path) => path.endsWith('apache-ab.pcap')) ?? ''
    const { stdout } = await runTcpdumpMode('-r', path, '-n', '--summary')
    expect(stdout.toString()).toMatch(/^│ CONVERSATIONS {2}/m)
    expect(stdout.toString()).not.toMatch(/ -c /)
  })

  it('says so where there is no connection', async () => {
    const path = join(folder, 'empty.pcap')
    writeFileSync(path, pcapBytes({}, []))
    expect((await runTcpdumpMode('-r', path, '--summary')).stdout.toString()).toMatch(/^│ \n│ There is no packet\.\n$/)
  })
})

describe('--format=json', () => {
  it('prints what explain --json prints', async () => {
    const { stdout } = await runTcpdumpMode('-r', example, '--format=json', '--lang=both')
    const types = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type)
    expect(types[0]).toBe('capture')
    expect(types.filter((type) => type === 'packet')).toHaveLength(11)
    expect(types.slice(12, 14)).toEqual(['conversation', 'exchange'])
    expect(types.at(-1)).toBe('summary')
    expect(stdout.toString()).toContain('"textZh"')
  })

  it('is about the packets that the filter lets through', async () => {
    const { stdout } = await runTcpdumpMode('-r', example, '--format=json', 'tcp[tcpflags] & tcp-syn != 0')
    const lines = stdout.toString().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line)).flatMap(({ type, n }) => (type === 'packet' ? [n] : []))).toEqual([
      1, 2,
    ])
  })

  it.each([
    [['--format=json', '--annotate'], '--annotate does not go with --format=json'],
    [['--format=json', '--summary'], '--summary does not go with --format=json'],
    [['-w', '-', '--summary'], '--summary does not go with -w -'],
  ])('%j is refused', async (words, says) => {
    const { code, stdout, stderr } = await runTcpdumpMode('-r', example, ...words)
    expect([code, stdout.length]).toEqual([1, 0])
    expect(stderr).toContain(says)
  })
})
