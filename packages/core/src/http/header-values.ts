import type { Offset, PacketNumber, StreamOffset } from '../units.ts'
import { parseHttpDate } from './date.ts'
import type { HeadFacts } from './head-facts.ts'
import type { Message } from './message.ts'
import {
  ascii,
  COMMA,
  decodeLatin1,
  EQUALS,
  equalsWord,
  HT,
  isDigit,
  isTokenByte,
  isWord,
  SEMICOLON,
  SPACE,
  skipSpace,
  trimEnd,
} from './text.ts'

const HOST = ascii('host')
const DATE = ascii('date')
const EXPECT = ascii('expect')
const UPGRADE = ascii('upgrade')
const CONNECTION = ascii('connection')
const KEEP_ALIVE = ascii('keep-alive')
const CONTENT_TYPE = ascii('content-type')
const CONTENT_LENGTH = ascii('content-length')
const CONTENT_ENCODING = ascii('content-encoding')
const TRANSFER_ENCODING = ascii('transfer-encoding')
const CLOSE = ascii('close')
const CHUNKED = ascii('chunked')
const CONTINUE = ascii('100-continue')
const TIMEOUT = ascii('timeout')

/** Takes from one header line what framing and the findings need: name b[at, nameEnd), value b[valueAt, valueEnd)
 *  trimmed, folds still inside. The name's length decides what it is compared with. */
export function readHeader(
  m: Message,
  b: Uint8Array,
  at: Offset,
  nameEnd: Offset,
  valueAt: Offset,
  valueEnd: Offset,
  offset: StreamOffset,
  packet: PacketNumber,
): void {
  const { ownHead: head, texts } = m
  switch (nameEnd - at) {
    case 4:
      if (equalsWord(b, at, DATE)) head.dateHeader ??= parseHttpDate(b, valueAt, valueEnd)
      else if (texts !== null && equalsWord(b, at, HOST)) texts.host ??= decodeLatin1(b, valueAt, valueEnd)
      return
    case 6:
      if (equalsWord(b, at, EXPECT) && isWord(b, valueAt, valueEnd, CONTINUE)) head.expectContinue = true
      return
    case 7:
      if (equalsWord(b, at, UPGRADE)) head.upgrade = true
      return
    case 10:
      if (equalsWord(b, at, CONNECTION)) readConnection(head, b, valueAt, valueEnd)
      else if (equalsWord(b, at, KEEP_ALIVE)) head.keepAliveTimeout ??= readTimeout(b, valueAt, valueEnd)
      return
    case 12:
      if (texts !== null && equalsWord(b, at, CONTENT_TYPE)) texts.contentType ??= decodeLatin1(b, valueAt, valueEnd)
      return
    case 14:
      if (equalsWord(b, at, CONTENT_LENGTH)) readLength(m, b, valueAt, valueEnd, offset, packet)
      return
    case 16:
      if (texts !== null && equalsWord(b, at, CONTENT_ENCODING))
        texts.contentEncoding = joinValues(texts.contentEncoding, decodeLatin1(b, valueAt, valueEnd))
      return
    case 17:
      if (!equalsWord(b, at, TRANSFER_ENCODING)) return
      head.encoded = true
      head.chunked = endsChunked(b, valueAt, valueEnd)
      if (texts !== null)
        texts.transferEncoding = joinValues(texts.transferEncoding, decodeLatin1(b, valueAt, valueEnd))
  }
}

function joinValues(before: string | null, value: string): string {
  return before === null ? value : `${before}, ${value}`
}

function isListSpace(byte: number): boolean {
  return byte === SPACE || byte === HT || byte === 13 || byte === 10
}

/** Connection options, RFC 9110 §7.6.1. */
function readConnection(head: HeadFacts, b: Uint8Array, at: Offset, end: Offset): void {
  while (at < end) {
    if (b[at] === COMMA || isListSpace(b[at])) {
      at++
      continue
    }
    let stop = at
    while (stop < end && b[stop] !== COMMA) stop++
    const tokenEnd = trimEnd(b, at, stop)
    if (isWord(b, at, tokenEnd, CLOSE)) head.connectionClose = true
    else if (isWord(b, at, tokenEnd, KEEP_ALIVE)) head.connectionKeepAlive = true
    at = stop
  }
}

/** `timeout=N` of Keep-Alive (RFC 2068 §19.7.1.1), in seconds; null without. */
function readTimeout(b: Uint8Array, at: Offset, end: Offset): number | null {
  for (let i = at; i + TIMEOUT.length < end; i++) {
    if (i > at && isTokenByte(b[i - 1])) continue
    if (!equalsWord(b, i, TIMEOUT)) continue
    let j = skipSpace(b, i + TIMEOUT.length, end)
    if (b[j] !== EQUALS) continue
    j = skipSpace(b, j + 1, end)
    if (b[j] === 34) j++
    let value = 0
    const first = j
    while (j < end && isDigit(b[j]) && j - first < 10) value = value * 10 + b[j++] - 48
    return j > first ? value : null
  }
  return null
}

/** Content-Length, RFC 9110 §8.6: one number, or several equal ones in one or more lines. */
function readLength(
  m: Message,
  b: Uint8Array,
  at: Offset,
  end: Offset,
  offset: StreamOffset,
  packet: PacketNumber,
): void {
  const head = m.ownHead
  for (;;) {
    at = skipSpace(b, at, end)
    const first = at
    let value = 0
    while (at < end && isDigit(b[at])) value = value * 10 + b[at++] - 48
    const digits = at - first
    at = skipSpace(b, at, end)
    const whole = digits > 0 && value <= Number.MAX_SAFE_INTEGER / 2 && (at === end || b[at] === COMMA)
    if (!whole || (head.declaredLength !== -1 && head.declaredLength !== value)) {
      if (head.declaredLength !== -2) m.fail('bad-content-length', offset, packet)
      head.declaredLength = -2
      return
    }
    head.declaredLength = value
    if (at === end) return
    at++
  }
}

/** True when the last coding of the list is chunked (RFC 9112 §6.1); parameters and empty elements do not count. */
function endsChunked(b: Uint8Array, at: Offset, end: Offset): boolean {
  while (end > at && (b[end - 1] === COMMA || isListSpace(b[end - 1]))) end--
  let start = end
  while (start > at && b[start - 1] !== COMMA) start--
  while (start < end && isListSpace(b[start])) start++
  let stop = start
  while (stop < end && b[stop] !== SEMICOLON) stop++
  return isWord(b, start, trimEnd(b, start, stop), CHUNKED)
}
