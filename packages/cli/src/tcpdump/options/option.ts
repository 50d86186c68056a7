import type { Bilingual } from '../../flags/flag.ts'
import type { Settings } from '../settings.ts'

/** One option of tcpdump mode. The list of them (options.ts) drives parsing, the help, the man page and completions. */
export interface TcpdumpOption {
  /** One letter, without dash. */
  readonly short?: string
  /** Without dashes. */
  readonly long?: string
  /** What stands for the value in the help; absent: a switch. */
  readonly value?: string
  /** Values that completions offer. */
  readonly choices?: readonly string[]
  /** Absent: tcpdump takes it, its manual does not name it. */
  readonly help?: Bilingual
  /** Takes effect in the order of the command line. Throws Failure. */
  readonly set: (settings: Settings, value: string) => void
}

/** `-s, --snapshot-length=SNAPLEN` */
export function optionSyntax({ short, long, value }: TcpdumpOption): string {
  const letter =
    short === undefined ? '    ' : `-${short}${long === undefined ? (value === undefined ? '' : ` ${value}`) : ', '}`
  return long === undefined ? letter : `${letter}--${long}${value === undefined ? '' : `=${value}`}`
}
