import { fileOptions } from './files.ts'
import { liveOptions } from './live.ts'
import type { TcpdumpOption } from './option.ts'
import { ownOptions } from './own.ts'
import { printingOptions } from './printing.ts'

/** Asked for instead of a capture; ends the reading of options there. */
export class Question extends Error {
  readonly about: 'help' | 'version' | 'interfaces'

  constructor(about: Question['about']) {
    super(about)
    this.about = about
  }
}

const questions: readonly TcpdumpOption[] = [
  {
    short: 'h',
    long: 'help',
    help: { en: 'show the usage', zh: '显示用法' },
    set: () => {
      throw new Question('help')
    },
  },
  {
    long: 'version',
    help: { en: 'show the version', zh: '显示版本' },
    set: () => {
      throw new Question('version')
    },
  },
]

/** Every option of tcpdump mode, by what it is about. */
export const optionGroups = {
  files: fileOptions,
  printing: printingOptions,
  live: liveOptions,
  own: [...ownOptions, ...questions],
} as const satisfies Record<string, readonly TcpdumpOption[]>

export const allOptions: readonly TcpdumpOption[] = Object.values(optionGroups).flat()

/** The option of a letter, or undefined. */
export function findShort(letter: string): TcpdumpOption | undefined {
  return allOptions.find(({ short }) => short === letter)
}

/** tcpdump's long names in the order in which it gives them to getopt_long(3), which lists candidates so. */
const ORDER = [
  'buffer-size',
  'list-interfaces',
  'help',
  'interface',
  'monitor-mode',
  'time-stamp-type',
  'list-time-stamp-types',
  'micro',
  'nano',
  'time-stamp-precision',
  'dont-verify-checksums',
  'list-data-link-types',
  'no-optimize',
  'no-promiscuous-mode',
  'direction',
  'snapshot-length',
  'absolute-tcp-sequence-numbers',
  'packet-buffered',
  'linktype',
  'immediate-mode',
  'relinquish-privileges',
  'count',
  'number',
  'print',
  'version',
]

/** Options whose long name is, or begins with, `given`: the one of that very name, else all of tcpdump's, else ours. */
export function findLong(given: string): readonly TcpdumpOption[] {
  const exact = allOptions.find(({ long }) => long === given)
  if (exact !== undefined) return [exact]
  const matching = allOptions.filter(({ long }) => long?.startsWith(given))
  const theirs = matching.filter(({ long = '' }) => ORDER.includes(long))
  theirs.sort((a, b) => ORDER.indexOf(a.long ?? '') - ORDER.indexOf(b.long ?? ''))
  return theirs.length > 0 ? theirs : matching
}
