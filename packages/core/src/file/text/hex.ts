import { hexDigit, isSpace } from './scan.ts'

/** tcpdump's largest snapshot length, with room for a link header. */
const MOST_DUMP_BYTES = 262_144 + 64

/** Collects the rows of one packet's hex dump (-x, -xx, -X, -XX). */
export class HexDump {
  bytes = new Uint8Array(256)
  length = 0
  /** A row did not continue the one before: what came so far is all. */
  private broken = false

  /** Takes `text` if it is a row: `0x0010:  4047 e410 …  @G..` (modern), `0x0010   4047 …` (3.x), or tab-indented hex
   *  groups without an offset (3.4 to 3.7). False if it is none. */
  take(text: string): boolean {
    let at = 0
    while (at < text.length && (isSpace(text.charCodeAt(at)) || text[at] === '>' || text[at] === '|')) at++
    const offset = rowOffset(text, at)
    if (offset >= 0) {
      at += 6
      if (text[at] === ':') at++
      if (offset !== this.length) this.broken = true
    } else if (at < 2 || !startsHexGroups(text, at)) return false
    if (!this.broken) this.row(text, at)
    return true
  }

  /** Up to eight groups of two bytes; two spaces end them (the characters follow). */
  private row(text: string, at: number): void {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++
    for (let group = 0; group < 8; group++) {
      const digits = hexRun(text, at)
      const next = at + digits
      if ((digits !== 4 && digits !== 2) || (next < text.length && !isSpace(text.charCodeAt(next)))) return
      for (let i = at; i < next; i += 2) this.byte(hexDigit(text, i) * 16 + hexDigit(text, i + 1))
      at = next + 1
      if (digits === 2 || at >= text.length || isSpace(text.charCodeAt(at))) return
    }
  }

  private byte(value: number): void {
    if (this.length >= MOST_DUMP_BYTES) return
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(this.length * 2)
      larger.set(this.bytes)
      this.bytes = larger
    }
    this.bytes[this.length++] = value
  }
}

/** True if the line can be nothing but a row of a hex dump with its offset. */
export function isHexRow(text: string): boolean {
  let at = 0
  while (at < text.length && (isSpace(text.charCodeAt(at)) || text[at] === '>' || text[at] === '|')) at++
  return rowOffset(text, at) >= 0
}

/** `0x` and four digits at `at`, -1 otherwise. Offsets wrap at 64 KiB in no version; five digits are not printed. */
function rowOffset(text: string, at: number): number {
  if (!text.startsWith('0x', at) || hexRun(text, at + 2) !== 4) return -1
  const after = text[at + 6]
  if (after !== ':' && after !== ' ' && after !== '\t') return -1
  return Number.parseInt(text.slice(at + 2, at + 6), 16)
}

function startsHexGroups(text: string, at: number): boolean {
  if (hexRun(text, at) !== 4) return false
  const next = text.charCodeAt(at + 4)
  return at + 4 >= text.length || isSpace(next)
}

/** Number of hexadecimal digits from `at`, at most five are counted. */
function hexRun(text: string, at: number): number {
  let n = 0
  while (n < 5 && hexDigit(text, at + n) >= 0) n++
  return n
}
