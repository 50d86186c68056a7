import { commands } from '../commands/commands.ts'
import type { TcpdumpOption } from '../tcpdump/options/option.ts'
import { optionGroups } from '../tcpdump/options/options.ts'
import type { Flag } from './flag.ts'
import { flagsOf } from './flags.ts'
import { flagText, groupTitles, tcpdumpMode } from './help.ts'

/** Text for roff (groff_man(7)): backslashes, dashes, and lines that would begin a request. */
function roff(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1')
}

function option(flag: Flag): string {
  const value = flag.value === undefined ? '' : ` \\fI${roff(flag.value)}\\fR`
  const short = flag.short === undefined ? '' : `\\fB\\-${flag.short}\\fR, `
  return `.TP\n${short}\\fB\\-\\-${roff(flag.name)}\\fR${value}\n${roff(flagText(flag, 'en'))}\n`
}

function tcpdumpOption({ short, long, value, help }: TcpdumpOption): string {
  if (help === undefined) return ''
  const letter = short === undefined ? [] : [`\\fB\\-${short}\\fR`]
  const name = long === undefined ? [] : [`\\fB\\-\\-${roff(long)}\\fR`]
  return `.TP\n${[...letter, ...name].join(', ')}${value === undefined ? '' : ` \\fI${roff(value)}\\fR`}\n${roff(help.en)}\n`
}

/** tcpdump mode: what it is, and its options group by group. */
function tcpdumpSection(): string {
  const groups = Object.entries(optionGroups).map(
    ([group, options]) =>
      `.SS ${groupTitles[group as keyof typeof optionGroups].en.replace(/:$/, '')}\n${options.map(tcpdumpOption).join('')}`,
  )
  return `.SH TCPDUMP MODE\n${roff(tcpdumpMode.description.en)}\n${groups.join('')}`
}

/** The options of explain, among them those of all commands; then what each other command has of its own. */
function optionSections(): string {
  const first = flagsOf('explain')
  const others = commands.flatMap(({ name }) => {
    const own = flagsOf(name).filter((flag) => !first.includes(flag))
    return own.length === 0 ? [] : [`.SS Of wiretale ${name} alone\n${own.map(option).join('')}`]
  })
  return first.map(option).join('') + others.join('')
}

/** The man page wiretale(1). */
export function renderManual(): string {
  const parts = [
    `.TH WIRETALE 1 "" "wiretale" "User Commands"\n`,
    '.SH NAME\nwiretale \\- tcpdump that explains itself\n',
    `.SH SYNOPSIS\n${commands
      .map(
        ({ name, operands, load }) =>
          `.B wiretale ${name}\n${load === null ? '' : '[\\fIOPTIONS\\fR] '}\\fI${roff(operands)}\\fR\n.br\n`,
      )
      .join('')}.B wiretale\n\\fIFILE\\fR\n.br\n.B wiretale\n[\\fITCPDUMP OPTIONS\\fR] [\\fIFILTER\\fR]\n`,
    '.SH DESCRIPTION\nReads packet captures and explains the TCP connections and HTTP exchanges in them.\n' +
      '\\fBwiretale\\fR \\fIFILE\\fR is short for \\fBwiretale explain\\fR \\fIFILE\\fR.\n',
    '.SH COMMANDS\n',
    ...commands.map(({ name, description }) => `.SS ${name}\n${roff(description.en)}\n`),
    '.SH OPTIONS\n',
    optionSections(),
    tcpdumpSection(),
    '.SH EXIT STATUS\n.TP\n0\nDone.\n.TP\n1\nCannot do it: file, permission, damaged capture, no response.\n.TP\n2\nWrong arguments.\n.TP\n4\nwiretale fetch: an objective of \\-\\-slo was missed.\n.PP\nIn tcpdump mode: 0, or 1 for any error, as tcpdump.\n',
    '.SH ENVIRONMENT\n.TP\nLC_ALL, LC_MESSAGES, LANG\nThe language of sentences, and whether the terminal takes UTF\\-8.\n' +
      '.TP\nTZ\nThe time zone of printed time stamps.\n' +
      '.TP\nNO_COLOR, TERM\nNo colour if NO_COLOR is set and not empty, or TERM is dumb.\n' +
      '.TP\nWIRETALE_ENGINE\nWhat captures from an interface: \\fBlibpcap\\fR, or a pipe from \\fBtcpdump\\fR. ' +
      'Unset: libpcap, and tcpdump where koffi or libpcap is missing.\n',
    `.SH EXAMPLES\n${commands
      .flatMap(({ examples }) => examples)
      .map(({ line, does }) => `.TP\n.B ${roff(line)}\n${roff(does.en)}\n`)
      .join('')}`,
    '.SH SEE ALSO\n.BR tcpdump (8),\n.BR pcap (3PCAP)\n',
  ]
  return parts.join('')
}
