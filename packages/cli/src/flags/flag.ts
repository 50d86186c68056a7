/** A text in both languages of the command. */
export interface Bilingual {
  readonly en: string
  readonly zh: string
}

export type CommandName = 'explain' | 'fetch' | 'top' | 'doctor' | 'help'

/** One option. The list of them (flags.ts) drives parsing, --help, the man page, completions and docs/flags.md. */
export interface Flag {
  /** Long name, without dashes. */
  readonly name: string
  /** One letter, without dash. */
  readonly short?: string
  /** `switch` takes no value and may be negated as --no-NAME; `list` is a comma-separated list of choices;
   *  `texts` may be given several times, and all values count. */
  readonly kind: 'switch' | 'choice' | 'list' | 'number' | 'text' | 'texts'
  /** What stands for the value in the help: N, LANG … */
  readonly value?: string
  readonly choices?: readonly string[]
  /** Smallest number accepted. */
  readonly least?: number
  readonly help: Bilingual
  /** Where the default is not simply "off". */
  readonly byDefault?: Bilingual
  /** Commands that know it; absent: all of them. */
  readonly commands?: readonly CommandName[]
}

/** A wrong command line: exit code 2. */
export class UsageError extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.name = 'UsageError'
    this.hint = hint
  }
}
