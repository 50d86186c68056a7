import { describe, expect, it } from 'vitest'
import { UsageError } from './flag.ts'
import { flagsOf } from './flags.ts'
import { parseArguments } from './parse.ts'

const parse = (...words: string[]) => parseArguments(words, flagsOf('explain'))

function failure(...words: string[]): string {
  try {
    parse(...words)
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} (${error.hint})`
  }
  throw new Error('no usage error')
}

describe('parseArguments', () => {
  it.each([
    [['-c', '3']],
    [['-c3']],
    [['--conversation', '3']],
    [['--conversation=3']],
    [['--conv', '3']],
    [['-c', '1', '-c3']],
  ])('reads %j', (words) => {
    const given = parse(...words, 'a.pcap')
    expect(given.number('conversation')).toBe(3)
    expect(given.operands).toEqual(['a.pcap'])
  })

  it('reads switches, their negation and bundles', () => {
    expect(parse('--ascii').switch('ascii')).toBe(true)
    expect(parse('--ascii', '--no-ascii').switch('ascii')).toBe(false)
    expect(parse().switch('ascii')).toBe(null)
    const bundle = parse('-hc7')
    expect([bundle.switch('help'), bundle.number('conversation')]).toEqual([true, 7])
  })

  it('takes - as an operand, and everything after --', () => {
    expect(parse('-', '--', '--ascii', '-c').operands).toEqual(['-', '--ascii', '-c'])
  })

  it('reads lists', () => {
    expect(parse('--types', 'packet,summary').list('types')).toEqual(['packet', 'summary'])
  })

  it.each([
    [['--ony', 'notes'], "unknown option '--ony' (did you mean --only?)"],
    [['--co', 'never'], '--co could be --conversation or --color (see wiretale --help)'],
    [['-c'], '-c needs a value (N) (--conversation takes a whole number)'],
    [['-cx'], "--conversation cannot be 'x' (--conversation takes a whole number)"],
    [['--width', '3'], "--width cannot be '3' (--width takes a whole number from 24 on)"],
    [['--only=note'], "--only cannot be 'note' (did you mean notes? --only is notes, ladder or conclusion)"],
    [['--ascii=yes'], '--ascii takes no value (see wiretale --help)'],
    [['-z'], "unknown option '-z' (see wiretale --help)"],
    [
      ['--types', ''],
      "--types cannot be '' (--types takes any of capture, packet, conversation, exchange, finding and summary, separated by commas)",
    ],
  ])('refuses %j', (words, message) => {
    expect(failure(...words)).toBe(message)
  })

  it('does not repeat control characters of the command line', () => {
    expect(failure('--\x1b[31m')).toContain("'--?[31m'")
  })
})
