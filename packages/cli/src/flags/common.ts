import type { Flag } from './flag.ts'

/** Options of every command. */
export const commonFlags: readonly Flag[] = [
  {
    name: 'lang',
    kind: 'choice',
    value: 'LANG',
    choices: ['en', 'zh', 'both'],
    help: {
      en: 'language of the sentences; both: each in English, then in Chinese',
      zh: '语句所用的语言；both：先英文后中文',
    },
    byDefault: { en: 'from LC_ALL, LC_MESSAGES or LANG', zh: '取自 LC_ALL、LC_MESSAGES 或 LANG' },
  },
  {
    name: 'json',
    kind: 'switch',
    help: {
      en: 'JSON Lines, one object a line (same as --format json)',
      zh: 'JSON Lines，每行一个对象（同 --format json）',
    },
  },
  {
    name: 'ascii',
    kind: 'switch',
    help: { en: 'draw arrows and lines with ASCII characters only', zh: '箭头与线条只用 ASCII 字符' },
    byDefault: {
      en: 'where the terminal draws arrows two cells wide or is not UTF-8',
      zh: '终端把箭头画成两格宽或不是 UTF-8 时',
    },
  },
  {
    name: 'width',
    kind: 'number',
    value: 'N',
    least: 24,
    help: { en: 'cells in a line', zh: '每行的格数' },
    byDefault: { en: "the terminal's width; 100 in a file or pipe", zh: '终端宽度；写入文件或管道时为 100' },
  },
  {
    name: 'color',
    kind: 'choice',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: {
      en: 'colours; auto: on a terminal, unless NO_COLOR is set or TERM is dumb',
      zh: '颜色；auto：仅在终端上，且未设 NO_COLOR、TERM 不为 dumb',
    },
    byDefault: { en: 'auto', zh: 'auto' },
  },
  { name: 'quiet', kind: 'switch', help: { en: 'no progress on standard error', zh: '标准错误上不显示进度' } },
  { name: 'help', short: 'h', kind: 'switch', help: { en: 'show this help', zh: '显示本帮助' } },
  { name: 'version', kind: 'switch', help: { en: 'show the version', zh: '显示版本' } },
]
