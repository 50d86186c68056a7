/** Bytes in any split → lines of text. UTF-8, UTF-16 (either order) and GB18030 (which contains GBK) are told apart by
 *  content: UTF-16 from the first bytes of the input, UTF-8 or GB18030 for every line, since pasted notes mix them. */

/** A longer line is cut here: no packet line or remark comes near it, and memory stays bounded. */
const LONGEST_LINE = 65_536

/** So many bytes decide between UTF-16 and the rest. */
const PROBE_BYTES = 256

/** What this file needs of the platform's TextDecoder (browsers and Node have it; the ES library types do not). */
interface Decoder {
  decode(bytes: Uint8Array): string
}
declare const TextDecoder: new (label: string, options?: { fatal?: boolean; ignoreBOM?: boolean }) => Decoder

type Charset = 'unknown' | 'bytes' | 'utf-16le' | 'utf-16be'

export class LineSplitter {
  /** Lines that were longer than LONGEST_LINE and were cut. */
  cutLines = 0
  private charset: Charset = 'unknown'
  private carry = new Uint8Array(1024)
  private carried = 0
  /** True while the rest of an over-long line is being dropped. */
  private skipping = false
  private endedByCr = false
  private readonly emit: (line: string) => void
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true })
  private gb18030: Decoder | null = null
  private utf16: Decoder | null = null

  constructor(emit: (line: string) => void) {
    this.emit = emit
  }

  push(bytes: Uint8Array, at: number, end: number): void {
    if (this.charset === 'unknown') {
      const take = Math.min(end - at, PROBE_BYTES - this.carried)
      this.keep(bytes, at, at + take)
      at += take
      if (this.carried < PROBE_BYTES) return
      this.probe()
    }
    if (at < end) this.split(bytes, at, end)
  }

  finish(): void {
    if (this.charset === 'unknown') this.probe()
    if (this.carried > 0 || this.skipping) this.line()
  }

  private probe(): void {
    const head = this.carry.slice(0, this.carried)
    this.carried = 0
    this.charset = probeCharset(head)
    let at = 0
    if (this.charset !== 'bytes' && (head[0] === 0xff || head[0] === 0xfe)) at = 2
    else if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) at = 3
    if (at < head.length) this.split(head, at, head.length)
  }

  private split(bytes: Uint8Array, at: number, end: number): void {
    if (this.charset === 'bytes') this.splitBytes(bytes, at, end)
    else this.splitPairs(bytes, at, end)
  }

  private splitBytes(bytes: Uint8Array, at: number, end: number): void {
    let from = at
    for (let i = at; i < end; i++) {
      const byte = bytes[i]
      if (byte !== 0x0a && byte !== 0x0d) continue
      if (byte === 0x0a && i === from && this.carried === 0 && this.endedByCr) {
        this.endedByCr = false
        from = i + 1
        continue
      }
      this.keep(bytes, from, i)
      this.line()
      this.endedByCr = byte === 0x0d
      from = i + 1
    }
    if (from < end) this.keep(bytes, from, end)
  }

  /** UTF-16: a unit may be split between two chunks, so units are assembled in `carry`. */
  private splitPairs(bytes: Uint8Array, at: number, end: number): void {
    const high = this.charset === 'utf-16be' ? 0 : 1
    for (let i = at; i < end; i++) {
      this.push1(bytes[i])
      if (this.carried % 2 !== 0) continue
      const unit = this.carried - 2
      if (this.carry[unit + high] !== 0) continue
      const low = this.carry[unit + 1 - high]
      if (low !== 0x0a && low !== 0x0d) continue
      this.carried = unit
      if (low === 0x0a && unit === 0 && this.endedByCr && !this.skipping) this.endedByCr = false
      else {
        this.line()
        this.endedByCr = low === 0x0d
      }
    }
  }

  private push1(byte: number): void {
    if (this.carried >= 2 * LONGEST_LINE) {
      this.skipping = true
      this.carried = 2 * LONGEST_LINE - 2
    }
    if (this.carried === this.carry.length) this.grow(this.carried + 1)
    this.carry[this.carried++] = byte
  }

  private keep(bytes: Uint8Array, from: number, to: number): void {
    if (to > from) this.endedByCr = false
    const room = LONGEST_LINE - this.carried
    if (to - from > room) {
      this.skipping = true
      to = from + room
    }
    if (this.carried + to - from > this.carry.length) this.grow(this.carried + to - from)
    for (let i = from; i < to; i++) this.carry[this.carried++] = bytes[i]
  }

  private grow(wanted: number): void {
    const larger = new Uint8Array(Math.max(wanted, this.carry.length * 2))
    larger.set(this.carry)
    this.carry = larger
  }

  private line(): void {
    if (this.skipping) this.cutLines++
    const text = this.decode()
    this.carried = 0
    this.skipping = false
    this.emit(text)
  }

  private decode(): string {
    const bytes = this.carry.subarray(0, this.carried)
    if (this.charset !== 'bytes') {
      this.utf16 ??= new TextDecoder(this.charset)
      return this.utf16.decode(bytes)
    }
    try {
      return this.utf8.decode(bytes)
    } catch {
      this.gb18030 ??= new TextDecoder('gb18030')
      return this.gb18030.decode(bytes)
    }
  }
}

/** UTF-16 by its mark, or by the zero halves of its ASCII characters (line ends and digits are always among them). */
function probeCharset(head: Uint8Array): Charset {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  let even = 0
  let odd = 0
  for (let i = 0; i < head.length; i++) {
    if (head[i] !== 0) continue
    if (i % 2 === 0) even++
    else odd++
  }
  const few = head.length / 16
  if (odd > few && even === 0) return 'utf-16le'
  if (even > few && odd === 0) return 'utf-16be'
  return 'bytes'
}

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&gt;', '>'],
  ['&lt;', '<'],
  ['&nbsp;', ' '],
  ['&quot;', '"'],
  ['&amp;', '&'],
]

/** Undoes what editors, web pages and ticket systems do to a line: hard and wide spaces, zero-width characters, curly
 *  quotes, HTML entities, control characters. Offsets change; the text's meaning as a packet line does not. */
export function cleanLine(line: string): string {
  let text = line
  if (/[^\t\x20-\x7e]/.test(text)) {
    text = text
      .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
      .replace(/[\u200b-\u200f\u2028-\u202e\u2060\ufeff]/g, '')
      .replace(/[\u2018\u2019]/g, "'")
      .replace(/[\u201c\u201d]/g, '"')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/\u001b\[[0-9;]{0,16}[A-Za-z]/g, '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
  }
  if (text.includes('&')) for (const [entity, character] of ENTITIES) text = text.replaceAll(entity, character)
  return text
}
