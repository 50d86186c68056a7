import { FilterError } from '../error.ts'
import { type Awaited, hintFor } from './hint.ts'
import { Lexer, syntaxError, type Token } from './lexer.ts'
import type { Arithmetic, FilterNode } from './tree.ts'

/** Depth of nesting (parentheses, brackets, right-binding operators) that the parser follows. */
const MAX_DEPTH = 1000

/** The token stream with one token of look-ahead, read when it is asked for, and the guard against deep nesting. */
export class TokenStream {
  /** End of the token before the current one. */
  lastEnd = 0
  /** What was complete so far, in the text's order: should the text go wrong later, libpcap complains first of what is
   *  wrong in these. */
  readonly completed: (FilterNode | Arithmetic)[] = []
  private readonly lexer: Lexer
  private ahead: Token | null = null
  private depth = 0

  constructor(text: string) {
    this.lexer = new Lexer(text)
  }

  get current(): Token {
    this.ahead ??= this.lexer.next()
    return this.ahead
  }

  /** Steps over the current token, and gives it. */
  take(): Token {
    const token = this.current
    this.lastEnd = token.end
    this.ahead = null
    return token
  }

  /** Notes that a node is complete. */
  complete<T extends FilterNode | Arithmetic>(node: T): T {
    this.completed.push(node)
    return node
  }

  /** Steps over the current token if it is of this kind. */
  accept(kind: string): boolean {
    if (this.current.kind !== kind) return false
    this.take()
    return true
  }

  /** The current token, which must be of this kind. */
  expect(kind: string, awaited: Awaited = 'other'): Token {
    if (this.current.kind !== kind) throw this.unexpected(awaited)
    return this.take()
  }

  /** The error where the grammar cannot go on. */
  unexpected(awaited: Awaited = 'other'): FilterError {
    const { at, end } = this.current
    return syntaxError(at, end, hintFor(this.current, awaited))
  }

  /** Call where the grammar nests, leave() after it. */
  enter(): void {
    if (++this.depth <= MAX_DEPTH) return
    const { at, end } = this.current
    throw new FilterError(
      'too-complex',
      "can't parse filter expression: memory exhausted",
      at,
      end,
      `nested more than ${MAX_DEPTH} levels deep`,
    )
  }

  leave(): void {
    this.depth--
  }
}
