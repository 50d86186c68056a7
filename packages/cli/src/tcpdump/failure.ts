/** Ends tcpdump mode with one message on standard error, as tcpdump words it; the program's name is put in front. */
export class Failure extends Error {
  /** What to do, shown under the message unless the program was called as tcpdump. */
  readonly hint: string | null
  /** Lines between the message and the hint, shown under the same condition. */
  readonly details: string | null
  readonly exitCode: number

  constructor(message: string, hint: string | null = null, details: string | null = null, exitCode = 1) {
    super(message)
    this.name = 'Failure'
    this.hint = hint
    this.details = details
    this.exitCode = exitCode
  }
}

/** The C library's words (strerror) for what happens to files. */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EFBIG: 'File too large',
  EINVAL: 'Invalid argument',
  EIO: 'Input/output error',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  EMFILE: 'Too many open files',
  ENAMETOOLONG: 'File name too long',
  ENFILE: 'Too many open files in system',
  ENODEV: 'No such device',
  ENOENT: 'No such file or directory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENXIO: 'No such device or address',
  EOVERFLOW: 'Value too large for defined data type',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  ETXTBSY: 'Text file busy',
  EDQUOT: 'Disk quota exceeded',
}

/** What the system says of an error, in the C library's words: `No such file or directory`. */
export function systemWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // A path with a zero byte in it, which the C library could not be given.
  if (code === 'ERR_INVALID_ARG_VALUE') return WORDS.ENOENT
  return WORDS[code] ?? error.message
}
