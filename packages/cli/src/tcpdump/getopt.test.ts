import { afterEach, describe, expect, it, vi } from 'vitest'
import { BadOption, readOptions } from './getopt.ts'
import { Question } from './options/options.ts'
import { defaultSettings, type Settings } from './settings.ts'

function read(...words: string[]): Settings & { operands: readonly string[] } {
  const settings = defaultSettings()
  const operands = readOptions(words, settings)
  return { ...settings, operands }
}

function refusal(...words: string[]): string {
  try {
    read(...words)
  } catch (error) {
    if (error instanceof Error) return `${error instanceof BadOption ? 'usage: ' : ''}${error.message}`
  }
  throw new Error(`accepted: ${words.join(' ')}`)
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('readOptions', () => {
  it('takes bundles, attached and separate values', () => {
    expect(read('-nvvr', 'a.pcap', '-c3', '-s', '0x40')).toMatchObject({
      numeric: 1,
      verbose: 2,
      readFile: 'a.pcap',
      count: 3,
      snaplen: 64,
      operands: [],
    })
    expect(read('-#ra.pcap')).toMatchObject({ packetNumber: true, readFile: 'a.pcap' })
    expect(read('-r', '-')).toMatchObject({ readFile: '-' })
  })

  it('takes options after operands, unless POSIXLY_CORRECT is set; -- ends them', () => {
    expect(read('port', '80', '-n', 'and', 'tcp')).toMatchObject({ numeric: 1, operands: ['port', '80', 'and', 'tcp'] })
    expect(read('port', '--', '-n')).toMatchObject({ numeric: 0, operands: ['port', '-n'] })
    expect(read('-', '-n')).toMatchObject({ numeric: 1, operands: ['-'] })
    vi.stubEnv('POSIXLY_CORRECT', '')
    expect(read('-v', 'port', '-n')).toMatchObject({ verbose: 1, numeric: 0, operands: ['port', '-n'] })
  })

  it('completes long names, its own only where none of tcpdump begins so', () => {
    expect(read('--num', '--snap=100', '--abs')).toMatchObject({
      packetNumber: true,
      snaplen: 100,
      absoluteSequence: true,
    })
    expect(read('--snapshot-length', '7', '--nano')).toMatchObject({ snaplen: 7, nano: true })
    expect(read('--count')).toMatchObject({ countOnly: true })
    expect(read('--co')).toMatchObject({ countOnly: true })
    expect(read('--a')).toMatchObject({ absoluteSequence: true })
    expect(read('--col=never', '--lang', 'zh', '--as')).toMatchObject({ color: 'never', lang: 'zh', asciiOnly: true })
  })

  it.each([
    [['-k'], "usage: invalid option -- 'k'"],
    [['-nkv'], "usage: invalid option -- 'k'"],
    [['-r'], "usage: option requires an argument -- 'r'"],
    [['-nr'], "usage: option requires an argument -- 'r'"],
    [['--foo=1'], "usage: unrecognized option '--foo=1'"],
    [['--skip', '3'], "usage: unrecognized option '--skip'"],
    [['--count=3'], "usage: option '--count' doesn't allow an argument"],
    [['--snap'], "usage: option '--snapshot-length' requires an argument"],
    [['--time'], "usage: option '--time' is ambiguous; possibilities: '--time-stamp-type' '--time-stamp-precision'"],
    [
      ['--n'],
      "usage: option '--n' is ambiguous; possibilities: '--nano' '--no-optimize' '--no-promiscuous-mode' '--number'",
    ],
    [['-c', '0', '-k'], 'invalid packet count 0'],
    [['-c', 'x'], 'invalid packet count x'],
    [['-s', '262145'], 'invalid snaplen 262145 (must be >= 0 and <= 262144)'],
    [['-s', '09'], 'invalid snaplen 09 (must be >= 0 and <= 262144)'],
    [['-C', '0'], 'invalid file size 0'],
    [['-C', '1x'], 'invalid file size 1x'],
    [['-C', 'k'], 'invalid file size '],
    [['-W', '0'], 'invalid number of output files 0'],
    [['-G', '-1'], 'invalid number of seconds -1'],
    [['-B', '0'], 'invalid packet buffer size 0'],
    [['-T', 'http'], "unknown packet type `http'"],
    [['-Q', 'sideways'], "unknown capture direction `sideways'"],
    [['-j', 'sundial'], 'invalid time stamp type sundial'],
    [['-y', 'FOO'], 'invalid data link type FOO'],
    [['-y', 'DLT_EN10MB'], 'invalid data link type DLT_EN10MB'],
    [['--time-stamp-precision=pico'], 'unsupported time stamp precision'],
    [['-E', 'x'], '-E: decrypting ESP is not supported'],
    [['-m', 'x'], '-m: SMI MIB modules are not supported'],
    [['--format', 'xml'], "--format is modern, classic or json, not 'xml'"],
  ])('refuses %j', (words, message) => {
    expect(refusal(...words)).toBe(message)
  })

  it('reads sizes of files', () => {
    expect(read('-C', '3').rotateBytes).toBe(3_000_000)
    expect(read('-C', '3k').rotateBytes).toBe(3 * 1024)
    expect(read('-C2m').rotateBytes).toBe(2 * 1024 ** 2)
    expect(read('-C', '1g').rotateBytes).toBe(1024 ** 3)
  })

  it('counts as C does', () => {
    expect(read('-c', ' 12abc').count).toBe(12)
    expect(read('-s', '017').snaplen).toBe(15)
  })

  it('stops at a question', () => {
    expect(() => read('-n', '--version', '-k')).toThrow(Question)
    expect(() => read('-h', '-k')).toThrow(Question)
    expect(() => read('-k', '-h')).toThrow(BadOption)
  })
})
