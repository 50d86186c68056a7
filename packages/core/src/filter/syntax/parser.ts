import type { FilterError } from '../error.ts'
import { hintForNumber } from './hint.ts'
import { PROTOCOL_WORDS } from './keywords.ts'
import {
  continueArithmetic,
  isArithmeticOperator,
  isRelation,
  parseArithmetic,
  parseLoad,
  parseSimpleOperand,
} from './parse-arithmetic.ts'
import { isIdentifier, parseIdentifier, parseQualifiers } from './parse-identifier.ts'
import { parsePrimitive, parseQualifiedPrimitive } from './parse-primitive.ts'
import { TokenStream } from './tokens.ts'
import type { Arithmetic, ChainLink, FilterNode, Identifier, Qualifiers } from './tree.ts'

export interface ParsedFilter {
  /** Null for an empty expression, and beside an error. */
  readonly root: FilterNode | null
  readonly error: FilterError | null
  /** What was complete before the error, in the text's order: libpcap complains first of what is wrong in these. */
  readonly completed: readonly (FilterNode | Arithmetic)[]
}

/** Text → syntax tree, by the grammar of libpcap 1.10. */
export function parseFilter(text: string): ParsedFilter {
  const tokens = new TokenStream(text)
  try {
    return { root: new Parser(tokens).parse(), error: null, completed: [] }
  } catch (error) {
    return { root: null, error: error as FilterError, completed: tokens.completed }
  }
}

/** What may stand at a place: an identifier that inherits its qualifiers, a test of its own, or either. */
interface Allowed {
  readonly id: boolean
  readonly test: boolean
}
const TEST: Allowed = { id: false, test: true }
const ID: Allowed = { id: true, test: false }
const EITHER: Allowed = { id: true, test: true }

/** A part of the tree with what the parts after it inherit … */
interface Condition {
  readonly kind: 'id' | 'test'
  readonly node: FilterNode
  readonly inherited: Qualifiers | null
}
/** … or a number or sum, which is not yet a test. */
interface Sum {
  readonly kind: 'sum'
  readonly sum: Arithmetic
}

class Parser {
  private readonly tokens: TokenStream

  constructor(tokens: TokenStream) {
    this.tokens = tokens
  }

  parse(): FilterNode | null {
    if (this.tokens.current.kind === 'end') return null
    const { node } = this.parseChain(this.parsePart(TEST, null), EITHER)
    this.tokens.expect('end', 'joint')
    return node
  }

  /** The `and`s and `or`s after a first part. */
  private parseChain(first: Condition, allowed: Allowed): Condition {
    const { tokens } = this
    const rest: ChainLink[] = []
    let last = first
    while (tokens.current.kind === 'and' || tokens.current.kind === 'or') {
      const or = tokens.take().kind === 'or'
      last = this.parsePart(allowed, last.inherited)
      rest.push({ or, node: last.node })
    }
    if (rest.length === 0) return first
    const node: FilterNode = { kind: 'chain', first: first.node, rest, at: first.node.at, end: tokens.lastEnd }
    return { kind: first.kind, node, inherited: last.inherited }
  }

  /** One operand of `and`, `or` and `not`. */
  private parsePart(allowed: Allowed, inherited: Qualifiers | null): Condition {
    const part = this.parseStart(allowed, inherited)
    if (part.kind !== 'sum') return part
    const { kind } = this.tokens.current
    if (allowed.test && (isArithmeticOperator(kind) || isRelation(kind)))
      return this.relation(continueArithmetic(this.tokens, part.sum, -1))
    if (!allowed.id || part.sum.kind !== 'number') throw this.afterSum(part.sum)
    return this.identifier({ kind: 'number', value: part.sum.value }, inherited, part.sum.at)
  }

  /** A part, or the first operand of a sum. */
  private parseStart(allowed: Allowed, inherited: Qualifiers | null): Condition | Sum {
    const { tokens } = this
    const { kind, at } = tokens.current
    if (kind === 'not') return this.parseNot(allowed, inherited)
    if (kind === '(') return this.parseParenthesis(allowed, inherited)
    if (kind === 'number') return { kind: 'sum', sum: parseSimpleOperand(tokens) }
    if (isIdentifier(kind) && allowed.id) return this.identifier(parseIdentifier(tokens), inherited, at)
    if (!allowed.test) throw tokens.unexpected('identifier')
    if (isIdentifier(kind)) throw tokens.unexpected('test')
    if (kind === 'len' || kind === '-') return { kind: 'sum', sum: parseSimpleOperand(tokens) }
    if (!PROTOCOL_WORDS.has(kind)) {
      const primitive = parsePrimitive(tokens)
      return primitive === null ? this.parseQualified(null, at) : this.test(primitive)
    }
    tokens.take()
    if (tokens.current.kind === '[') return { kind: 'sum', sum: parseLoad(tokens, kind, at) }
    return this.parseQualified(kind, at)
  }

  /** What begins with a protocol, a direction or a type. */
  private parseQualified(protocol: string | null, at: number): Condition {
    const { tokens } = this
    const qualifiers = parseQualifiers(tokens, protocol)
    if (qualifiers !== null) return { ...this.parsePart(ID, qualifiers), kind: 'test' }
    const primitive = parseQualifiedPrimitive(tokens, protocol, at)
    if (primitive !== null) return this.test(primitive)
    if (protocol === null) throw tokens.unexpected('test')
    if (!['and', 'or', ')', 'end'].includes(tokens.current.kind)) throw tokens.unexpected('joint')
    return this.test({ kind: 'protocol', protocol, at, end: tokens.lastEnd })
  }

  private parseNot(allowed: Allowed, inherited: Qualifiers | null): Condition {
    const { tokens } = this
    const { at } = tokens.current
    let negated = false
    while (tokens.accept('not')) negated = !negated
    const part = this.parsePart(allowed, inherited)
    return negated ? { ...part, node: { kind: 'not', node: part.node, at, end: tokens.lastEnd } } : part
  }

  /** `( … )`: a whole expression, a list of identifiers, or a sum. Which of them shows only inside. */
  private parseParenthesis(allowed: Allowed, inherited: Qualifiers | null): Condition | Sum {
    const { tokens } = this
    const open = tokens.expect('(')
    tokens.enter()
    const part = this.parseInside(allowed, inherited)
    tokens.leave()
    const { end } = tokens.expect(')', 'joint')
    if (part.kind === 'sum') return { kind: 'sum', sum: { ...part.sum, at: open.at, end } }
    // What a whole expression leaves behind is what it found, not what it says.
    return part.kind === 'test' ? { ...part, inherited } : part
  }

  private parseInside(allowed: Allowed, inherited: Qualifiers | null): Condition | Sum {
    const { tokens } = this
    // A list of identifiers cannot begin with another in parentheses.
    const startAllowed = tokens.current.kind === '(' ? { id: false, test: allowed.test } : allowed
    let first = this.parseStart(startAllowed, inherited)
    if (first.kind === 'sum') {
      const sum = allowed.test ? continueArithmetic(tokens, first.sum, -1) : first.sum
      const { kind } = tokens.current
      if (kind === ')') return { kind: 'sum', sum }
      if (allowed.test && isRelation(kind)) first = this.relation(sum)
      else if (allowed.id && sum.kind === 'number' && (kind === 'and' || kind === 'or'))
        first = this.identifier({ kind: 'number', value: sum.value }, inherited, sum.at)
      else throw tokens.unexpected()
    }
    return this.parseChain(first, first.kind === 'id' ? ID : EITHER)
  }

  /** The error where a number or sum is compared with nothing. */
  private afterSum(sum: Arithmetic): FilterError {
    const error = this.tokens.unexpected()
    const isOver = ['and', 'or', ')', 'end'].includes(this.tokens.current.kind)
    if (sum.kind === 'number' && isOver) error.hint = hintForNumber(String(sum.value))
    else if (isOver) error.hint = "a comparison is missing: '=', '!=', '<', …"
    return error
  }

  private relation(left: Arithmetic): Condition {
    const { tokens } = this
    const relation = tokens.current.kind
    if (!isRelation(relation)) throw tokens.unexpected()
    tokens.take()
    const right = parseArithmetic(tokens)
    return this.test({ kind: 'relation', relation, left, right, at: left.at, end: right.end })
  }

  private test(node: FilterNode): Condition {
    return { kind: 'test', node: this.tokens.complete(node), inherited: null }
  }

  private identifier(id: Identifier, qualifiers: Qualifiers | null, at: number): Condition {
    const node = this.tokens.complete<FilterNode>({ kind: 'id', id, qualifiers, at, end: this.tokens.lastEnd })
    return { kind: 'id', node, inherited: qualifiers }
  }
}
