import { linkTypeNumber } from '../link-types.ts'
import { Scanner } from './scan.ts'

/** `listening on eth2, link-type EN10MB (Ethernet), capture size 96 bytes` */
export interface Banner {
  /** null for a file that was read back. */
  readonly name: string | null
  /** LINKTYPE_ value; null if the banner names none, or one that is not in the table. */
  readonly link: number | null
  readonly snaplen: number
}

/** null if the line is no banner. */
export function readBanner(text: string): Banner | null {
  const line = text.trim()
  const s = new Scanner().reset(line.startsWith('tcpdump: ') ? line.slice(9) : line)
  let name: string | null = null
  if (s.literal('listening on ')) {
    const from = s.at
    while (!s.ended && s.code() !== 0x2c && s.code() !== 0x20) s.at++
    name = s.text.slice(from, s.at)
    if (name === '' || name.length > 64) return null
  } else if (!s.literal('reading from file ') || !s.past(', link-type ')) return null
  else s.at -= 12
  s.separators()
  if (s.ended) return line.startsWith('tcpdump: ') ? { name, link: null, snaplen: 0 } : null
  if (!s.literal('link-type ')) return null
  const from = s.at
  while (!s.ended && s.code() !== 0x2c && s.code() !== 0x20) s.at++
  const link = linkTypeNumber(s.text.slice(from, s.at))
  let snaplen = 0
  if (s.past('capture size ') || s.past('snapshot length ')) snaplen = Math.max(0, s.number())
  return { name, link, snaplen }
}

export interface Command {
  /** Filter expression, null without. */
  readonly filter: string | null
  /** -S: sequence numbers are printed absolute. */
  readonly absolute: boolean
  /** How often -t is given: 3 = differences to the previous packet, 5 = to the first. */
  readonly times: number
}

/** One-letter options that take a value (tcpdump(1)). */
const WITH_VALUE = 'BcCEFGijmMQPrsTVwWyzZ'
const LONG_WITH_VALUE: readonly string[] = [
  'buffer-size',
  'interface',
  'direction',
  'linktype',
  'snapshot-length',
  'time-stamp-type',
  'time-stamp-precision',
]

/** Reads a pasted command line: a prompt or `sudo`, `tcpdump`, its arguments. null if the line is none. A line of prose that
 *  begins with the word looks alike, so the caller believes it only where a trace follows. */
export function readCommand(text: string): Command | null {
  const line = text.trim()
  const at = commandAt(line)
  if (at < 0 || line.length > 4096) return null
  const words = shellWords(line.slice(at))
  const filter: string[] = []
  let absolute = false
  let times = 0
  let valueNext = false
  for (const { word, quoted } of words) {
    if (valueNext) valueNext = false
    else if (!quoted && word.startsWith('--') && word.length > 2) {
      valueNext = !word.includes('=') && LONG_WITH_VALUE.includes(word.slice(2))
      if (word === '--absolute-tcp-sequence-numbers') absolute = true
    } else if (!quoted && /^-[A-Za-z#]/.test(word)) {
      for (let i = 1; i < word.length; i++) {
        if (word[i] === 'S') absolute = true
        if (word[i] === 't') times++
        if (!WITH_VALUE.includes(word[i])) continue
        valueNext = i === word.length - 1
        break
      }
    } else filter.push(word)
  }
  return { filter: filter.length > 0 ? filter.join(' ') : null, absolute, times }
}

/** Offset behind the command's name, -1 if the line is no command line. */
function commandAt(line: string): number {
  const at = line.indexOf('tcpdump')
  const end = at + 7
  if (at < 0 || (end < line.length && line[end] !== ' ')) return -1
  let before = line.slice(0, at)
  const slash = before.lastIndexOf(' ')
  if (before.endsWith('/')) before = before.slice(0, slash + 1)
  const prompt = before.trimEnd()
  return prompt === '' || /[#$%>]$/.test(prompt) || /(?:^|[\s#$%>])sudo(?: -[A-Za-z]+)*$/.test(prompt) ? end : -1
}

/** Splits as a shell does: quotes group, and a comment, pipe, redirection or next command ends. */
function shellWords(text: string): { word: string; quoted: boolean }[] {
  const words: { word: string; quoted: boolean }[] = []
  let word = ''
  let quoted = false
  let quote = ''
  const flush = (): void => {
    if (word !== '' || quoted) words.push({ word, quoted })
    word = ''
    quoted = false
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quote !== '') {
      if (c === quote) quote = ''
      else word += c
    } else if (c === '"' || c === "'") {
      quote = c
      quoted = true
    } else if (c === '\\' && i + 1 < text.length) word += text[++i]
    else if (c === ' ' || c === '\t') flush()
    else if (c === '|' || c === ';' || c === '&' || (c === '#' && word === '')) break
    else if (c === '>' || c === '<') {
      if (/^[0-9]$/.test(word)) word = ''
      break
    } else word += c
  }
  flush()
  return words
}

/** `3 packets dropped by kernel` (or by interface) → 3; -1 for another line. */
export function readDropped(text: string): number {
  const s = new Scanner().reset(text).spaces()
  const packets = s.number()
  if (packets < 0 || !(s.literal(' packets dropped by ') || s.literal(' packet dropped by '))) return -1
  return s.literal('kernel') || s.literal('interface') ? packets : -1
}
