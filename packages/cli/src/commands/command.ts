import type { Bilingual, CommandName } from '../flags/flag.ts'
import type { Arguments } from '../flags/parse.ts'

/** Runs a command to its exit code. */
export type RunCommand = (given: Arguments) => Promise<number>

/** A command as the help, the man page and the completions describe it. */
export interface Command {
  readonly name: CommandName
  /** What follows the name on the command line. */
  readonly operands: string
  readonly summary: Bilingual
  readonly description: Bilingual
  readonly examples: readonly { readonly line: string; readonly does: Bilingual }[]
  /** The code is loaded when the command runs, not before. Null: the entry itself does it. */
  readonly load: (() => Promise<RunCommand>) | null
}
