import { LiveError } from '../capture/live-source.ts'
import { findFilterNames } from '../names/filter-names.ts'
import type { Caller } from './caller.ts'
import { checkSettings } from './check.ts'
import { findExpression } from './expression.ts'
import { Failure } from './failure.ts'
import { compile, showCode } from './filter.ts'
import { BadOption, readOptions } from './getopt.ts'
import { MAX_SNAPLEN } from './options/files.ts'
import { Question } from './options/options.ts'
import { asFailure } from './permission.ts'
import { Reading } from './reading.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { print, tell } from './tell.ts'
import { usageText, versionLine } from './usage.ts'

const LINK_EN10MB = 1

/** tcpdump's command line. Resolves to the exit code: tcpdump's. */
export async function runTcpdump(words: readonly string[], caller: Caller): Promise<number> {
  try {
    return await answer(words, caller)
  } catch (error) {
    return explain(error instanceof LiveError ? asFailure(error) : error, caller)
  }
}

async function answer(words: readonly string[], caller: Caller): Promise<number> {
  try {
    return await run(words, caller)
  } catch (error) {
    if (!(error instanceof Question)) throw error
    return await reply(error, words, caller)
  }
}

async function run(words: readonly string[], caller: Caller): Promise<number> {
  const settings = defaultSettings()
  const operands = readOptions(words, settings)
  checkSettings(settings)
  if (settings.readFile !== null || settings.listFile !== null) {
    return new Reading(settings, caller, operands).run()
  }
  if (settings.dumpCode > 0 && settings.device === null) return showFilter(settings, operands)
  const { captureLive } = await import('./live.ts')
  return captureLive(settings, caller, operands)
}

/** -d without a file or an interface: for -y's link type. */
async function showFilter(settings: Settings, operands: readonly string[]): Promise<number> {
  if (settings.link === null) tell('Warning: assuming Ethernet\n')
  const source = { link: settings.link ?? LINK_EN10MB, snaplen: settings.snaplen || MAX_SNAPLEN }
  const expression = findExpression(settings, operands)
  const names = await findFilterNames(expression)
  print(showCode(compile(expression, source, settings, names), settings))
  return 0
}

async function reply({ about }: Question, words: readonly string[], caller: Caller): Promise<number> {
  if (about === 'interfaces') {
    const { showInterfaces } = await import('./live-questions.ts')
    return showInterfaces()
  }
  if (about === 'version') print(versionLine(caller))
  else if (caller.isTcpdump) print(usageText(caller))
  else return showHelp(words)
  return 0
}

/** Returns the exit code. */
function explain(error: unknown, caller: Caller): number {
  if (error instanceof BadOption) {
    tell(`${caller.program}: ${error.message}\n${usageText(caller)}`)
    return 1
  }
  if (!(error instanceof Failure)) throw error
  tell(`${caller.program}: ${describe(error, caller)}\n`)
  return error.exitCode
}

/** The message; what is ours goes behind or under it. */
function describe({ message, hint, details }: Failure, { isTcpdump }: Caller): string {
  if (isTcpdump) return message
  if (details !== null) return `${message}\n${details}${hint === null ? '' : `\n  ${hint}`}`
  return hint === null ? message : `${message} (${hint})`
}

async function showHelp(words: readonly string[]): Promise<number> {
  const help = await import('../commands/help.ts')
  return help.showHelp(null, words)
}
