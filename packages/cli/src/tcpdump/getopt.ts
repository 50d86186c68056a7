import { findLong, findShort } from './options/options.ts'
import type { Settings } from './settings.ts'

/** A wrong command line, in getopt_long(3)'s words; the usage is shown under it. */
export class BadOption extends Error {}

/** Reads the words as getopt_long(3) of the GNU C library does with tcpdump's options, into `settings`, in the order
 *  given: bundles (-nvr FILE), attached values, unambiguous beginnings of long names, options after operands (unless
 *  POSIXLY_CORRECT is set), `--`. Returns the words that are no options. Throws BadOption, Failure or Question. */
export function readOptions(words: readonly string[], settings: Settings): string[] {
  const operands: string[] = []
  const inOrder = process.env.POSIXLY_CORRECT !== undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    if (word === '--') return [...operands, ...words.slice(i + 1)]
    if (word === '-' || !word.startsWith('-')) {
      if (inOrder) return words.slice(i)
      operands.push(word)
    } else {
      const takesNext = word.startsWith('--')
        ? readLong(word.slice(2), words[i + 1], settings)
        : readBundle(word, words[i + 1], settings)
      if (takesNext) i++
    }
  }
  return operands
}

/** True if the next word was taken for the value. */
function readLong(word: string, next: string | undefined, settings: Settings): boolean {
  const equals = word.indexOf('=')
  const given = equals < 0 ? word : word.slice(0, equals)
  const found = findLong(given)
  if (found.length === 0) throw new BadOption(`unrecognized option '--${word}'`)
  if (found.length > 1) {
    const names = found.map(({ long }) => `'--${long}'`).join(' ')
    throw new BadOption(`option '--${word}' is ambiguous; possibilities: ${names}`)
  }
  const [option] = found
  if (option.value === undefined) {
    if (equals >= 0) throw new BadOption(`option '--${option.long}' doesn't allow an argument`)
    option.set(settings, '')
    return false
  }
  if (equals < 0 && next === undefined) throw new BadOption(`option '--${option.long}' requires an argument`)
  option.set(settings, equals < 0 ? (next ?? '') : word.slice(equals + 1))
  return equals < 0
}

function readBundle(word: string, next: string | undefined, settings: Settings): boolean {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at]
    const option = findShort(letter)
    if (option === undefined) throw new BadOption(`invalid option -- '${letter}'`)
    if (option.value === undefined) {
      option.set(settings, '')
      continue
    }
    const attached = word.slice(at + 1)
    if (attached === '' && next === undefined) throw new BadOption(`option requires an argument -- '${letter}'`)
    option.set(settings, attached === '' ? (next ?? '') : attached)
    return attached === ''
  }
  return false
}
