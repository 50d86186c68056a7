#compdef wiretale
_wiretale() {
  local -a commands
  commands=(
    'explain:explain the TCP connections and HTTP exchanges of a capture'
    'help:show this help, or that of a command'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    _files
    return
  fi
  local command=${words[2]}
  (( CURRENT-- ))
  shift words
  case $command in
    explain)
      _arguments \
        '(-c --conversation)'{-c,--conversation}'[only conversation N, as numbered in the table]:N:' \
        '--only[one part of the text\: the sentences, the arrows with both state columns, or the conclusion]:PART:(notes ladder conclusion)' \
        '--format[text for a terminal, Markdown, or JSON Lines]:FORMAT:(text md json)' \
        '--types[with --json\: lines of these types only, separated by commas]:TYPES:(capture packet conversation exchange finding summary)' \
        '--show-secrets[do not mask the values of Authorization, Cookie and Set-Cookie]' \
        '--lang[language of the sentences; both\: each in English, then in Chinese]:LANG:(en zh both)' \
        '--json[JSON Lines, one object a line (same as --format json)]' \
        '--ascii[draw arrows and lines with ASCII characters only]' \
        '--width[cells in a line]:N:' \
        '--color[colours; auto\: on a terminal, unless NO_COLOR is set or TERM is dumb]:WHEN:(auto always never)' \
        '--quiet[no progress on standard error]' \
        '(-h --help)'{-h,--help}'[show this help]' \
        '--version[show the version]' \
        '*:capture:_files' ;;
    help) _values command explain help ;;
  esac
}
_wiretale "$@"
