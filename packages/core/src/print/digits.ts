/** Text at a place of a byte buffer, four or eight bytes in one store: a store a character is four times slower. Each
 *  function returns the offset behind the text; up to seven bytes behind it are overwritten. The caller has checked that
 *  there is room. */
import type { Bytes, Offset } from '../units.ts'

const ZERO = 0x30

/** 0–9999 as four digits, and without leading zeros from the left with the number of digits. */
const fourDigits = new Int32Array(10_000)
const leftDigits = new Int32Array(10_000)
const digitCounts = new Uint8Array(10_000)
/** 0–255 without leading zeros, a dot behind it, and the length with the dot. */
const octets = new Int32Array(256)
const octetBytes = new Uint8Array(256)
/** 0–255 as two hexadecimal digits. */
const hexPairs = new Uint16Array(256)

for (let n = 0; n < 10_000; n++) {
  fourDigits[n] = packed(String(n).padStart(4, '0'))
  leftDigits[n] = packed(String(n))
  digitCounts[n] = String(n).length
}
for (let n = 0; n < 256; n++) {
  octets[n] = packed(`${n}.`)
  octetBytes[n] = String(n).length + 1
  hexPairs[n] = packed(n.toString(16).padStart(2, '0'))
}

/** Up to four ASCII characters as the little-endian number that stores them. */
function packed(text: string): number {
  let value = 0
  for (let i = 0; i < text.length; i++) value |= text.charCodeAt(i) << (8 * i)
  return value
}

/** Unsigned integer up to 2^53. */
export function writeDecimal(out: DataView, at: Offset, value: number): Offset {
  if (value <= 0xffffffff) return writeUnsigned(out, at, value)
  const high = Math.floor(value / 100_000_000)
  return writeEight(out, writeDecimal(out, at, high), value - high * 100_000_000)
}

/** Unsigned integer of 32 bits. */
export function writeUnsigned(out: DataView, at: Offset, value: number): Offset {
  // Said of 32 bits, the divisions become multiplications of integers.
  const n = value >>> 0
  if (n < 10_000) {
    out.setInt32(at, leftDigits[n], true)
    return at + digitCounts[n]
  }
  return writeLong(out, at, n)
}

/** The same of at least five digits. */
function writeLong(out: DataView, at: Offset, value: number): Offset {
  const n = value >>> 0
  if (n < 100_000_000) {
    const high = (n / 10_000) >>> 0
    out.setInt32(at, leftDigits[high], true)
    const next = at + digitCounts[high]
    out.setInt32(next, fourDigits[n - high * 10_000], true)
    return next + 4
  }
  const high = (n / 100_000_000) >>> 0
  out.setInt32(at, leftDigits[high], true)
  return writeEight(out, at + digitCounts[high], n - high * 100_000_000)
}

/** 0–99999999 with leading zeros. */
function writeEight(out: DataView, at: Offset, value: number): Offset {
  const n = value >>> 0
  const high = (n / 10_000) >>> 0
  out.setInt32(at, fourDigits[high], true)
  out.setInt32(at + 4, fourDigits[n - high * 10_000], true)
  return at + 8
}

/** 0–9999 with leading zeros. */
export function writeFour(out: DataView, at: Offset, value: number): Offset {
  out.setInt32(at, fourDigits[value], true)
  return at + 4
}

/** 0–99 with a leading zero. */
export function writeTwo(out: DataView, at: Offset, value: number): Offset {
  out.setInt16(at, fourDigits[value] >>> 16, true)
  return at + 2
}

/** 0–255 as two hexadecimal digits. */
export function writeHexPair(out: DataView, at: Offset, value: number): Offset {
  out.setUint16(at, hexPairs[value], true)
  return at + 2
}

/** Two bytes, the first one in the lower bits, as the four digits that one store of 32 bits writes. */
export function hexDigits(pair: number): number {
  return hexPairs[pair & 255] | (hexPairs[(pair >>> 8) & 255] << 16)
}

/** 16 bits as four hexadecimal digits. */
export function writeHexFour(out: DataView, at: Offset, value: number): Offset {
  out.setInt32(at, hexDigits((value >>> 8) | (value << 8)), true)
  return at + 4
}

/** Up to 32 bits in hexadecimal: the lower `width` ≤ 8 digits. */
export function writeHex(out: DataView, at: Offset, value: number, width: number): Offset {
  let next = at
  let left = width
  if ((left & 1) === 1) {
    left--
    const digit = (value >>> (4 * left)) & 15
    out.setUint8(next++, digit + (digit < 10 ? ZERO : 0x57))
  }
  while (left > 0) {
    left -= 2
    next = writeHexPair(out, next, (value >>> (4 * left)) & 255)
  }
  return next
}

/** Four bytes at `from` in dotted decimal. */
export function writeIpv4(out: DataView, at: Offset, b: Uint8Array, from: Offset): Offset {
  out.setInt32(at, octets[b[from]], true)
  let next = at + octetBytes[b[from]]
  out.setInt32(next, octets[b[from + 1]], true)
  next += octetBytes[b[from + 1]]
  out.setInt32(next, octets[b[from + 2]], true)
  next += octetBytes[b[from + 2]]
  out.setInt32(next, octets[b[from + 3]], true)
  return next + octetBytes[b[from + 3]] - 1
}

/** ASCII text that is written often. */
export interface Literal {
  /** Eight characters each, as the bits of a number; ASCII never makes a NaN, whose bits might change. */
  readonly words: Float64Array
  readonly bytes: Bytes
}

export function literal(text: string): Literal {
  const bytes = new Uint8Array((text.length + 7) & ~7)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  const view = new DataView(bytes.buffer)
  return {
    words: Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true)),
    bytes: text.length,
  }
}

export function writeLiteral(out: DataView, at: Offset, text: Literal): Offset {
  const { words } = text
  for (let i = 0; i < words.length; i++) out.setFloat64(at + 8 * i, words[i], true)
  return at + text.bytes
}
