# bash completion for wiretale
_wiretale() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=''
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    words='explain help --lang --json --ascii --width --color --quiet --help --version'
    COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word"))
    return
  fi
  case "${COMP_WORDS[1]}" in
    explain)
      case "$before" in
        --conversation|-c) words=''; [[ -z $words ]] && return ;;
        --only) words='notes ladder conclusion'; [[ -z $words ]] && return ;;
        --format) words='text md json'; [[ -z $words ]] && return ;;
        --types) words='capture packet conversation exchange finding summary'; [[ -z $words ]] && return ;;
        --lang) words='en zh both'; [[ -z $words ]] && return ;;
        --width) words=''; [[ -z $words ]] && return ;;
        --color) words='auto always never'; [[ -z $words ]] && return ;;
        *) [[ $word == -* ]] && words='--conversation -c --only --format --types --show-secrets --lang --json --ascii --width --color --quiet --help -h --version' ;;
      esac ;;
    help) words='explain help' ;;
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _wiretale wiretale
