import { parsePacketLine } from './head.ts'
import { HexDump, isHexRow } from './hex.ts'
import type { ParsedLine } from './packet-line.ts'

/** No packet line that a terminal or a ticket system wraps has more pieces, or becomes longer, than this. */
const MOST_PIECES = 12
const LONGEST_ENTRY = 8192

/** A packet's line and what follows it until the next packet: wrapped pieces, -v's second line, a hex dump, text. */
export class Entry {
  parsed: ParsedLine
  dump: HexDump | null = null
  private text: string
  private pieces = 1
  /** Something that is no piece followed: the line itself is over. */
  private closed = false
  /** Length of the last physical line, for hard wraps. */
  private lastWidth: number
  private readonly body: string[] = []
  private bodyBytes = 0

  constructor(text: string, parsed: ParsedLine) {
    this.text = text
    this.parsed = parsed
    this.lastWidth = text.length
  }

  /** True if the line is a row of this packet's hex dump. */
  takeHex(text: string): boolean {
    const certain = isHexRow(text)
    if (!certain && (this.parsed.outcome === 'open' || (this.closed && this.dump === null))) return false
    const dump = this.dump ?? new HexDump()
    if (!dump.take(text)) return false
    this.dump = dump
    this.closed = true
    return true
  }

  /** Joins a wrapped piece if the packet then reads further than before. `wrapWidth`: line length at which this text was
   *  seen to break words, 0 if it was not. Returns the width to remember, or -1 if the line is no piece. */
  join(piece: string, wrapWidth: number): number {
    if (this.closed || this.pieces >= MOST_PIECES || this.text.length + piece.length > LONGEST_ENTRY) return -1
    const whole = this.parsed.outcome === 'whole'
    if (whole && !this.extendable()) return -1
    const trimmed = piece.trimStart()
    const spaced = this.attempt(`${this.text.trimEnd()} `, trimmed)
    const glued = whole && !this.mayGlue(trimmed, wrapWidth) ? null : this.attempt(this.text, trimmed)
    const quoted = /^[>|\u2502\u2503]/.test(trimmed)
      ? this.attempt(`${this.text.trimEnd()} `, trimmed.replace(/^[>|\u2502\u2503\s]+/, ''))
      : null
    let best: Attempt | null = null
    for (const candidate of [spaced, glued, quoted]) {
      if (candidate !== null && (best === null || candidate.rank > best.rank)) best = candidate
    }
    if (best === null) {
      this.closed = true
      return -1
    }
    const width = best === glued && !/\s$/.test(this.text) ? this.lastWidth : wrapWidth
    this.text = best.text
    this.parsed = best.parsed
    this.lastWidth = piece.length
    this.pieces++
    return width
  }

  /** A classic line has no end mark: options and `(DF)` may be on the next line. */
  private extendable(): boolean {
    return this.parsed.packet.tcp !== null && this.parsed.rest.trim() === '' && !this.text.includes('Flags [')
  }

  /** A complete line goes on without a blank only if the rest is fields to its end, and not just a number that could as
   *  well begin a sentence. */
  private mayGlue(piece: string, wrapWidth: number): boolean {
    return /[<(]/.test(piece) || (wrapWidth > 0 && this.lastWidth === wrapWidth)
  }

  private attempt(before: string, piece: string): Attempt | null {
    const text = before + piece
    const parsed = parsePacketLine(text)
    const consumed = text.length - parsed.rest.length
    const further = consumed > before.length
    if (parsed.outcome === 'whole' && further) {
      const clean = parsed.rest.trim() === ''
      if (this.parsed.outcome === 'whole' && !clean && before === this.text) return null
      return { text, parsed, rank: clean ? 3 : 2 }
    }
    if (parsed.outcome !== 'open' || this.parsed.outcome !== 'open') return null
    // Inside the header parts anything may follow until they close; behind the addresses the fields must go on.
    const inside = parsed.packet.target === '' || (parsed.packet.tcp !== null && further)
    return inside ? { text, parsed, rank: 1 } : null
  }

  /** -v's decoded HTTP: the payload's lines, each behind a tab. */
  takeBody(raw: string): void {
    const wanted = this.parsed.packet.textBytes
    if (wanted === 0 || this.bodyBytes > wanted || this.dump !== null) return
    const line = raw.replace(/^[ \t]+/, '')
    this.body.push(line)
    this.bodyBytes += line.length + 2
  }

  /** The beginning of the payload that the line itself shows. How the line ends is not printed. */
  private firstLine(): Uint8Array | null {
    const { firstLine, payloadBytes, tcp } = this.parsed.packet
    const bytes = tcp?.payloadBytes ?? payloadBytes ?? 0
    if (firstLine === null || firstLine.length >= bytes) return null
    return Uint8Array.from(firstLine, (letter) => letter.charCodeAt(0))
  }

  /** The payload, if the decoded lines with CRLF account for every byte of it: tcpdump prints only lines of printable
   *  ASCII that end in LF or CRLF, so with all of them counted as CRLF the sum fits exactly or not at all. */
  payload(): Uint8Array | null {
    const wanted = this.parsed.packet.textBytes
    if (wanted === 0) return this.firstLine()
    if (wanted !== this.parsed.packet.payloadBytes) return null
    let lines = this.body.length
    let bytes = this.bodyBytes
    while (lines > 0 && bytes > wanted && this.body[lines - 1] === '') {
      lines--
      bytes -= 2
    }
    if (lines === 0 || bytes !== wanted) return null
    const out = new Uint8Array(wanted)
    let at = 0
    for (const line of this.body.slice(0, lines)) {
      for (let i = 0; i < line.length; i++) {
        const code = line.charCodeAt(i)
        if (code !== 9 && (code < 0x20 || code > 0x7e)) return null
        out[at++] = code
      }
      out[at++] = 13
      out[at++] = 10
    }
    return out
  }
}

interface Attempt {
  readonly text: string
  readonly parsed: ParsedLine
  readonly rank: number
}
