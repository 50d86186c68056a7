import { commands } from '../commands/commands.ts'
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
  return `#compdef wiretale
_wiretale() {
  local -a commands
  commands=(
${described}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _files
    return
  fi
  local command=\${words[2]}
  (( CURRENT-- ))
  shift words
  case $command in
${cases.join('\n')}
  esac
}
_wiretale "$@"
`
}
