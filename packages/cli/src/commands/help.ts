import { UsageError } from '../flags/flag.ts'
import { renderHelp, renderTcpdumpHelp } from '../flags/help.ts'
import { suggest } from '../flags/suggest.ts'
import { versionText } from '../flags/version.ts'
import { messageLanguage } from '../terminal/locale.ts'
import { Output } from '../terminal/output.ts'
import { commands, findCommand } from './commands.ts'

/** Language and width are looked for in all words: help must work beside any mistake in them. */
function findValue(words: readonly string[], name: string): string | null {
  const at = words.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  if (at < 0) return null
  return words[at].includes('=') ? words[at].slice(name.length + 3) : (words[at + 1] ?? null)
}

/** Shows the help of the command called `name`, of tcpdump mode, or of the whole. */
export function showHelp(name: string | null, words: readonly string[]): number {
  if (name === 'tcpdump') return show((language, width) => renderTcpdumpHelp(language, width), words)
  const command = name === null ? null : findCommand(name)
  if (command === undefined) {
    const guess = suggest(name ?? '', [...commands.map((candidate) => candidate.name), 'tcpdump'])
    throw new UsageError(
      `no command '${(name ?? '').slice(0, 40)}'`,
      guess === null ? 'see wiretale --help' : `did you mean ${guess}?`,
    )
  }
  return show((language, width) => renderHelp(command, language, width), words)
}

function show(render: (language: 'en' | 'zh', width: number) => string, words: readonly string[]): number {
  const asked = findValue(words, 'lang')
  const language = asked === 'zh' || asked === 'en' ? asked : messageLanguage()
  const terminal = process.stdout.isTTY === true ? Math.min(100, process.stdout.columns || 80) : 80
  const width = Number(findValue(words, 'width') ?? terminal)
  const output = new Output()
  output.write(render(language, Number.isFinite(width) ? Math.max(40, width) : terminal))
  output.flush()
  return 0
}

/** `wiretale version 0.1.0`, in the shape in which tcpdump says it. */
export function showVersion(): number {
  const output = new Output()
  output.line(`wiretale version ${versionText()}`)
  output.flush()
  return 0
}
