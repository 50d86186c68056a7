/** Values with names, and the small number formats that several protocols share. */
import type { Line } from './line.ts'

export type Names = ReadonlyMap<number, string>

/** Names of 0, 1, 2 … in one string, separated by `|`; an empty one stands for a value without a name. */
export function namesFromZero(list: string): Names {
  const names = new Map<number, string>()
  for (const [value, name] of list.split('|').entries()) if (name !== '') names.set(value, name)
  return names
}

/** The name, or the number between `before` and `after`. */
export function nameOf(names: Names, value: number, before: string, after = ''): string {
  return names.get(value) ?? `${before}${value}${after}`
}

/** The names of all bits that are set, or `none`. */
export function bitNames(names: Names, value: number, separator: string, none: string): string {
  let text = ''
  for (const [bits, name] of names) {
    if ((value & bits) >>> 0 !== bits) continue
    text += text === '' ? name : separator + name
  }
  return text === '' ? none : text
}

const spans = [31_536_000, 604_800, 86_400, 3600, 60, 1]
const SPAN_LETTERS = 'ywdhms'

/** Seconds as 1y2w3d4h5m6s, without the parts that are zero. */
export function printSpan(out: Line, seconds: number): void {
  if (seconds === 0) {
    out.text('0s')
    return
  }
  let left = seconds
  for (let i = 0; i < spans.length; i++) {
    const count = Math.floor(left / spans[i])
    if (count === 0) continue
    out.decimal(count)
    out.byte(SPAN_LETTERS.charCodeAt(i))
    left -= count * spans[i]
  }
}

/** As C's %.2f: halves of a hundredth, which only eighths have exactly, go to the even digit. */
export function twoDecimals(value: number): string {
  if (!Number.isInteger(value * 8) || Number.isInteger(value * 4)) return value.toFixed(2)
  return ((2 * Math.round((value * 100) / 2)) / 100).toFixed(2)
}
