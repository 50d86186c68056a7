import type { Offset } from '../units.ts'

/** The part of the platform's TextDecoder that is used; Node and browsers both have it, the ES library does not name it. */
declare const TextDecoder: new (
  label: string,
) => {
  decode(bytes: Uint8Array): string
}

const utf8 = new TextDecoder('utf-8')

/** UTF-8 text of b[at, end); every invalid sequence becomes U+FFFD, a byte order mark is dropped. Allocates: not for hot paths. */
export function decodeUtf8(b: Uint8Array, at: Offset, end: Offset): string {
  return utf8.decode(b.subarray(at, end))
}

/** ASCII text of b[at, end), other bytes as U+FFFD. For short names and magics. */
export function decodeAscii(b: Uint8Array, at: Offset, end: Offset): string {
  let text = ''
  for (let i = at; i < end; i++) text += b[i] < 128 ? String.fromCharCode(b[i]) : '\ufffd'
  return text
}
