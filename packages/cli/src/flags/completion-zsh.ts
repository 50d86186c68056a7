import { commands } from '../commands/commands.ts'
import type { TcpdumpOption } from '../tcpdump/options/option.ts'
import { allOptions } from '../tcpdump/options/options.ts'
import type { Flag } from './flag.ts'
import { flagsOf } from './flags.ts'

function quote(text: string): string {
  return text.replace(/'/g, `'\\''`).replace(/[[\]:]/g, '\\$&')
}

function argument(flag: Flag): string {
  const value =
    flag.value === undefined ? '' : `:${flag.value}:${flag.choices === undefined ? '' : `(${flag.choices.join(' ')})`}`
  const help = `[${quote(flag.help.en)}]`
  if (flag.short === undefined) return `'--${flag.name}${help}${value}'`
  return `'(-${flag.short} --${flag.name})'{-${flag.short},--${flag.name}}'${help}${value}'`
}

function tcpdumpArguments({ short, long, value, choices, help }: TcpdumpOption): readonly string[] {
  if (help === undefined) return []
  const taken =
    value === undefined ? '' : `:${quote(value)}:${choices === undefined ? '_files' : `(${choices.join(' ')})`}`
  // -x+ and --name= say that the value may be attached, too.
  const [letterEnd, nameEnd] = value === undefined ? ['', ''] : ['+', '=']
  const letter = short === undefined ? [] : [`-${short}${letterEnd}`]
  const name = long === undefined ? [] : [`--${long}${nameEnd}`]
  return [...letter, ...name].map((option) => `'*${option}[${quote(help.en)}]${taken}'`)
}

/** Completions for zsh. */
export function renderZsh(): string {
  const described = commands.map(({ name, summary }) => `    '${name}:${quote(summary.en)}'`).join('\n')
  const cases = commands.map(({ name, load }) =>
    load === null
      ? `    ${name}) _values command ${commands.map((command) => command.name).join(' ')} ;;`
      : `    ${name})\n      _arguments \\\n${flagsOf(name)
          .map((flag) => `        ${argument(flag)} \\`)
          .join('\n')}\n        '*:capture:_files' ;;`,
  )
  cases.push(
    `    *)\n      _arguments -s \\\n${allOptions
      .flatMap(tcpdumpArguments)
      .map((words) => `        ${words} \\`)
      .join('\n')}\n        '*:filter:' ;;`,
  )
  return `#compdef wiretale
_wiretale() {
  local -a commands
  commands=(
${described}
  )
  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe command commands
    _files
    return
  fi
  local command=\${words[2]}
  if [[ $command != -* ]]; then
    (( CURRENT-- ))
    shift words
  fi
  case $command in
${cases.join('\n')}
  esac
}
_wiretale "$@"
`
}
