#compdef wiretale
_wiretale() {
  local -a commands
  commands=(
    'explain:explain the TCP connections and HTTP exchanges of a capture'
    'fetch:request a URL and tell what the client did, step by step'
    'top:watch the TCP connections of an interface live'
    'doctor:tell whether this machine can capture, and what to do'
    'help:show this help, or that of a command'
  )
  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe command commands
    _files
    return
  fi
  local command=${words[2]}
  if [[ $command != -* ]]; then
    (( CURRENT-- ))
    shift words
  fi
  case $command in
    explain)
      _arguments \
        '(-c --conversation)'{-c,--conversation}'[only conversation N, as numbered in the table; with -i, -c N ends after N packets, as in tcpdump]:N:' \
        '(-f --filter)'{-f,--filter}'[only packets that this pcap-filter(7) expression accepts; words after the files, or with -i, are taken for it, too]:FILTER:' \
        '--only[one part of the text\: the sentences, the arrows with both state columns, or the conclusion]:PART:(notes ladder conclusion)' \
        '--format[text for a terminal, Markdown, or JSON Lines]:FORMAT:(text md json)' \
        '--types[with --json\: lines of these types only, separated by commas]:TYPES:(capture packet conversation exchange finding summary)' \
        '--show-secrets[do not mask the values of Authorization, Cookie and Set-Cookie]' \
        '(-i --interface)'{-i,--interface}'[capture on this interface, by its name or its number in wiretale -D; any\: on all]:IF:' \
        '(-s --snapshot-length)'{-s,--snapshot-length}'[with -i\: keep at most N bytes of a packet]:N:' \
        '(-B --buffer-size)'{-B,--buffer-size}'[with -i\: the operating system'\''s buffer, in KiB; a larger one loses fewer packets]:KIB:' \
        '(-p --no-promiscuous-mode)'{-p,--no-promiscuous-mode}'[with -i\: not in promiscuous mode]' \
        '--process[with -i\: name this machine'\''s program of each connection, where it can be known]' \
        '(-Z --relinquish-privileges)'{-Z,--relinquish-privileges}'[with -i, as root\: become USER once the interface is open; root\: remain it]:USER:' \
        '--lang[language of the sentences; both\: each in English, then in Chinese]:LANG:(en zh both)' \
        '--json[JSON Lines, one object a line (same as --format json)]' \
        '--ascii[draw arrows and lines with ASCII characters only]' \
        '--width[cells in a line]:N:' \
        '--color[colours; auto\: on a terminal, unless NO_COLOR is set or TERM is dumb]:WHEN:(auto always never)' \
        '--quiet[no progress on standard error]' \
        '(-h --help)'{-h,--help}'[show this help]' \
        '--version[show the version]' \
        '*:capture:_files' ;;
    fetch)
      _arguments \
        '--show-secrets[do not mask the values of Authorization, Cookie and Set-Cookie]' \
        '(-X --request)'{-X,--request}'[the method]:METHOD:' \
        '(-H --header)'{-H,--header}'[a header, '\''Name\: value'\''; '\''Name\:'\'' leaves out one that would be sent; may be given several times]:HEADER:' \
        '(-d --data)'{-d,--data}'[send a form; @FILE takes it from a file; several are joined by &]:DATA:' \
        '(-T --upload-file)'{-T,--upload-file}'[send a file; - is standard input, in chunks]:FILE:' \
        '(-I --head)'{-I,--head}'[ask for the headers only]' \
        '(-L --location)'{-L,--location}'[follow redirects, at most 50; credentials stay with the first host]' \
        '(-o --output)'{-o,--output}'[save the body; - writes it to standard output, and the log to standard error]:FILE:' \
        '(-u --user)'{-u,--user}'[Basic credentials]:NAME:PASSWORD:' \
        '(-k --insecure)'{-k,--insecure}'[go on whatever certificate the server has]' \
        '--cacert[trust the authorities in this PEM file, and no others]:FILE:' \
        '--resolve[take this address without looking the name up]:HOST:PORT:ADDRESS:' \
        '--connect-to[connect to the second host and port instead; the request stays that for the first]:HOST1:PORT1:HOST2:PORT2:' \
        '(-x --proxy)'{-x,--proxy}'[go through this HTTP proxy; empty\: through none]:URL:' \
        '--compressed[ask for a compressed body, and decompress it]' \
        '--expect100[send the body after 100 Continue, or after a second without it]' \
        '--http1.0[speak HTTP/1.0]' \
        '--http1.1[speak HTTP/1.1]' \
        '--http2[speak HTTP/2; over http\:// without asking first]' \
        '(-4 --ipv4)'{-4,--ipv4}'[IPv4 addresses only]' \
        '(-6 --ipv6)'{-6,--ipv6}'[IPv6 addresses only]' \
        '(-m --max-time)'{-m,--max-time}'[give up after so long, whatever goes on]:SECONDS:' \
        '--connect-timeout[the same for lookup, connection and TLS]:SECONDS:' \
        '--repeat[ask N times, over one connection where the server keeps it; then a table of percentiles]:N:' \
        '--compare[ask this URL in turn with the first one, 10 times each unless --repeat says otherwise, and compare medians]:URL2:' \
        '--slo[most milliseconds allowed, as total=500,wait=200; exit code 4 if they are exceeded]:PHASE=MS:' \
        '(-f --fail)'{-f,--fail}'[exit code 1 for a status from 400 on]' \
        '--wire[packets beside the log (not built yet); --no-wire\: do not even say that there are none]' \
        '(-i --interface)'{-i,--interface}'[interface to capture on (not built yet)]:IF:' \
        '(-w --write)'{-w,--write}'[save the packets (not built yet)]:FILE:' \
        '--with-keys[with -w\: the keys of TLS, too (not built yet)]' \
        '--lang[language of the sentences; both\: each in English, then in Chinese]:LANG:(en zh both)' \
        '--json[JSON Lines, one object a line (same as --format json)]' \
        '--ascii[draw arrows and lines with ASCII characters only]' \
        '--width[cells in a line]:N:' \
        '--color[colours; auto\: on a terminal, unless NO_COLOR is set or TERM is dumb]:WHEN:(auto always never)' \
        '--quiet[no progress on standard error]' \
        '(-h --help)'{-h,--help}'[show this help]' \
        '--version[show the version]' \
        '*:capture:_files' ;;
    top)
      _arguments \
        '(-f --filter)'{-f,--filter}'[only packets that this pcap-filter(7) expression accepts; words after the files, or with -i, are taken for it, too]:FILTER:' \
        '--sort[first come the fastest, those that wait longest, those with most retransmissions, the liveliest states, the oldest, or the slowest exchanges]:ORDER:(rate wait retransmissions state number exchange)' \
        '--interval[seconds between two rounds]:SECONDS:' \
        '--rounds[end after N rounds]:N:' \
        '(-i --interface)'{-i,--interface}'[capture on this interface, by its name or its number in wiretale -D; any\: on all]:IF:' \
        '(-s --snapshot-length)'{-s,--snapshot-length}'[with -i\: keep at most N bytes of a packet]:N:' \
        '(-B --buffer-size)'{-B,--buffer-size}'[with -i\: the operating system'\''s buffer, in KiB; a larger one loses fewer packets]:KIB:' \
        '(-p --no-promiscuous-mode)'{-p,--no-promiscuous-mode}'[with -i\: not in promiscuous mode]' \
        '(-Z --relinquish-privileges)'{-Z,--relinquish-privileges}'[with -i, as root\: become USER once the interface is open; root\: remain it]:USER:' \
        '--lang[language of the sentences; both\: each in English, then in Chinese]:LANG:(en zh both)' \
        '--json[JSON Lines, one object a line (same as --format json)]' \
        '--ascii[draw arrows and lines with ASCII characters only]' \
        '--width[cells in a line]:N:' \
        '--color[colours; auto\: on a terminal, unless NO_COLOR is set or TERM is dumb]:WHEN:(auto always never)' \
        '--quiet[no progress on standard error]' \
        '(-h --help)'{-h,--help}'[show this help]' \
        '--version[show the version]' \
        '*:capture:_files' ;;
    doctor)
      _arguments \
        '(-i --interface)'{-i,--interface}'[capture on this interface, by its name or its number in wiretale -D; any\: on all]:IF:' \
        '--lang[language of the sentences; both\: each in English, then in Chinese]:LANG:(en zh both)' \
        '--json[JSON Lines, one object a line (same as --format json)]' \
        '--ascii[draw arrows and lines with ASCII characters only]' \
        '--width[cells in a line]:N:' \
        '--color[colours; auto\: on a terminal, unless NO_COLOR is set or TERM is dumb]:WHEN:(auto always never)' \
        '--quiet[no progress on standard error]' \
        '(-h --help)'{-h,--help}'[show this help]' \
        '--version[show the version]' \
        '*:capture:_files' ;;
    help) _values command explain fetch top doctor help ;;
    *)
      _arguments -s \
        '*-r+[read packets from FILE; - is standard input]:FILE:_files' \
        '*-V+[read the files whose names FILE lists, one a line]:FILE:_files' \
        '*-c+[stop after COUNT packets]:COUNT:_files' \
        '*--count[print only the number of packets]' \
        '*-s+[capture SNAPLEN bytes of each packet; without effect on a file that is read]:SNAPLEN:_files' \
        '*--snapshot-length=[capture SNAPLEN bytes of each packet; without effect on a file that is read]:SNAPLEN:_files' \
        '*-F+[take the filter from FILE, not from the command line]:FILE:_files' \
        '*-d[print the compiled filter and stop; -dd\: as C, -ddd\: as decimal numbers]' \
        '*-O[do not optimise the compiled filter]' \
        '*--no-optimize[do not optimise the compiled filter]' \
        '*-y+[link type of the capture, or of the filter that -d prints]:LINKTYPE:_files' \
        '*--linktype=[link type of the capture, or of the filter that -d prints]:LINKTYPE:_files' \
        '*-w+[write the packets to FILE in place of printing them; - is standard output]:FILE:_files' \
        '*--print[print the packets although -w writes them]' \
        '*-C+[with -w\: a new file after SIZE million bytes; after k, m or g\: of these units]:SIZE:_files' \
        '*-G+[with -w\: a new file every SECONDS; FILE is a strftime(3) pattern]:SECONDS:_files' \
        '*-W+[with -C\: begin anew after COUNT files; with -G\: stop after COUNT files]:COUNT:_files' \
        '*-z+[with -C or -G\: run COMMAND FILE after each rotation]:COMMAND:_files' \
        '*-Z+[as root\: become USER before packets are read; root\: remain]:USER:_files' \
        '*--relinquish-privileges=[as root\: become USER before packets are read; root\: remain]:USER:_files' \
        '*-l[write each line as soon as it is complete]' \
        '*-U[write each packet as soon as it is read]' \
        '*--packet-buffered[write each packet as soon as it is read]' \
        '*-n[numbers, not names\: addresses and ports are not looked up]' \
        '*-v[more detail; -vv and -vvv still more]' \
        '*-q[less detail\: shorter lines]' \
        '*-e[print the link-level header]' \
        '*-t[no time stamp; -tt\: seconds since 1970; -ttt\: since the previous packet; -tttt\: with the date; -ttttt\: since the first packet]' \
        '*-x[print each packet in hex; -xx\: with its link-level header]' \
        '*-X[print each packet in hex and ASCII; -XX\: with its link-level header]' \
        '*-A[print each packet in ASCII; -AA\: with its link-level header]' \
        '*-#[print the packet'\''s number]' \
        '*--number[print the packet'\''s number]' \
        '*-S[print absolute TCP sequence numbers]' \
        '*--absolute-tcp-sequence-numbers[print absolute TCP sequence numbers]' \
        '*-K[do not verify checksums]' \
        '*--dont-verify-checksums[do not verify checksums]' \
        '*--micro[time stamps in microseconds]' \
        '*--nano[time stamps in nanoseconds]' \
        '*--time-stamp-precision=[micro or nano, as --micro and --nano]:PRECISION:(micro nano)' \
        '*-T+[take the packets for this type, whatever their ports are]:TYPE:(vat wb rpc rtp rtcp snmp cnfp tftp aodv carp radius zmtp1 vxlan pgm pgm_zmtp1 lmp resp ptp someip domain)' \
        '*-N[host names without their domain]' \
        '*-f[foreign addresses as numbers (live capture only)]' \
        '*-g[no line break after the IPv4 header of -v]' \
        '*-b[AS numbers of BGP in ASDOT notation]' \
        '*-H[look for 802.11s mesh headers]' \
        '*-u[NFS handles undecoded]' \
        '*-M+[check the digests of TCP segments with the MD5 option]:SECRET:_files' \
        '*-E+[decrypting IPsec ESP is not supported]:SPI@ADDRESS ALGORITHM\:SECRET:_files' \
        '*-m+[loading SMI MIB modules is not supported]:MODULE:_files' \
        '*-i+[capture on INTERFACE; any\: on all]:INTERFACE:_files' \
        '*--interface=[capture on INTERFACE; any\: on all]:INTERFACE:_files' \
        '*-D[list the interfaces]' \
        '*--list-interfaces[list the interfaces]' \
        '*-L[list the link types of the interface]' \
        '*--list-data-link-types[list the link types of the interface]' \
        '*-J[list the time stamp types of the interface]' \
        '*--list-time-stamp-types[list the time stamp types of the interface]' \
        '*-j+[time stamp type of the capture]:TYPE:(host host_lowprec host_hiprec host_hiprec_unsynced adapter adapter_unsynced)' \
        '*--time-stamp-type=[time stamp type of the capture]:TYPE:(host host_lowprec host_hiprec host_hiprec_unsynced adapter adapter_unsynced)' \
        '*-B+[buffer of the operating system, in KiB]:SIZE:_files' \
        '*--buffer-size=[buffer of the operating system, in KiB]:SIZE:_files' \
        '*-I[monitor mode (Wi-Fi)]' \
        '*--monitor-mode[monitor mode (Wi-Fi)]' \
        '*-p[not in promiscuous mode]' \
        '*--no-promiscuous-mode[not in promiscuous mode]' \
        '*-Q+[packets that come in, go out, or both]:DIRECTION:(in out inout)' \
        '*--direction=[packets that come in, go out, or both]:DIRECTION:(in out inout)' \
        '*--immediate-mode[deliver packets at once, unbuffered]' \
        '*--annotate[under each TCP packet what it means; grep -av '\''^│ '\'' leaves tcpdump'\''s own lines]' \
        '*--summary[at the end, or on Ctrl-C, what happened on the most telling connections]' \
        '*--process[this machine'\''s program of each connection, where it can be known\: under its first packet, or with the rest]' \
        '*--format=[modern\: tcpdump'\''s lines; classic\: those of tcpdump 3.9; json\: JSON Lines of what the packets mean]:FORMAT:(modern classic json)' \
        '*--lang=[language of the sentences; both\: English, then Chinese]:LANG:(en zh both)' \
        '*--color=[colours of our own lines]:WHEN:(auto always never)' \
        '*--ascii[our own lines with ASCII characters only]' \
        '*--no-ascii[our own lines as they are, whatever the terminal]' \
        '*--width=[cells in a line of our own]:N:_files' \
        '*--pcapng[with -w\: write pcapng, comments included]' \
        '*-h[show the usage]' \
        '*--help[show the usage]' \
        '*--version[show the version]' \
        '*:filter:' ;;
  esac
}
_wiretale "$@"
