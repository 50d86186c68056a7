# bash completion for wiretale
_wiretale() {
  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=''
  COMPREPLY=()
  if [[ $COMP_CWORD -eq 1 ]]; then
    words='explain help -r -V -c --count -s --snapshot-length -F -d -O --no-optimize -y --linktype -w --print -C -G -W -z -Z --relinquish-privileges -l -U --packet-buffered -n -v -q -e -t -x -X -A -# --number -S --absolute-tcp-sequence-numbers -K --dont-verify-checksums --micro --nano --time-stamp-precision -T -N -f -g -b -H -u -M -E -m -i --interface -D --list-interfaces -L --list-data-link-types -J --list-time-stamp-types -j --time-stamp-type -B --buffer-size -I --monitor-mode -p --no-promiscuous-mode -Q --direction --immediate-mode --annotate --summary --format --lang --color --ascii --no-ascii --width --pcapng -h --help --version'
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
        *) [[ $word == -* ]] && words='--conversation -c --filter -f --only --format --types --show-secrets --interface -i --snapshot-length -s --buffer-size -B --no-promiscuous-mode -p --relinquish-privileges -Z --lang --json --ascii --width --color --quiet --help -h --version' ;;
      esac ;;
    help) words='explain help' ;;
    *)
      case "$before" in
        --time-stamp-precision) words='micro nano' ;;
        -T) words='vat wb rpc rtp rtcp snmp cnfp tftp aodv carp radius zmtp1 vxlan pgm pgm_zmtp1 lmp resp ptp someip domain' ;;
        -j|--time-stamp-type) words='host host_lowprec host_hiprec host_hiprec_unsynced adapter adapter_unsynced' ;;
        -Q|--direction) words='in out inout' ;;
        --format) words='modern classic json' ;;
        --lang) words='en zh both' ;;
        --color) words='auto always never' ;;
        *) [[ $word == -* ]] && words='-r -V -c --count -s --snapshot-length -F -d -O --no-optimize -y --linktype -w --print -C -G -W -z -Z --relinquish-privileges -l -U --packet-buffered -n -v -q -e -t -x -X -A -# --number -S --absolute-tcp-sequence-numbers -K --dont-verify-checksums --micro --nano --time-stamp-precision -T -N -f -g -b -H -u -M -E -m -i --interface -D --list-interfaces -L --list-data-link-types -J --list-time-stamp-types -j --time-stamp-type -B --buffer-size -I --monitor-mode -p --no-promiscuous-mode -Q --direction --immediate-mode --annotate --summary --format --lang --color --ascii --no-ascii --width --pcapng -h --help --version' ;;
      esac ;;
  esac
  if [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _wiretale wiretale
