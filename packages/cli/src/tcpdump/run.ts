import { findFilterNames } from '../names/filter-names.ts'
import type { Caller } from './caller.ts'
import { checkSettings, notYet } from './check.ts'
import { findExpression } from './expression.ts'
import { Failure } from './failure.ts'
import { compile, showCode } from './filter.ts'
import { BadOption, readOptions } from './getopt.ts'
import { MAX_SNAPLEN } from './options/files.ts'
import { Question } from './options/options.ts'
import { Reading } from './reading.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { print, tell } from './tell.ts'
import { usageText, versionLine } from './usage.ts'

const LINK_EN10MB = 1

/** tcpdump's command line. Resolves to the exit code: tcpdump's. */
export async function runTcpdump(words: readonly string[], caller: Caller): Promise<number> {
  try {
    const settings = defaultSettings()
    const operands = readOptions(words, settings)
    checkSettings(settings)
    if (settings.readFile === null && settings.listFile === null) return await withoutFile(settings, operands)
    return await new Reading(settings, caller, operands).run()
  } catch (error) {
    return answer(error, words, caller)
  }
}

/** -d without a file or an interface compiles for -y's link type; anything else is a live capture. */
async function withoutFile(settings: Settings, operands: readonly string[]): Promise<number> {
  if (settings.dumpCode === 0 || settings.device !== null) {
    throw notYet(settings.device === null ? (settings.liveOnly[0] ?? 'no -r FILE') : `-i ${settings.device}`)
  }
  if (settings.link === null) tell('Warning: assuming Ethernet\n')
  const source = { link: settings.link ?? LINK_EN10MB, snaplen: settings.snaplen || MAX_SNAPLEN }
  const expression = findExpression(settings, operands)
  const names = await findFilterNames(expression)
  print(showCode(compile(expression, source, settings, names), settings))
  return 0
}

function answer(error: unknown, words: readonly string[], caller: Caller): number | Promise<number> {
  if (error instanceof Question) {
    if (error.about === 'version') print(versionLine(caller))
    else if (caller.isTcpdump) print(usageText(caller))
    else return showHelp(words)
    return 0
  }
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
