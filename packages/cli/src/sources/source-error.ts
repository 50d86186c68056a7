import type { Rejection } from '@wiretale/core'

export type SourceErrorCode =
  | 'no-such-file'
  | 'is-directory'
  | 'no-permission'
  | 'special-file'
  | 'read-failed'
  /** The format is known, but not even the file's header can be read. */
  | 'damaged-header'
  | Rejection['code']

/** An input that cannot be read at all: the user's to mend. One line says what, one what to do. */
export class SourceError extends Error {
  readonly code: SourceErrorCode
  /** What to do. */
  readonly hint: string

  constructor(code: SourceErrorCode, path: string, what: string, hint: string) {
    super(`${displayName(path)}: ${what}`)
    this.name = 'SourceError'
    this.code = code
    this.hint = hint
  }
}

/** A path as it may be shown on a terminal; `-` is spelled out. */
export function displayName(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return path === '-' ? 'standard input' : path.replace(/[\x00-\x1f\x7f-\x9f]/g, '?')
}

/** Turns an error of the file system into one that says what to do. */
export function fromSystemError(error: unknown, path: string): SourceError {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SourceError('no-such-file', path, 'no such file', 'check the name and the folder')
  }
  if (code === 'EISDIR') return directoryError(path)
  if (code === 'EACCES' || code === 'EPERM') {
    return new SourceError(
      'no-permission',
      path,
      'no permission to read it',
      'ask its owner, or run as a user who may read it',
    )
  }
  const what = error instanceof Error ? error.message : String(error)
  return new SourceError('read-failed', path, `reading failed (${what})`, 'try again, or copy the file elsewhere first')
}

export function directoryError(path: string): SourceError {
  return new SourceError('is-directory', path, 'is a directory, not a capture', 'name the files in it')
}
