import { PROTOCOL_WORDS } from './keywords.ts'
import type { TokenStream } from './tokens.ts'
import type { Arithmetic, ArithmeticOperator, Relation } from './tree.ts'

/** How tightly an operator binds. `%` and `^` have no place in libpcap's order: next to them the operator on the right
 *  is always done first, and so is one on the right of them (`1 ^ 2 + 3` is `1 ^ (2 + 3)`, `1 + 2 ^ 3` is `1 + (2 ^ 3)`). */
const BINDING: Readonly<Record<string, number>> = {
  '|': 1,
  '&': 2,
  '<<': 3,
  '>>': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 0,
  '^': 0,
}
/** A minus sign binds tightest, but for `%` and `^` after its operand. */
const MINUS = 6

const RELATIONS: ReadonlySet<string> = new Set(['=', '!=', '<', '<=', '>', '>='])

export function isArithmeticOperator(kind: string): kind is ArithmeticOperator {
  return kind in BINDING
}

export function isRelation(kind: string): kind is Relation {
  return RELATIONS.has(kind)
}

/** One operand and all operators after it. */
export function parseArithmetic(tokens: TokenStream): Arithmetic {
  return continueArithmetic(tokens, parseOperand(tokens), -1)
}

/** The operators after `left` that bind tighter than the one before it (`binding`; -1 = none before). */
export function continueArithmetic(tokens: TokenStream, left: Arithmetic, binding: number): Arithmetic {
  let result = left
  for (;;) {
    const operator = tokens.current.kind
    if (!isArithmeticOperator(operator)) return result
    const own = BINDING[operator]
    // Left to right among equals; without a place in the order on either side, the right one first.
    if (own !== 0 && binding > 0 && own <= binding) return result
    tokens.take()
    tokens.enter()
    const right = continueArithmetic(tokens, parseOperand(tokens), own)
    tokens.leave()
    result = { kind: 'binary', operator, left: result, right, at: result.at, end: right.end }
  }
}

function parseOperand(tokens: TokenStream): Arithmetic {
  const { kind, at } = tokens.current
  if (kind === 'number' || kind === 'len' || kind === '-') return parseSimpleOperand(tokens)
  if (kind === '(') {
    tokens.take()
    tokens.enter()
    const inner = parseArithmetic(tokens)
    tokens.leave()
    return { ...inner, at, end: tokens.expect(')').end }
  }
  if (PROTOCOL_WORDS.has(kind)) {
    const protocol = tokens.take()
    return parseLoad(tokens, protocol.kind, protocol.at)
  }
  throw tokens.unexpected()
}

/** A number, `len`, or a minus sign with its operand. */
export function parseSimpleOperand(tokens: TokenStream): Arithmetic {
  const { kind, at, end, value } = tokens.take()
  if (kind === 'number') return { kind: 'number', value, at, end }
  if (kind === 'len') return { kind: 'len', at, end }
  tokens.enter()
  const operand = continueArithmetic(tokens, parseOperand(tokens), MINUS)
  tokens.leave()
  return { kind: 'negate', operand, at, end: operand.end }
}

/** `[index]` or `[index:size]` after a protocol. */
export function parseLoad(tokens: TokenStream, protocol: string, at: number): Arithmetic {
  tokens.expect('[')
  tokens.enter()
  const index = parseArithmetic(tokens)
  tokens.leave()
  const size = tokens.accept(':') ? tokens.expect('number').value : 1
  return tokens.complete({ kind: 'load', protocol, index, size, at, end: tokens.expect(']').end })
}
