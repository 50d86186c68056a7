import { padEnd, textWidth, wrap } from '@wiretale/core'
import type { Command } from '../commands/command.ts'
import { commands } from '../commands/commands.ts'
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
    en: 'wiretale help COMMAND shows the options of a command.',
    zh: 'wiretale help COMMAND 显示某个命令的选项。',
  },
  exit: {
    en: 'Exit codes: 0 done; 1 cannot do it (file, permission, damaged capture); 2 wrong arguments.',
    zh: '退出码：0 完成；1 无法完成（文件、权限、抓包损坏）；2 参数错误。',
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
      `${words.usage[language]} wiretale COMMAND [OPTIONS] ...\n`,
      `${words.commands[language]}\n${columns(
        commands.map(({ name, operands, summary }) => [`${name} ${operands}`, summary[language]]),
        width,
      )}`,
      `${words.options[language]}\n${options}`,
      paragraph(words.file[language]) + paragraph(words.more[language]) + paragraph(words.exit[language]),
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
