import type { Paint, Style } from '@wiretale/core'

/** Sixteen-colour names only, so that the terminal's theme decides what blue is. */
const CODES: Record<Style, [string, string] | null> = {
  plain: null,
  client: ['\x1b[34m', '\x1b[39m'],
  server: ['\x1b[33m', '\x1b[39m'],
  finding: ['\x1b[1m', '\x1b[22m'],
  heading: ['\x1b[1m', '\x1b[22m'],
  dim: ['\x1b[2m', '\x1b[22m'],
}

/** Colours a piece of finished text; spaces around it stay plain. */
export const paintAnsi: Paint = (style, text) => {
  const code = CODES[style]
  return code === null || text.trim() === '' ? text : code[0] + text + code[1]
}

/** https://no-color.org: any value but the empty one switches colours off. */
export function wantsColor(when: string): boolean {
  if (when !== 'auto') return when === 'always'
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
}
