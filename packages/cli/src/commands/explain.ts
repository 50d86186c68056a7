import {
  type LineType,
  type Part,
  type ReportLine,
  renderJson,
  renderMarkdown,
  renderText,
  textOptions,
} from '@wiretale/core'
import { UsageError } from '../flags/flag.ts'
import { needInterface } from '../flags/live.ts'
import type { Arguments } from '../flags/parse.ts'
import { paintAnsi, wantsColor } from '../terminal/color.ts'
import { messageLanguage } from '../terminal/locale.ts'
import { lineWidth, prefersAscii } from '../terminal/look.ts'
import { Output } from '../terminal/output.ts'
import { PacketFilter, splitOperands } from './filtering.ts'
import { ALL_TYPES, analyse, describeDamage, type Input, readDigest } from './reading.ts'

type Format = 'text' | 'md' | 'json'
type Lang = Input['lang']

/** What the command line asks for, with defaults filled in. */
interface ExplainRequest extends Input {
  readonly format: Format
  readonly types: ReadonlySet<LineType>
  readonly only: Part | null
  readonly conversation: number | null
}

/** Checks options against one another. Throws UsageError. */
function resolve(given: Arguments): ExplainRequest & { readonly expression: string | null } {
  for (const name of needInterface)
    if (given.has(name)) throw new UsageError(`--${name} goes with -i`, 'name an interface')
  const { paths, words } = splitOperands(given.operands)
  if (words.length > 0 && given.text('filter') !== null) {
    throw new UsageError(`there are two filters, -f and '${words[0].slice(0, 40)}'`, 'leave one of them out')
  }
  if (paths.length === 0)
    throw new UsageError('explain needs a file', 'name one, - for standard input, or an interface with -i')
  if (paths.includes('-') && paths.length > 1) {
    throw new UsageError('standard input (-) cannot be combined with files', 'name the files alone, or - alone')
  }
  const asked = given.choice('format')
  if (given.switch('json') === true && asked !== null && asked !== 'json') {
    throw new UsageError(`--json and --format ${asked} contradict each other`, 'leave one of them out')
  }
  const format = given.switch('json') === true ? 'json' : ((asked ?? 'text') as Format)
  const types = given.list('types')
  if (types !== null && format !== 'json') throw new UsageError('--types goes with --json', 'add --json')
  const only = given.choice('only') as Part | null
  if (only !== null && format === 'json')
    throw new UsageError('--only does not go with --json', 'use --types to choose lines')
  return {
    paths,
    format,
    only,
    types: new Set((types ?? ALL_TYPES) as LineType[]),
    lang: (given.choice('lang') ?? messageLanguage()) as Lang,
    conversation: given.number('conversation'),
    expression: words.length > 0 ? words.join(' ') : given.text('filter'),
    filter: null,
    showSecrets: given.switch('show-secrets') === true,
    quiet: given.switch('quiet') === true,
  }
}

/** `wiretale explain FILE...|-|-i IF`. Exit code 1 if the input is damaged; all that could be read has been shown then. */
export async function runExplain(given: Arguments): Promise<number> {
  if (given.has('interface')) return (await import('./explain-live.ts')).explainLive(given)
  const asked = resolve(given)
  const { expression } = asked
  const request =
    expression === null ? asked : { ...asked, filter: await PacketFilter.create(expression, remark(given)) }
  return request.format === 'json' ? explainJson(request) : explainText(request, given)
}

/** A word behind the files may have been meant for one. */
function remark(given: Arguments): string | null {
  return given.text('filter') === null ? 'there is no such file either' : null
}

/** JSON Lines as the analysis emits them. */
async function explainJson(request: ExplainRequest): Promise<number> {
  const output = new Output()
  const { conversation } = request
  let found = conversation === null
  let types = request.types
  // To tell whether the conversation exists its line is looked at even where it is not wanted.
  if (conversation !== null) types = new Set([...types, 'conversation'])
  const emit = (line: ReportLine): void => {
    if (conversation !== null) {
      const belongs = line.type === 'conversation' ? line.n : 'conversation' in line ? line.conversation : conversation
      if (belongs !== conversation) return
      if (line.type === 'conversation') found = true
      if (!request.types.has(line.type)) return
    }
    output.write(renderJson(line))
  }
  const { damage } = await analyse(request, { types }, emit)
  output.flush()
  if (damage !== null) complain(describeDamage(damage, request.paths))
  if (found) return damage === null ? 0 : 1
  complain(`there is no conversation ${conversation}`)
  return 1
}

/** Text or Markdown, when everything has been read. */
async function explainText(request: ExplainRequest, given: Arguments): Promise<number> {
  const { digest, damage } = await readDigest(request, request.conversation)
  const output = new Output()
  const ascii = given.switch('ascii') ?? (await prefersAscii())
  if (request.format === 'md') {
    for (const line of renderMarkdown(digest, { lang: request.lang, ascii, only: request.only })) output.line(line)
  } else {
    const options = textOptions({
      lang: request.lang,
      only: request.only,
      ascii,
      width: given.number('width') ?? lineWidth(),
      ...(wantsColor(given.choice('color') ?? 'auto') ? { paint: paintAnsi } : {}),
    })
    for (const line of renderText(digest, options)) output.line(line)
  }
  output.flush()
  if (damage !== null) complain(describeDamage(damage, request.paths))
  return damage !== null || (request.conversation !== null && digest.chosen.length === 0) ? 1 : 0
}

function complain(text: string): void {
  process.stderr.write(`wiretale: ${text}\n`)
}
