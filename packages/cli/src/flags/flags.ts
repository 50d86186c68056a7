import { commonFlags } from './common.ts'
import { explainFlags } from './explain.ts'
import { fetchFlags } from './fetch.ts'
import type { CommandName, Flag } from './flag.ts'
import { liveFlags } from './live.ts'
import { topFlags } from './top.ts'

/** Every option of the command. */
const flags: readonly Flag[] = [...explainFlags, ...fetchFlags, ...topFlags, ...liveFlags, ...commonFlags]

/** Options that `command` knows; those of all commands come last. Null: outside any command. */
export function flagsOf(command: CommandName | null): readonly Flag[] {
  return flags.filter((flag) => flag.commands === undefined || (command !== null && flag.commands.includes(command)))
}
