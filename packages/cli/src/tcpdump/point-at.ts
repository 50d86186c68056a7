import { escapeText, type FilterError, textWidth } from '@wiretale/core'

/** What is shown of a longer expression around the place. */
const WINDOW = 60

/** The expression, and under it carets at the place of the error; null where the error has no place. */
export function pointAt(expression: string, { at, end }: Pick<FilterError, 'at' | 'end'>): string | null {
  if (at < 0 || at > expression.length) return null
  const from = Math.max(0, at - WINDOW / 2)
  const to = Math.min(expression.length, from + WINDOW)
  const before = (from > 0 ? '…' : '') + escapeText(expression.slice(from, at))
  const marked = escapeText(expression.slice(at, Math.min(Math.max(end, at), to)))
  const after = escapeText(expression.slice(Math.min(Math.max(end, at), to), to)) + (to < expression.length ? '…' : '')
  const carets = '^'.repeat(Math.max(1, textWidth(marked)))
  return `  ${before}${marked}${after}\n  ${' '.repeat(textWidth(before))}${carets}`
}
