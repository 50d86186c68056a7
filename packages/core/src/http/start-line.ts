import type { Side } from '../conversation/stream.ts'
import type { Offset } from '../units.ts'
import { HeadFacts, type Texts } from './head-facts.ts'
import { ascii, CR, decodeLatin1, findLineEnd, isDigit, isTokenByte, SPACE, trimEnd } from './text.ts'

/** The IANA registry's methods that occur on HTTP/1 wires; also what a stream is resynchronised at. */
const METHODS = [
  'GET',
  'POST',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'PATCH',
  'TRACE',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'LOCK',
  'UNLOCK',
  'REPORT',
  'MKCALENDAR',
  'SEARCH',
  'LINK',
  'UNLINK',
  'BIND',
  'REBIND',
  'UNBIND',
  'ACL',
  'CHECKIN',
  'CHECKOUT',
  'MERGE',
  'MKACTIVITY',
  'QUERY',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'NOTIFY',
  'M-SEARCH',
  'PURGE',
]
const METHOD_BYTES = METHODS.map(ascii)
const MAX_METHOD = 32
/** `HTTP/1.` */
const VERSION = ascii('HTTP/1.')

/** Whether bytes can begin a start line: no, they do so far as they go, or they do. */
export const Verdict = { NO: 0, PERHAPS: 1, YES: 2 } as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

/** The registered method in b[at, end), whose string is shared; else null. */
function knownMethod(b: Uint8Array, at: Offset, end: Offset): string | null {
  const length = end - at
  for (let k = 0; k < METHODS.length; k++) {
    const word = METHOD_BYTES[k]
    if (word.length !== length) continue
    let i = 0
    while (i < length && word[i] === b[at + i]) i++
    if (i === length) return METHODS[k]
  }
  return null
}

/** Whether a stream that may be HTTP/1 begins with b[at, end): any token as method, or `HTTP/1.`. Looks at 33 bytes at most. */
export function judgeStart(side: Side, b: Uint8Array, at: Offset, end: Offset): Verdict {
  if (side === 1) {
    const stop = Math.min(end, at + VERSION.length)
    for (let i = at; i < stop; i++) if (b[i] !== VERSION[i - at]) return Verdict.NO
    return stop - at < VERSION.length ? Verdict.PERHAPS : Verdict.YES
  }
  const stop = Math.min(end, at + MAX_METHOD + 1)
  for (let i = at; i < stop; i++) {
    if (b[i] === SPACE) return i > at ? Verdict.YES : Verdict.NO
    if (!isTokenByte(b[i])) return Verdict.NO
  }
  return stop === end ? Verdict.PERHAPS : Verdict.NO
}

/** Stricter, for finding a message again after lost bytes: a registered method with the start of a target, or a status. */
export function looksLikeStart(side: Side, b: Uint8Array, at: Offset, end: Offset): boolean {
  if (side === 1) {
    return (
      end - at >= 12 &&
      judgeStart(1, b, at, end) === Verdict.YES &&
      isDigit(b[at + 7]) &&
      b[at + 8] === SPACE &&
      isDigit(b[at + 9]) &&
      isDigit(b[at + 10]) &&
      isDigit(b[at + 11])
    )
  }
  const stop = Math.min(end, at + MAX_METHOD)
  let i = at
  while (i < stop && isTokenByte(b[i])) i++
  return i + 1 < end && b[i] === SPACE && b[i + 1] > SPACE && b[i + 1] < 127 && knownMethod(b, at, i) !== null
}

/** True when the first line of b[at, end) is there to its end and is a request line. */
export function holdsRequestLine(b: Uint8Array, at: Offset, end: Offset): boolean {
  const lf = findLineEnd(b, at, end)
  return lf >= 0 && isStartLine(0, b, at, lf)
}

/** True when b[at, end), a line without its LF, is a request line or a status line. */
export function isStartLine(side: Side, b: Uint8Array, at: Offset, end: Offset): boolean {
  if (end > at && b[end - 1] === CR) end--
  return side === 0 ? parseRequestLine(SCRATCH, null, b, at, end) : parseStatusLine(SCRATCH, null, b, at, end)
}

const SCRATCH = new HeadFacts()

/** Minor version of `HTTP/1.d` at b[at, at + 8), or -1. */
function minorVersion(b: Uint8Array, at: Offset): number {
  for (let i = 0; i < VERSION.length; i++) if (b[at + i] !== VERSION[i]) return -1
  return isDigit(b[at + 7]) ? b[at + 7] - 48 : -1
}

/** Reads `METHOD SP target SP HTTP/1.d` of b[at, end), the line without its end; false: it is none. Several spaces
 *  between the parts, and spaces inside the target, are accepted as most servers do (RFC 9112 §3). */
export function parseRequestLine(
  head: HeadFacts,
  texts: Texts | null,
  b: Uint8Array,
  at: Offset,
  end: Offset,
): boolean {
  end = trimEnd(b, at, end)
  const version = end - 8
  if (version < at + 4 || b[version - 1] !== SPACE) return false
  const minor = minorVersion(b, version)
  if (minor < 0) return false
  let i = at
  while (i < version && isTokenByte(b[i])) i++
  if (i === at || i - at > MAX_METHOD || b[i] !== SPACE) return false
  let targetAt = i
  while (targetAt < version && b[targetAt] === SPACE) targetAt++
  const targetEnd = trimEnd(b, targetAt, version)
  if (targetEnd <= targetAt) return false
  head.method = knownMethod(b, at, i) ?? decodeLatin1(b, at, i)
  head.minor = minor
  if (texts !== null) texts.target = decodeLatin1(b, targetAt, targetEnd)
  return true
}

/** Reads `HTTP/1.d SP 3DIGIT [SP reason]` of b[at, end), the line without its end; false: it is none. */
export function parseStatusLine(head: HeadFacts, texts: Texts | null, b: Uint8Array, at: Offset, end: Offset): boolean {
  if (end - at < 12) return false
  const minor = minorVersion(b, at)
  if (minor < 0 || b[at + 8] !== SPACE) return false
  if (!isDigit(b[at + 9]) || !isDigit(b[at + 10]) || !isDigit(b[at + 11])) return false
  if (end - at > 12 && b[at + 12] !== SPACE) return false
  const status = (b[at + 9] - 48) * 100 + (b[at + 10] - 48) * 10 + b[at + 11] - 48
  if (status < 100) return false
  head.status = status
  head.minor = minor
  if (texts !== null) texts.reason = decodeLatin1(b, Math.min(at + 13, end), end)
  return true
}

/** What a start line says whose end was not captured: only parts that are proven to be whole, and the target's beginning. */
export function parsePartialStart(
  side: Side,
  head: HeadFacts,
  texts: Texts | null,
  b: Uint8Array,
  at: Offset,
  end: Offset,
): void {
  if (side === 1) {
    if (!looksLikeStart(1, b, at, end)) return
    const status = (b[at + 9] - 48) * 100 + (b[at + 10] - 48) * 10 + b[at + 11] - 48
    if (status < 100) return
    head.minor = b[at + 7] - 48
    head.status = status
    return
  }
  let i = at
  while (i < end && isTokenByte(b[i])) i++
  if (i >= end || b[i] !== SPACE) return
  // Only a registered method proves a request line whose end nobody saw.
  head.method = knownMethod(b, at, i)
  if (head.method === null || texts === null) return
  while (i < end && b[i] === SPACE) i++
  let stop = i
  while (stop < end && b[stop] !== SPACE) stop++
  if (stop === i) return
  // The space behind it proves that the target ends there.
  if (stop < end) texts.target = decodeLatin1(b, i, stop)
  else texts.targetPrefix = decodeLatin1(b, i, stop)
}
