import { padEnd, textWidth, wrap } from '@wiretale/core'
import type { Command } from '../commands/command.ts'
import { commands } from '../commands/commands.ts'
import { optionSyntax } from '../tcpdump/options/option.ts'
import { optionGroups } from '../tcpdump/options/options.ts'
import type { Bilingual, Flag } from './flag.ts'
import { flagsOf } from './flags.ts'

type Language = keyof Bilingual

const words = {
  usage: { en: 'Usage:', zh: '用法：' },
  commands: { en: 'Commands:', zh: '命令：' },
  options: { en: 'Options:', zh: '选项：' },
  examples: { en: 'Examples:', zh: '示例：' },
  byDefault: { en: 'default: ', zh: '默认：' },
  tagline: { en: 'tcpdump that explains itself.', zh: '会自我讲解的 tcpdump。' },
  file: {
    en: 'wiretale FILE is short for wiretale explain FILE.',
    zh: 'wiretale FILE 是 wiretale explain FILE 的简写。',
  },
  more: {
    en: 'wiretale help COMMAND shows the options of a command, wiretale help tcpdump those of tcpdump mode.',
    zh: 'wiretale help COMMAND 显示某个命令的选项，wiretale help tcpdump 显示 tcpdump 模式的选项。',
  },
  mode: {
    en: "Without a command the words are tcpdump's own command line, and so is what it prints.",
    zh: '没有命令时，参数即 tcpdump 的命令行，输出也是 tcpdump 的输出。',
  },
  exit: {
    en: 'Exit codes: 0 done; 1 cannot do it (file, permission, damaged capture, no response); 2 wrong arguments; 4 fetch --slo missed.',
    zh: '退出码：0 完成；1 无法完成（文件、权限、抓包损坏、没有响应）；2 参数错误；4 未达到 fetch --slo。',
  },
} as const satisfies Record<string, Bilingual>

/** `-c, --conversation N` */
export function flagSyntax(flag: Flag): string {
  const long = `--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`
  return flag.short === undefined ? `    ${long}` : `-${flag.short}, ${long}`
}

/** What an option does, its choices and its default, as one text. */
export function flagText(flag: Flag, language: Language): string {
  const choices = flag.choices === undefined ? '' : ` [${flag.choices.join(flag.kind === 'list' ? ',' : '|')}]`
  if (flag.byDefault === undefined) return flag.help[language] + choices
  const open = language === 'zh' ? '（' : ' ('
  const close = language === 'zh' ? '）' : ')'
  return `${flag.help[language]}${choices}${open}${words.byDefault[language]}${flag.byDefault[language]}${close}`
}

/** Two columns; the right one wraps. */
function columns(rows: readonly (readonly [string, string])[], width: number): string {
  const left = Math.min(28, Math.max(...rows.map(([text]) => textWidth(text))))
  const indent = left + 4
  return rows
    .map(([head, text]) => {
      const lines = wrap(text, Math.max(20, width - indent))
      const fits = textWidth(head) <= left
      const first = fits ? `  ${padEnd(head, left)}  ${lines.shift() ?? ''}\n` : `  ${head}\n`
      return first + lines.map((line) => `${' '.repeat(indent)}${line}\n`).join('')
    })
    .join('')
}

/** What the groups of tcpdump mode's options are about. */
export const groupTitles: Readonly<Record<keyof typeof optionGroups, Bilingual>> = {
  files: { en: 'What is read, filtered and written:', zh: '读取、过滤与写入：' },
  printing: { en: 'How packets are printed:', zh: '打印方式：' },
  live: { en: 'Live capture:', zh: '实时抓包：' },
  own: { en: 'Beyond tcpdump:', zh: 'tcpdump 之外：' },
}

export const tcpdumpMode = {
  syntax: 'wiretale [OPTIONS] [FILTER]',
  description: {
    en:
      "Without a command wiretale takes tcpdump's command line and prints, counts and writes what tcpdump would. " +
      'Called through a link named tcpdump it does nothing else. FILTER is a pcap-filter(7) expression. ' +
      'Options are read as getopt_long(3) does: bundled, after other words, long names abbreviated.',
    zh:
      '没有命令时，wiretale 接受 tcpdump 的命令行，打印、计数、写出的内容与 tcpdump 相同。' +
      '通过名为 tcpdump 的链接运行时只有这一种用法。FILTER 是 pcap-filter(7) 表达式。' +
      '选项按 getopt_long(3) 的规则读取：可合写，可在其他参数之后，长选项可缩写。',
  },
} as const satisfies { syntax: string; description: Bilingual }

/** `wiretale help tcpdump`. */
export function renderTcpdumpHelp(language: Language, width: number): string {
  const groups = Object.entries(optionGroups).map(([group, options]) => {
    const rows = options.flatMap((option) =>
      option.help === undefined ? [] : [[optionSyntax(option), option.help[language]] as const],
    )
    return `${groupTitles[group as keyof typeof optionGroups][language]}\n${columns(rows, width)}`
  })
  const description = wrap(tcpdumpMode.description[language], width).join('\n')
  return [`${words.usage[language]} ${tcpdumpMode.syntax}\n`, `${description}\n`, ...groups].join('\n')
}

/** --help of a command, or of the whole (null), in lines of at most `width` cells where words allow. */
export function renderHelp(command: Command | null, language: Language, width: number): string {
  const paragraph = (text: string): string => `${wrap(text, width).join('\n')}\n`
  const options = columns(
    flagsOf(command?.name ?? null).map((flag) => [flagSyntax(flag), flagText(flag, language)]),
    width,
  )
  if (command === null) {
    return [
      paragraph(`wiretale: ${words.tagline[language]}`),
      `${words.usage[language]} wiretale COMMAND [OPTIONS] ...\n       wiretale [TCPDUMP OPTIONS] [FILTER]\n`,
      `${words.commands[language]}\n${columns(
        commands.map(({ name, operands, summary }) => [`${name} ${operands}`, summary[language]]),
        width,
      )}`,
      `${words.options[language]}\n${options}`,
      paragraph(words.file[language]) +
        paragraph(words.mode[language]) +
        paragraph(words.more[language]) +
        paragraph(words.exit[language]),
    ].join('\n')
  }
  const examples = command.examples.map(
    ({ line, does }) =>
      `  ${line}\n${wrap(does[language], width - 6)
        .map((text) => `      ${text}\n`)
        .join('')}`,
  )
  return [
    `${words.usage[language]} wiretale ${command.name} ${command.load === null ? '' : '[OPTIONS] '}${command.operands}\n`,
    paragraph(command.description[language]),
    ...(command.load === null ? [] : [`${words.options[language]}\n${options}`]),
    `${words.examples[language]}\n${examples.join('')}`,
    paragraph(words.exit[language]),
  ].join('\n')
}
