import type { Flag } from './flag.ts'

/** Options of `wiretale explain`. */
export const explainFlags: readonly Flag[] = [
  {
    name: 'conversation',
    short: 'c',
    kind: 'number',
    value: 'N',
    least: 0,
    commands: ['explain'],
    help: {
      en: 'only conversation N, as numbered in the table; with -i, -c N ends after N packets, as in tcpdump',
      zh: '只看第 N 个连接（编号见表格）；与 -i 合用时，-c N 表示抓 N 个包后结束，同 tcpdump',
    },
    byDefault: {
      en: 'a table of all, and the most telling ones in full',
      zh: '列出全部，并详细展示最能说明问题的几个',
    },
  },
  {
    name: 'filter',
    short: 'f',
    kind: 'text',
    value: 'FILTER',
    commands: ['explain', 'top'],
    help: {
      en: 'only packets that this pcap-filter(7) expression accepts; words after the files, or with -i, are taken for it, too',
      zh: '只看符合此 pcap-filter(7) 表达式的包；文件之后（或与 -i 合用时）的词也视为过滤表达式',
    },
  },
  {
    name: 'only',
    kind: 'choice',
    value: 'PART',
    choices: ['notes', 'ladder', 'conclusion'],
    commands: ['explain'],
    help: {
      en: 'one part of the text: the sentences, the arrows with both state columns, or the conclusion',
      zh: '只输出一部分：语句、带两列状态的箭头图，或结论',
    },
  },
  {
    name: 'format',
    kind: 'choice',
    value: 'FORMAT',
    choices: ['text', 'md', 'json'],
    commands: ['explain'],
    help: { en: 'text for a terminal, Markdown, or JSON Lines', zh: '终端文本、Markdown 或 JSON Lines' },
    byDefault: { en: 'text', zh: 'text' },
  },
  {
    name: 'types',
    kind: 'list',
    value: 'TYPES',
    choices: ['capture', 'packet', 'conversation', 'exchange', 'finding', 'summary'],
    commands: ['explain'],
    help: {
      en: 'with --json: lines of these types only, separated by commas',
      zh: '与 --json 合用：只输出这些类型的行，以逗号分隔',
    },
    byDefault: { en: 'all', zh: '全部' },
  },
  {
    name: 'show-secrets',
    kind: 'switch',
    commands: ['explain', 'fetch'],
    help: {
      en: 'do not mask the values of Authorization, Cookie and Set-Cookie',
      zh: '不遮盖 Authorization、Cookie 与 Set-Cookie 的值',
    },
  },
]
