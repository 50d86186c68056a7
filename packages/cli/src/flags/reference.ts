import { commands } from '../commands/commands.ts'
import { optionSyntax } from '../tcpdump/options/option.ts'
import { optionGroups } from '../tcpdump/options/options.ts'
import { flagsOf } from './flags.ts'
import { flagSyntax, flagText, groupTitles, tcpdumpMode } from './help.ts'

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').trim()
}

/** docs/flags.md: every option of every command, in both languages. */
export function renderReference(): string {
  const parts = ['# Options\n', 'Generated from the list that the command itself reads (`packages/cli/src/flags`).\n']
  for (const command of commands) {
    if (command.load === null) continue
    parts.push(
      `## wiretale ${command.name} ${command.operands}\n`,
      `${command.description.en}\n`,
      `${command.description.zh}\n`,
    )
    const rows = flagsOf(command.name).map(
      (flag) => `| \`${cell(flagSyntax(flag))}\` | ${cell(flagText(flag, 'en'))} | ${cell(flagText(flag, 'zh'))} |`,
    )
    parts.push(`| option | what it does | 作用 |\n| --- | --- | --- |\n${rows.join('\n')}\n`)
  }
  parts.push(`## ${tcpdumpMode.syntax}\n`, `${tcpdumpMode.description.en}\n`, `${tcpdumpMode.description.zh}\n`)
  for (const [group, options] of Object.entries(optionGroups)) {
    const title = groupTitles[group as keyof typeof optionGroups]
    const rows = options.flatMap((option) =>
      option.help === undefined
        ? []
        : [`| \`${cell(optionSyntax(option))}\` | ${cell(option.help.en)} | ${cell(option.help.zh)} |`],
    )
    parts.push(`### ${title.en.replace(/:$/, '')}\n`)
    parts.push(`| option | what it does | 作用 |\n| --- | --- | --- |\n${rows.join('\n')}\n`)
  }
  return parts.join('\n')
}
