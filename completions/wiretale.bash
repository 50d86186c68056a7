# bash completion for wiretale
_wiretale() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=''
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    words='explain fetch top doctor help -r -V -c --count -s --snapshot-length -F -d -O --no-optimize -y --linktype -w --print -C -G -W -z -Z --relinquish-privileges -l -U --packet-buffered -n -v -q -e -t -x -X -A -# --number -S --absolute-tcp-sequence-numbers -K --dont-verify-checksums --micro --nano --time-stamp-precision -T -N -f -g -b -H -u -M -E -m -i --interface -D --list-interfaces -L --list-data-link-types -J --list-time-stamp-types -j --time-stamp-type -B --buffer-size -I --monitor-mode -p --no-promiscuous-mode -Q --direction --immediate-mode --annotate --summary --process --format --lang --color --ascii --no-ascii --width --pcapng -h --help --version'
    COMPREPLY=($(compgen -W "$words" -- "$word") $(compgen -f -- "$word"))
    return
  fi
  case "${COMP_WORDS[1]}" in
    explain)
      case "$before" in
        --conversation|-c) words=''; [[ -z $words ]] && return ;;
        --filter|-f) words=''; [[ -z $words ]] && return ;;
        --only) words='notes ladder conclusion'; [[ -z $words ]] && return ;;
        --format) words='text md json'; [[ -z $words ]] && return ;;
        --types) words='capture packet conversation exchange finding summary'; [[ -z $words ]] && return ;;
        --interface|-i) words=''; [[ -z $words ]] && return ;;
        --snapshot-length|-s) words=''; [[ -z $words ]] && return ;;
        --buffer-size|-B) words=''; [[ -z $words ]] && return ;;
        --relinquish-privileges|-Z) words=''; [[ -z $words ]] && return ;;
        --lang) words='en zh both'; [[ -z $words ]] && return ;;
        --width) words=''; [[ -z $words ]] && return ;;
        --color) words='auto always never'; [[ -z $words ]] && return ;;
        *) [[ $word == -* ]] && words='--conversation -c --filter -f --only --format --types --show-secrets --interface -i --snapshot-length -s --buffer-size -B --no-promiscuous-mode -p --process --relinquish-privileges -Z --lang --json --ascii --width --color --quiet --help -h --version' ;;
      esac ;;
    fetch)
      case "$before" in
        --request|-X) words=''; [[ -z $words ]] && return ;;
        --header|-H) words=''; [[ -z $words ]] && return ;;
        --data|-d) words=''; [[ -z $words ]] && return ;;
        --upload-file|-T) words=''; [[ -z $words ]] && return ;;
        --output|-o) words=''; [[ -z $words ]] && return ;;
        --user|-u) words=''; [[ -z $words ]] && return ;;
        --cacert) words=''; [[ -z $words ]] && return ;;
        --resolve) words=''; [[ -z $words ]] && return ;;
        --connect-to) words=''; [[ -z $words ]] && return ;;
        --proxy|-x) words=''; [[ -z $words ]] && return ;;
        --max-time|-m) words=''; [[ -z $words ]] && return ;;
        --connect-timeout) words=''; [[ -z $words ]] && return ;;
        --repeat) words=''; [[ -z $words ]] && return ;;
        --compare) words=''; [[ -z $words ]] && return ;;
        --slo) words=''; [[ -z $words ]] && return ;;
        --interface|-i) words=''; [[ -z $words ]] && return ;;
        --write|-w) words=''; [[ -z $words ]] && return ;;
        --lang) words='en zh both'; [[ -z $words ]] && return ;;
        --width) words=''; [[ -z $words ]] && return ;;
        --color) words='auto always never'; [[ -z $words ]] && return ;;
        *) [[ $word == -* ]] && words='--show-secrets --request -X --header -H --data -d --upload-file -T --head -I --location -L --output -o --user -u --insecure -k --cacert --resolve --connect-to --proxy -x --compressed --expect100 --http1.0 --http1.1 --http2 --ipv4 -4 --ipv6 -6 --max-time -m --connect-timeout --repeat --compare --slo --fail -f --wire --interface -i --write -w --with-keys --lang --json --ascii --width --color --quiet --help -h --version' ;;
      esac ;;
    top)
      case "$before" in
        --filter|-f) words=''; [[ -z $words ]] && return ;;
        --sort) words='rate wait retransmissions state number exchange'; [[ -z $words ]] && return ;;
        --interval) words=''; [[ -z $words ]] && return ;;
        --rounds) words=''; [[ -z $words ]] && return ;;
        --interface|-i) words=''; [[ -z $words ]] && return ;;
        --snapshot-length|-s) words=''; [[ -z $words ]] && return ;;
        --buffer-size|-B) words=''; [[ -z $words ]] && return ;;
        --relinquish-privileges|-Z) words=''; [[ -z $words ]] && return ;;
        --lang) words='en zh both'; [[ -z $words ]] && return ;;
        --width) words=''; [[ -z $words ]] && return ;;
        --color) words='auto always never'; [[ -z $words ]] && return ;;
        *) [[ $word == -* ]] && words='--filter -f --sort --interval --rounds --interface -i --snapshot-length -s --buffer-size -B --no-promiscuous-mode -p --relinquish-privileges -Z --lang --json --ascii --width --color --quiet --help -h --version' ;;
      esac ;;
    doctor)
      case "$before" in
        --interface|-i) words=''; [[ -z $words ]] && return ;;
        --lang) words='en zh both'; [[ -z $words ]] && return ;;
        --width) words=''; [[ -z $words ]] && return ;;
        --color) words='auto always never'; [[ -z $words ]] && return ;;
        *) [[ $word == -* ]] && words='--interface -i --lang --json --ascii --width --color --quiet --help -h --version' ;;
      esac ;;
    help) words='explain fetch top doctor help' ;;
    *)
      case "$before" in
        --time-stamp-precision) words='micro nano' ;;
        -T) words='vat wb rpc rtp rtcp snmp cnfp tftp aodv carp radius zmtp1 vxlan pgm pgm_zmtp1 lmp resp ptp someip domain' ;;
        -j|--time-stamp-type) words='host host_lowprec host_hiprec host_hiprec_unsynced adapter adapter_unsynced' ;;
        -Q|--direction) words='in out inout' ;;
        --format) words='modern classic json' ;;
        --lang) words='en zh both' ;;
        --color) words='auto always never' ;;
        *) [[ $word == -* ]] && words='-r -V -c --count -s --snapshot-length -F -d -O --no-optimize -y --linktype -w --print -C -G -W -z -Z --relinquish-privileges -l -U --packet-buffered -n -v -q -e -t -x -X -A -# --number -S --absolute-tcp-sequence-numbers -K --dont-verify-checksums --micro --nano --time-stamp-precision -T -N -f -g -b -H -u -M -E -m -i --interface -D --list-interfaces -L --list-data-link-types -J --list-time-stamp-types -j --time-stamp-type -B --buffer-size -I --monitor-mode -p --no-promiscuous-mode -Q --direction --immediate-mode --annotate --summary --process --format --lang --color --ascii --no-ascii --width --pcapng -h --help --version' ;;
      esac ;;
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _wiretale wiretale
