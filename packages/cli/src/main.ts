import { existsSync } from 'node:fs'
import { commands, findCommand } from './commands/commands.ts'
import { UsageError } from './flags/flag.ts'
import { flagsOf } from './flags/flags.ts'
import { parseArguments } from './flags/parse.ts'
import { suggest } from './flags/suggest.ts'
import { HELPER_WORD } from './process/helper-word.ts'
import { type Caller, findCaller } from './tcpdump/caller.ts'
import { BrokenPipe } from './terminal/write.ts'

/** The entry: finds the command and loads it; nothing else is loaded at start. */
async function main(words: readonly string[]): Promise<number> {
  const caller = findCaller()
  const [first] = words
  if (first === HELPER_WORD) return (await import('./process/helper.ts')).runHelper()
  if (caller.isTcpdump) return tcpdump(words, caller)
  if (first === undefined) return help(null, [])
  const command = findCommand(first)
  if (command !== undefined) {
    const rest = words.slice(1)
    const given = parseArguments(rest, flagsOf(command.name))
    if (given.switch('version') === true) return version()
    if (command.load === null) return help(given.operands[0] ?? null, rest)
    if (given.switch('help') === true) return help(command.name, rest)
    return (await command.load())(given)
  }
  if (words.length === 1 && (await isCapture(first))) return main(['explain', first])
  refuseSlip(words)
  return tcpdump(words, caller)
}

/** A single word is a file to explain if there is one of that name and it is no filter: `tcp` asks for packets. */
async function isCapture(word: string): Promise<boolean> {
  if (word.startsWith('-') || !existsSync(word)) return false
  const { isFilter } = await import('./tcpdump/filter.ts')
  return !isFilter(word)
}

/** A command that was misspelt, and no option of tcpdump's beside it. Throws UsageError. */
function refuseSlip(words: readonly string[]): void {
  if (words.some((word) => word.startsWith('-'))) return
  const guess = suggest(
    words[0],
    commands.map(({ name }) => name),
  )
  if (guess !== null) throw new UsageError(`no command '${words[0].slice(0, 40)}'`, `did you mean ${guess}?`)
}

async function tcpdump(words: readonly string[], caller: Caller): Promise<number> {
  const { runTcpdump } = await import('./tcpdump/run.ts')
  return runTcpdump(words, caller)
}

async function help(name: string | null, words: readonly string[]): Promise<number> {
  const { showHelp } = await import('./commands/help.ts')
  return showHelp(name, words)
}

async function version(): Promise<number> {
  const { showVersion } = await import('./commands/help.ts')
  return showVersion()
}

/** One line for what the user can mend. Anything else is a fault of the program: its stack helps to report it. */
function report(error: unknown): number {
  if (error instanceof BrokenPipe) return 0
  if (error instanceof Error && 'hint' in error && typeof error.hint === 'string') {
    process.stderr.write(`wiretale: ${error.message} (${error.hint})\n`)
    return error instanceof UsageError ? 2 : 1
  }
  if (error instanceof Error && 'details' in error && typeof error.details === 'string') {
    process.stderr.write(`wiretale: ${error.message}\n${error.details}\n`)
    return 1
  }
  process.stderr.write(
    `wiretale: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  )
  return 1
}

main(process.argv.slice(2))
  .catch(report)
  .then((code) => {
    process.exitCode = code
  })
