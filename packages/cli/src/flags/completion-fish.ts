import { commands } from '../commands/commands.ts'
import { allOptions } from '../tcpdump/options/options.ts'
import { flagsOf } from './flags.ts'

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}

/** Completions for fish. */
export function renderFish(): string {
  const lines = ['# fish completion for wiretale']
  for (const { name, summary } of commands) {
    lines.push(`complete -c wiretale -n __fish_use_subcommand -a ${name} -d ${quote(summary.en)}`)
  }
  for (const { name, load } of commands) {
    if (load === null) {
      lines.push(
        `complete -c wiretale -f -n '__fish_seen_subcommand_from ${name}' -a '${commands.map((command) => command.name).join(' ')}'`,
      )
      continue
    }
    for (const flag of flagsOf(name)) {
      const short = flag.short === undefined ? '' : ` -s ${flag.short}`
      const value =
        flag.value === undefined ? '' : flag.choices === undefined ? ' -x' : ` -x -a '${flag.choices.join(' ')}'`
      lines.push(
        `complete -c wiretale -n '__fish_seen_subcommand_from ${name}'${short} -l ${flag.name}${value} -d ${quote(flag.help.en)}`,
      )
    }
  }
  const words = commands.map(({ name }) => name).join(' ')
  for (const { short, long, value, choices, help } of allOptions) {
    if (help === undefined) continue
    const letter = short === undefined ? '' : ` -s '${short}'`
    const name = long === undefined ? '' : ` -l ${long}`
    const taken = value === undefined ? '' : choices === undefined ? ' -r' : ` -x -a '${choices.join(' ')}'`
    lines.push(
      `complete -c wiretale -n 'not __fish_seen_subcommand_from ${words}'${letter}${name}${taken} -d ${quote(help.en)}`,
    )
  }
  return `${lines.join('\n')}\n`
}
