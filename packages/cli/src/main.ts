import { existsSync } from 'node:fs'
import { commands, findCommand } from './commands/commands.ts'
import { UsageError } from './flags/flag.ts'
import { flagsOf } from './flags/flags.ts'
import { parseArguments } from './flags/parse.ts'
import { suggest } from './flags/suggest.ts'
import { BrokenPipe } from './terminal/output.ts'

/** The entry: finds the command and loads it; nothing else is loaded at start. */
async function main(words: readonly string[]): Promise<number> {
  const [first] = words
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
  if (words.length === 1 && !first.startsWith('-') && existsSync(first)) return main(['explain', first])
  if (first.startsWith('--') || first === '-h') {
    const given = parseArguments(words, flagsOf(null))
    if (given.switch('version') === true) return version()
    if (given.switch('help') === true) return help(given.operands[0] ?? null, words)
  }
  const guess = suggest(
    first,
    commands.map(({ name }) => name),
  )
  if (guess !== null) throw new UsageError(`no command '${first.slice(0, 40)}'`, `did you mean ${guess}?`)
  throw new UsageError("tcpdump's own command line is not built yet", 'use wiretale explain FILE, see wiretale --help')
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
