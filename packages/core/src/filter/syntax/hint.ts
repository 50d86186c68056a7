import { allKeywords, keywordToken } from './keywords.ts'
import type { Token } from './lexer.ts'

/** What the grammar was waiting for: a test, something after a qualifier (an identifier), or `and`, `or` or the end. */
export type Awaited = 'test' | 'identifier' | 'joint' | 'other'

/** What the user may have meant, where the grammar could not go on; null if nothing is near. */
export function hintFor(token: Token, awaited: Awaited): string | null {
  const { kind, text } = token
  if (kind === 'name') {
    const keyword = nearKeyword(text)
    if (keyword !== null) return `did you mean '${keyword}'?`
  }
  if (kind === 'end') return awaited === 'joint' ? "a ')' is missing" : 'the expression ends too early'
  if (kind === ')') return awaited === 'joint' ? "this ')' has no '('" : 'something is missing before it'
  if (awaited === 'identifier' && keywordToken(text) !== undefined)
    return `'${text}' is a word of the language; as a name, write '\\${text}'`
  if (awaited === 'joint' && beginsTest(kind)) return `'and' or 'or' is missing before '${text}'`
  if (awaited !== 'test') return null
  if (kind === 'name' || kind === 'ipv4' || kind === 'ipv6') return `did you mean 'host ${text}'?`
  return kind === 'mac' ? `did you mean 'ether host ${text}'?` : null
}

/** The same for a number, where a whole test was awaited. */
export function hintForNumber(text: string): string {
  return `did you mean 'port ${text}'?`
}

const NO_BEGINNING: ReadonlySet<string> = new Set([
  'and',
  'or',
  'mask',
  ']',
  ':',
  '/',
  '[',
  '=',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
])

function beginsTest(kind: string): boolean {
  return !NO_BEGINNING.has(kind)
}

/** A keyword that is one slip away: a letter missing, one too many, a wrong one, or two exchanged. */
export function nearKeyword(word: string): string | null {
  if (word.length < 3) return null
  const lower = word.toLowerCase()
  const keywords = allKeywords()
  const isNear = (keyword: string): boolean => isOneSlip(lower, keyword)
  return (
    keywords.find((keyword) => keyword === lower) ??
    keywords.find((keyword) => keyword.startsWith(lower) && isNear(keyword)) ??
    keywords.find(isNear) ??
    null
  )
}

function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  let end = 0
  while (end < Math.min(a.length, b.length) - same && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const left = a.slice(same, a.length - end)
  const right = b.slice(same, b.length - end)
  if (left.length + right.length <= 2) return left.length <= 1 && right.length <= 1
  return left.length === 2 && left[0] === right[1] && left[1] === right[0]
}
