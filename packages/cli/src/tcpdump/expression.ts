import { readFileSync } from 'node:fs'
import { Failure, systemWords } from './failure.ts'
import type { Settings } from './settings.ts'

/** The filter: -F's file in place of the words that are no options. Throws Failure. */
export function findExpression(settings: Settings, operands: readonly string[]): string {
  return settings.filterFile === null ? operands.join(' ') : readExpression(settings.filterFile)
}

/** A file's text up to a zero byte, comments (# to the end of the line) blanked out. */
function readExpression(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(`can't open ${path}: ${systemWords(error)}`)
  }
  return text.replace(/#.*/g, (comment) => ' '.repeat(comment.length)).replace(/\0.*/s, '')
}
