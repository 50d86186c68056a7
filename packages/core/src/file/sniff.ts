import { u16be, u32be } from '../bytes/read.ts'
import type { Bytes, Offset } from '../units.ts'
import { findKnownFile } from './magic.ts'
import { isPcapMagic } from './pcap.ts'
import { isPcapngStart } from './pcapng.ts'

/** Bytes after which sniff() always decides. */
export const SNIFF_BYTES = 4096

export type Sniffed =
  | { readonly kind: 'undecided'; readonly wants: Bytes }
  | { readonly kind: 'empty' | 'pcap' | 'pcapng' | 'text' | 'gzip' | 'zstd' }
  | {
      readonly kind: 'other'
      /** A noun phrase with its article: "a PNG image". */
      readonly name: string
      readonly family: 'capture' | 'compressed' | 'other'
      readonly hint: string | null
    }

/** Recognises a file by the bytes that it begins with, b[at, end); `complete` when there are no more.
 *  The answer does not depend on how many bytes beyond those needed are given. */
export function sniff(b: Uint8Array, at: Offset, end: Offset, complete: boolean): Sniffed {
  const bytes = end - at
  if (bytes === 0 && complete) return { kind: 'empty' }
  if (bytes < 12 && !complete) return { kind: 'undecided', wants: 12 }
  if (bytes >= 4 && isPcapMagic(b, at)) return { kind: 'pcap' }
  if (bytes >= 12 && isPcapngStart(b, at)) return { kind: 'pcapng' }
  // RFC 1952 §2.3.1: two magic bytes, then the only method there is.
  if (bytes >= 3 && u16be(b, at) === 0x1f8b && b[at + 2] === 8) return { kind: 'gzip' }
  // RFC 8878 §3.1: a frame, or a skippable frame before it.
  if (bytes >= 4 && (u32be(b, at) === 0x28b52ffd || (u32be(b, at) & 0xf0ffffff) >>> 0 === 0x502a4d18)) {
    return { kind: 'zstd' }
  }
  if (bytes < SNIFF_BYTES && !complete) return { kind: 'undecided', wants: SNIFF_BYTES }
  const sampleEnd = Math.min(end, at + SNIFF_BYTES)
  const known = findKnownFile(b, at, sampleEnd)
  const isText = looksLikeText(b, at, sampleEnd)
  // A short magic of letters ("BM", "MZ") may well begin a text.
  if (known !== null && !(isText && known.magic.length < 4)) {
    return { kind: 'other', name: known.name, family: known.family, hint: known.hint ?? null }
  }
  if (isText) return { kind: 'text' }
  if (looksLikeErf(b, at, sampleEnd)) {
    return {
      kind: 'other',
      name: 'an Endace ERF capture',
      family: 'capture',
      hint: 'convert it with: editcap IN OUT.pcapng',
    }
  }
  return { kind: 'other', name: 'binary data of no known kind', family: 'other', hint: null }
}

/** Text in any encoding that pasted traces come in: hardly any control character, no zero byte but UTF-16's. */
function looksLikeText(b: Uint8Array, at: Offset, end: Offset): boolean {
  if (end - at >= 2 && (u16be(b, at) === 0xfeff || u16be(b, at) === 0xfffe)) return true
  let controls = 0
  let evenZeros = 0
  let oddZeros = 0
  for (let i = at; i < end; i++) {
    const c = b[i]
    if (c === 0) {
      if ((i - at) % 2 === 0) evenZeros++
      else oddZeros++
    } else if ((c < 32 && !(c >= 7 && c <= 13) && c !== 27) || c === 127) controls++
  }
  if (controls * 50 > end - at) return false
  const half = (end - at) / 2
  if (evenZeros + oddZeros === 0) return true
  return (evenZeros > half * 0.6 && oddZeros < half * 0.05) || (oddZeros > half * 0.6 && evenZeros < half * 0.05)
}

/** ERF has no magic: two records in a row must make sense, with times of the same day.
 *  A record: 8 bytes of time (little-endian, seconds in the upper half), type, flags, record length, loss, wire length. */
function looksLikeErf(b: Uint8Array, at: Offset, end: Offset): boolean {
  const next = at + erfRecordBytes(b, at, end)
  if (next === at || erfRecordBytes(b, next, end) === 0) return false
  return Math.abs(erfSeconds(b, at) - erfSeconds(b, next)) < 86_400
}

function erfRecordBytes(b: Uint8Array, at: Offset, end: Offset): Bytes {
  if (at + 16 > end) return 0
  const type = b[at + 8] & 0x7f
  const bytes = u16be(b, at + 10)
  return type >= 1 && type <= 48 && bytes >= 16 && erfSeconds(b, at) > 600_000_000 ? bytes : 0
}

function erfSeconds(b: Uint8Array, at: Offset): number {
  return (b[at + 4] | (b[at + 5] << 8) | (b[at + 6] << 16) | (b[at + 7] << 24)) >>> 0
}
