import { commands } from '../commands/commands.ts'
import { allOptions } from '../tcpdump/options/options.ts'
import { flagsOf } from './flags.ts'

/** Completions for bash. Words that are no options complete to files. */
export function renderBash(): string {
  const cases = commands.map(({ name, load }) => {
    if (load === null) return `    ${name}) words='${commands.map((command) => command.name).join(' ')}' ;;\n`
    const flags = flagsOf(name)
    const options = flags
      .flatMap((flag) => [`--${flag.name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`])])
      .join(' ')
    const values = flags
      .filter(({ value }) => value !== undefined)
      .map((flag) => {
        const names = `--${flag.name}${flag.short === undefined ? '' : `|-${flag.short}`}`
        return `        ${names}) words='${(flag.choices ?? []).join(' ')}'; [[ -z $words ]] && return ;;\n`
      })
    return `    ${name})\n      case "$before" in\n${values.join('')}        *) [[ $word == -* ]] && words='${options}' ;;\n      esac ;;\n`
  })
  const described = allOptions.filter(({ help }) => help !== undefined)
  const names = described.flatMap(({ short, long }) => [
    ...(short === undefined ? [] : [`-${short}`]),
    ...(long === undefined ? [] : [`--${long}`]),
  ])
  const chosen = described
    .filter(({ choices }) => choices !== undefined)
    .map(({ short, long, choices = [] }) => {
      const pattern = [short && `-${short}`, long && `--${long}`].filter((name) => name !== undefined).join('|')
      return `        ${pattern}) words='${choices.join(' ')}' ;;\n`
    })
  cases.push(
    `    *)\n      case "$before" in\n${chosen.join('')}        *) [[ $word == -* ]] && words='${names.join(' ')}' ;;\n      esac ;;\n`,
  )
  return `# bash completion for wiretale
_wiretale() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=''
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    words='${[...commands.map(({ name }) => name), ...names].join(' ')}'
    COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('')}  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _wiretale wiretale
`
}
