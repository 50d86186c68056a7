import type { Offset } from '../units.ts'

export type FilterErrorCode =
  /** The text is no expression of the language. */
  | 'syntax'
  /** A host, port, protocol, network or other name that nothing knows. */
  | 'unknown-name'
  /** Well formed, but it means nothing: "tcp host", a mask with host bits, a number out of range. */
  | 'meaning'
  /** Makes sense, though not for this link type or this source. */
  | 'unsupported'
  /** Can never be true. */
  | 'rejects-all'
  /** Beyond the limits that keep compilation bounded. */
  | 'too-complex'

/** What is wrong with a filter expression. `message` is in libpcap's own words. */
export class FilterError extends Error {
  readonly code: FilterErrorCode
  /** Place of the offending text in the expression, in UTF-16 units; `end` is exclusive, and equal to `at`
   *  where text is missing. -1: it is the whole that is wrong. */
  at: Offset
  end: Offset
  /** What the user may have meant, one line without a full stop; null where no suggestion is near. */
  hint: string | null

  constructor(code: FilterErrorCode, message: string, at: Offset = -1, end: Offset = at, hint: string | null = null) {
    super(message)
    this.name = 'FilterError'
    this.code = code
    this.at = at
    this.end = end
    this.hint = hint
  }
}

/** Something that makes no sense; the caller adds the place. */
export function meaningless(message: string): FilterError {
  return new FilterError('meaning', message)
}

/** Something that this link type or source cannot do; the caller adds the place. */
export function unsupported(message: string): FilterError {
  return new FilterError('unsupported', message)
}
