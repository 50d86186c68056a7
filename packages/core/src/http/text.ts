import type { Offset } from '../units.ts'

export const HT = 9
export const LF = 10
export const CR = 13
export const SPACE = 32
export const COMMA = 44
export const COLON = 58
export const SEMICOLON = 59
export const EQUALS = 61

/** RFC 9110 §5.6.2 tchar. */
const TOKEN = new Uint8Array(256)
for (const c of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  TOKEN[c.charCodeAt(0)] = 1

export function isTokenByte(byte: number): boolean {
  return TOKEN[byte] === 1
}

export function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

/** ASCII bytes of a constant. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0))
}

/** True when b[at, at + word.length) is `word`, a lower-case constant; the case of ASCII letters does not count.
 *  The caller has compared the lengths. */
export function equalsWord(b: Uint8Array, at: Offset, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) {
    let byte = b[at + i]
    if (byte >= 65 && byte <= 90) byte |= 32
    if (byte !== word[i]) return false
  }
  return true
}

/** True when b[at, end) is exactly `word`, the case of ASCII letters apart. */
export function isWord(b: Uint8Array, at: Offset, end: Offset, word: Uint8Array): boolean {
  return end - at === word.length && equalsWord(b, at, word)
}

/** ISO-8859-1 text of b[at, end): one character a byte, nothing lost. Allocates: only for what somebody looks at.
 *  Eight at a time is 8 times as fast as a spread subarray, and 3 times as fast as one at a time. */
export function decodeLatin1(b: Uint8Array, at: Offset, end: Offset): string {
  let text = ''
  for (; at + 8 <= end; at += 8) {
    text += String.fromCharCode(b[at], b[at + 1], b[at + 2], b[at + 3], b[at + 4], b[at + 5], b[at + 6], b[at + 7])
  }
  for (; at < end; at++) text += String.fromCharCode(b[at])
  return text
}

/** First offset in [at, end) that is no space or tab. */
export function skipSpace(b: Uint8Array, at: Offset, end: Offset): Offset {
  while (at < end && (b[at] === SPACE || b[at] === HT)) at++
  return at
}

/** End of [at, end) without trailing spaces, tabs and line ends. */
export function trimEnd(b: Uint8Array, at: Offset, end: Offset): Offset {
  while (end > at && (b[end - 1] === SPACE || b[end - 1] === HT || b[end - 1] === CR || b[end - 1] === LF)) end--
  return end
}

/** The buffer that was searched last, as words. */
let searched: Uint8Array = new Uint8Array(0)
let words: DataView = new DataView(searched.buffer)

/** The bytes as words. The same object for the same bytes in a row: they come from one buffer for long. */
export function viewOf(b: Uint8Array): DataView {
  if (b !== searched) {
    searched = b
    words = new DataView(b.buffer, b.byteOffset, b.byteLength)
  }
  return words
}

/** First LF in [at, end), or −1. Eight bytes at a time: a byte of `x` is zero where the input's is LF, and then
 *  (x − 01…) & ~x has its top bit set ("haszero", Bit Twiddling Hacks), whose lowest one, the first byte's, is exact.
 *  4 times as fast here as byte by byte. */
export function findLineEnd(b: Uint8Array, at: Offset, end: Offset): number {
  const words = viewOf(b)
  for (; at + 8 <= end; at += 8) {
    const x = words.getInt32(at, true) ^ 0x0a0a0a0a
    const y = words.getInt32(at + 4, true) ^ 0x0a0a0a0a
    const inX = (x - 0x01010101) & ~x & 0x80808080
    if (inX !== 0) return at + firstByte(inX)
    const inY = (y - 0x01010101) & ~y & 0x80808080
    if (inY !== 0) return at + 4 + firstByte(inY)
  }
  for (; at < end; at++) if (b[at] === LF) return at
  return -1
}

/** Which byte of a word, from the lowest, holds its lowest bit. */
function firstByte(word: number): number {
  return (31 - Math.clz32(word & -word)) >> 3
}
