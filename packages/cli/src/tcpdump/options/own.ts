import { MIN_WIDTH } from '@wiretale/core'
import { Failure } from '../failure.ts'
import { wholeNumber } from '../numbers.ts'
import type { Settings } from '../settings.ts'
import type { TcpdumpOption } from './option.ts'

/** The value of `name` that was meant; throws if it is none of the choices. */
function choose<Choice extends string>(name: string, value: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === value)
  if (choice !== undefined) return choice
  throw new Failure(`--${name} is ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}, not '${value}'`)
}

const FORMATS: readonly Settings['format'][] = ['modern', 'classic', 'json']
const LANGUAGES = ['en', 'zh', 'both'] as const
const COLORS: readonly Settings['color'][] = ['auto', 'always', 'never']

/** What tcpdump does not have: long names only. */
export const ownOptions: readonly TcpdumpOption[] = [
  {
    long: 'annotate',
    help: {
      en: "under each TCP packet what it means; grep -av '^│ ' leaves tcpdump's own lines",
      zh: "在每个 TCP 包下面说明其含义；grep -av '^│ ' 即得 tcpdump 原有的行",
    },
    set: (settings) => {
      settings.annotate = true
    },
  },
  {
    long: 'summary',
    help: {
      en: 'at the end, or on Ctrl-C, what happened on the most telling connections',
      zh: '结束时（或按 Ctrl-C 后）给出最能说明问题的几个连接的结论',
    },
    set: (settings) => {
      settings.summary = true
    },
  },
  {
    long: 'process',
    help: {
      en: "this machine's program of each connection, where it can be known: under its first packet, or with the rest",
      zh: '在可以确知时，写出每个连接在本机上的程序：在其第一个包下面，或与其他讲解一起',
    },
    set: (settings) => {
      settings.process = true
    },
  },
  {
    long: 'format',
    value: 'FORMAT',
    choices: FORMATS,
    help: {
      en: "modern: tcpdump's lines; classic: those of tcpdump 3.9; json: JSON Lines of what the packets mean",
      zh: 'modern：tcpdump 的行；classic：tcpdump 3.9 的行；json：讲解包含义的 JSON Lines',
    },
    set: (settings, value) => {
      settings.format = choose('format', value, FORMATS)
    },
  },
  {
    long: 'lang',
    value: 'LANG',
    choices: LANGUAGES,
    help: { en: 'language of the sentences; both: English, then Chinese', zh: '语句所用的语言；both：先英文后中文' },
    set: (settings, value) => {
      settings.lang = choose('lang', value, LANGUAGES)
    },
  },
  {
    long: 'color',
    value: 'WHEN',
    choices: COLORS,
    help: { en: 'colours of our own lines', zh: '讲解行的颜色' },
    set: (settings, value) => {
      settings.color = choose('color', value, COLORS)
    },
  },
  {
    long: 'ascii',
    help: { en: 'our own lines with ASCII characters only', zh: '讲解行只用 ASCII 字符' },
    set: (settings) => {
      settings.asciiOnly = true
    },
  },
  {
    long: 'no-ascii',
    help: { en: 'our own lines as they are, whatever the terminal', zh: '无论什么终端，讲解行都不改用 ASCII 字符' },
    set: (settings) => {
      settings.asciiOnly = false
    },
  },
  {
    long: 'width',
    value: 'N',
    help: { en: 'cells in a line of our own', zh: '讲解行的格数' },
    set: (settings, value) => {
      const width = wholeNumber(value)
      if (width === null || width < MIN_WIDTH)
        throw new Failure(`--width is a whole number from ${MIN_WIDTH} on, not '${value}'`)
      settings.width = width
    },
  },
  {
    long: 'pcapng',
    help: { en: 'with -w: write pcapng, comments included', zh: '与 -w 合用：写 pcapng，保留注释' },
    set: (settings) => {
      settings.pcapng = true
    },
  },
]
