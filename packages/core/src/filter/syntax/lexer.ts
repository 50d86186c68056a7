import type { Offset } from '../../units.ts'
import { parseIpv6 } from '../addresses.ts'
import { FilterError } from '../error.ts'
import { constantValue, keywordToken } from './keywords.ts'

/** `kind`: a keyword's token, an operator's text, or one of
 *  number (value), name, ipv4 (dotted, two to four parts), ipv6, mac, arcnet, end. */
export interface Token {
  readonly kind: string
  /** As written; of an escaped name (`\tcp`) without its backslash. */
  readonly text: string
  readonly value: number
  readonly at: Offset
  readonly end: Offset
}

// The forms compete: the longest match wins, and among equally long ones the first of this list.
const NUMBER = /(?:0[xX][0-9A-Fa-f]+|[0-9]+)/y
const N = '(?:0[xX][0-9A-Fa-f]+|[0-9]+)'
const DOTTED = new RegExp(`${N}(?:\\.${N}){1,3}`, 'y')
const MAC =
  /(?:[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2}){5}|[0-9A-Fa-f]{1,2}(?:-[0-9A-Fa-f]{1,2}){5}|[0-9A-Fa-f]{1,2}(?:\.[0-9A-Fa-f]{1,2}){5}|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}|[0-9A-Fa-f]{12})/y
const BAD_MAC = /[0-9A-Fa-f]{1,2}:+(?:[0-9A-Fa-f]{1,2}:+)+/y
const IPV6_LETTERS = /[0-9A-Fa-fxX:.]+/y
const NAME = /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y
const ESCAPED = /\\[^ !()\n\t]+/y
const ARCNET = /\$[0-9A-Fa-f]{1,2}/y
const OPERATOR = /(?:&&|\|\||>=|<=|!=|==|<<|>>|[-+*/%:[\]!<>()&|^=])/y
const OPERATOR_TOKENS: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not', '==': '=' }
/** Longer than any address; keeps the search for one short in a hostile text. */
const IPV6_LIMIT = 80

/** Splits an expression into tokens, one at a time. */
export class Lexer {
  private readonly text: string
  private at: Offset = 0

  constructor(text: string) {
    this.text = text
  }

  /** The next token; `end` again and again at the end. Throws FilterError where no token begins. */
  next(): Token {
    const { text } = this
    while (this.at < text.length && ' \r\n\t'.includes(text[this.at])) this.at++
    const at = this.at
    if (at >= text.length) return { kind: 'end', text: '', value: 0, at, end: at }
    const token = this.operator(at) ?? this.word(at)
    if (token === null) throw syntaxError(at, at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1))
    this.at = token.end
    return token
  }

  private operator(at: Offset): Token | null {
    const operator = match(OPERATOR, this.text, at)
    // `::1` is an address.
    if (operator === '' || (operator === ':' && this.text[at + 1] === ':')) return null
    const kind = OPERATOR_TOKENS[operator] ?? operator
    return { kind, text: operator, value: 0, at, end: at + operator.length }
  }

  private word(at: Offset): Token | null {
    const { text } = this
    const arcnet = match(ARCNET, text, at)
    if (arcnet !== '') return { kind: 'arcnet', text: arcnet, value: 0, at, end: at + arcnet.length }
    const escaped = match(ESCAPED, text, at)
    if (escaped !== '') return { kind: 'name', text: escaped.slice(1), value: 0, at, end: at + escaped.length }
    const name = match(NAME, text, at)
    const mac = match(MAC, text, at)
    const number = match(NUMBER, text, at)
    const dotted = match(DOTTED, text, at)
    const ipv6 = longestIpv6(text, at)
    const badMac = match(BAD_MAC, text, at)
    const longest = Math.max(name.length, mac.length, number.length, dotted.length, ipv6.length, badMac.length)
    if (longest === 0) return null
    const end = at + longest
    const token = (kind: string, value = 0): Token => ({ kind, text: text.slice(at, end), value, at, end })
    const keyword = keywordToken(name)
    if (name.length === longest && keyword !== undefined) return token(keyword)
    if (mac.length === longest) return token('mac')
    if (number.length === longest) return token('number', numberValue(number, at))
    if (dotted.length === longest) return token('ipv4')
    if (ipv6.length === longest) {
      if (parseIpv6(ipv6) === null) throw new FilterError('meaning', `bogus IPv6 address ${ipv6}`, at, end)
      return token('ipv6')
    }
    if (badMac.length === longest) throw new FilterError('meaning', `bogus ethernet address ${badMac}`, at, end)
    const constant = constantValue(name)
    return constant === undefined ? token('name') : token('number', constant)
  }
}

export function syntaxError(at: Offset, end: Offset, hint: string | null = null): FilterError {
  return new FilterError('syntax', "can't parse filter expression: syntax error", at, end, hint)
}

function match(form: RegExp, text: string, at: Offset): string {
  form.lastIndex = at
  return form.exec(text)?.[0] ?? ''
}

/** The longest beginning that has the shape of an IPv6 address: groups of up to four digits, at most one `::`,
 *  perhaps a dotted tail, whose numbers may be too large. Empty if there is none. */
function longestIpv6(text: string, at: Offset): string {
  let candidate = match(IPV6_LETTERS, text.slice(at, at + IPV6_LIMIT), 0)
  for (; candidate.includes(':'); candidate = candidate.slice(0, -1)) if (isIpv6Shaped(candidate)) return candidate
  return ''
}

const GROUP = /^[0-9A-Fa-f]{1,4}$/
const WHOLE_DOTTED = new RegExp(`^${N}(?:\\.${N}){3}$`)

function isIpv6Shaped(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  let groups = 0
  for (const [h, half] of halves.entries()) {
    if (half === '') continue
    const parts = half.split(':')
    for (const [i, part] of parts.entries()) {
      const isTail = h === halves.length - 1 && i === parts.length - 1
      if (GROUP.test(part)) groups++
      else if (isTail && WHOLE_DOTTED.test(part)) groups += 2
      else return false
    }
  }
  return halves.length === 1 ? groups === 8 : groups <= 7
}

/** Value of decimal, octal (leading 0) or hexadecimal digits. */
function numberValue(digits: string, at: Offset): number {
  const end = at + digits.length
  const isHex = /^0x/i.test(digits)
  const isOctal = !isHex && digits.length > 1 && digits[0] === '0'
  const base = isHex ? 16 : isOctal ? 8 : 10
  let value = 0
  for (let i = isHex ? 2 : 0; i < digits.length; i++) {
    const digit = Number.parseInt(digits[i], 16)
    if (digit >= base) throw new FilterError('meaning', `number ${digits} contains non-octal digit`, at, end)
    value = value * base + digit
    if (value > 0xffffffff) throw new FilterError('meaning', `number ${digits} overflows 32 bits`, at, end)
  }
  return value
}
