import { type Flag, UsageError } from './flag.ts'
import { suggest } from './suggest.ts'

/** What a command line says: a value for each option that was given, and the words that are no options. */
export class Arguments {
  readonly operands: string[] = []
  readonly #values = new Map<string, string | number | boolean | readonly string[]>()
  readonly #letters = new Set<string>()

  /** `isLetter`: given by its one letter, not by its name. */
  set(name: string, value: string | number | boolean | readonly string[], isLetter = false): void {
    this.#values.set(name, value)
    if (isLetter) this.#letters.add(name)
    else this.#letters.delete(name)
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** Whether an option was given by its letter. */
  isLetter(name: string): boolean {
    return this.#letters.has(name)
  }

  /** A switch: null if neither it nor its --no- form was given. */
  switch(name: string): boolean | null {
    const value = this.#values.get(name)
    return typeof value === 'boolean' ? value : null
  }

  text(name: string): string | null {
    return this.choice(name)
  }

  choice(name: string): string | null {
    const value = this.#values.get(name)
    return typeof value === 'string' ? value : null
  }

  number(name: string): number | null {
    const value = this.#values.get(name)
    return typeof value === 'number' ? value : null
  }

  /** Every value of an option that may be given several times, in order; empty if it was not. */
  texts(name: string): readonly string[] {
    return this.list(name) ?? []
  }

  list(name: string): readonly string[] | null {
    const value = this.#values.get(name)
    return Array.isArray(value) ? value : null
  }
}

/** Printable form of a word of the command line. */
function quote(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return `'${word.replace(/[\x00-\x1f\x7f-\x9f]/g, '?').slice(0, 80)}'`
}

const SEE_HELP = 'see wiretale --help'

/** Reads words by `flags`: `--name value`, `--name=value`, unambiguous beginnings of long names, `--no-name`,
 *  `-c 3`, `-c3`, bundles of one-letter switches, `--` before operands; `-` alone is an operand. Options and operands
 *  may come in any order; of an option given twice the last counts, of `texts` all do. Throws UsageError. */
export function parseArguments(words: readonly string[], flags: readonly Flag[]): Arguments {
  const result = new Arguments()
  for (let i = 0; i < words.length; i++) {
    const word = words[i]
    const next = (flag: Flag, shown: string): string => {
      i++
      if (i >= words.length) throw new UsageError(`${shown} needs a value (${flag.value})`, describe(flag))
      return words[i]
    }
    if (word === '--') {
      result.operands.push(...words.slice(i + 1))
      break
    }
    if (word.startsWith('--')) readLong(word, flags, result, next)
    else if (word.startsWith('-') && word !== '-') readShort(word, flags, result, next)
    else result.operands.push(word)
  }
  return result
}

type Next = (flag: Flag, shown: string) => string

function readLong(word: string, flags: readonly Flag[], result: Arguments, next: Next): void {
  const equals = word.indexOf('=')
  const given = equals < 0 ? word.slice(2) : word.slice(2, equals)
  const { flag, negated } = findLong(given, flags)
  if (flag.kind === 'switch') {
    if (equals >= 0) throw new UsageError(`--${given} takes no value`, SEE_HELP)
    result.set(flag.name, !negated)
    return
  }
  take(flag, equals < 0 ? next(flag, `--${flag.name}`) : word.slice(equals + 1), result)
}

/** The last value counts, or all of them do. */
function take(flag: Flag, text: string, result: Arguments, isLetter = false): void {
  const value = flag.kind === 'texts' ? [...result.texts(flag.name), text] : readValue(flag, text)
  result.set(flag.name, value, isLetter)
}

/** An exact name, or the only name that begins so. */
function findLong(given: string, flags: readonly Flag[]): { flag: Flag; negated: boolean } {
  const names = flags.flatMap((flag) => {
    const plain = { name: flag.name, flag, negated: false }
    return flag.kind === 'switch' ? [plain, { name: `no-${flag.name}`, flag, negated: true }] : [plain]
  })
  const exact = names.find(({ name }) => name === given)
  if (exact !== undefined) return exact
  const begin = given === '' ? [] : names.filter(({ name }) => name.startsWith(given))
  if (begin.length === 1) return begin[0]
  if (begin.length > 1) {
    throw new UsageError(`--${given} could be ${begin.map(({ name }) => `--${name}`).join(' or ')}`, SEE_HELP)
  }
  const guess = suggest(
    given,
    names.map(({ name }) => name),
  )
  throw new UsageError(`unknown option ${quote(`--${given}`)}`, guess === null ? SEE_HELP : `did you mean --${guess}?`)
}

function readShort(word: string, flags: readonly Flag[], result: Arguments, next: Next): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at]
    const flag = flags.find(({ short }) => short === letter)
    if (flag === undefined) {
      const guess = suggest(
        word.slice(1),
        flags.map(({ name }) => name),
      )
      const hint = word.length > 2 && guess !== null ? `did you mean --${guess}?` : SEE_HELP
      throw new UsageError(`unknown option ${quote(word.length > 2 ? word : `-${letter}`)}`, hint)
    }
    if (flag.kind === 'switch') {
      result.set(flag.name, true, true)
      continue
    }
    const rest = word.slice(at + 1)
    take(flag, rest === '' ? next(flag, `-${letter}`) : rest, result, true)
    return
  }
}

/** `--lang is en, zh or both` */
function describe(flag: Flag): string {
  if (flag.kind === 'text' || flag.kind === 'texts') return `--${flag.name} ${flag.value}`
  if (flag.choices === undefined)
    return `--${flag.name} takes a whole number${flag.least ? ` from ${flag.least} on` : ''}`
  const last = flag.choices.at(-1)
  const either = `${flag.choices.slice(0, -1).join(', ')} ${flag.kind === 'list' ? 'and' : 'or'} ${last}`
  return flag.kind === 'list'
    ? `--${flag.name} takes any of ${either}, separated by commas`
    : `--${flag.name} is ${either}`
}

function readValue(flag: Flag, text: string): string | number | readonly string[] {
  const wrong = (part: string): UsageError => {
    const guess = flag.choices === undefined ? null : suggest(part, flag.choices)
    return new UsageError(
      `--${flag.name} cannot be ${quote(part)}`,
      guess === null ? describe(flag) : `did you mean ${guess}? ${describe(flag)}`,
    )
  }
  switch (flag.kind) {
    case 'number': {
      const value = Number(text)
      if (!/^\d{1,9}$/.test(text) || value < (flag.least ?? 0)) throw wrong(text)
      return value
    }
    case 'list': {
      const parts = text.split(',').filter((part) => part !== '')
      for (const part of parts) if (!flag.choices?.includes(part)) throw wrong(part)
      if (parts.length === 0) throw wrong(text)
      return parts
    }
    case 'text':
      return text
    default: {
      if (!flag.choices?.includes(text)) throw wrong(text)
      return text
    }
  }
}
