import type { TcpPart } from './packet-line.ts'
import { hexDigit, type Scanner } from './scan.ts'

/** What the header has room for (RFC 9293 §3.1). */
const MOST_OPTION_BYTES = 40

/** Options from the cursor to `end`, the closing bracket → bytes. An option that the text does not tell in full is left out and noted. */
export function readOptions(s: Scanner, end: number, tcp: TcpPart): void {
  while (s.at < end && tcp.options.length < MOST_OPTION_BYTES) {
    s.separators()
    if (s.at >= end) return
    if (!readOption(s, tcp)) {
      tcp.optionsUnknown = true
      const comma = s.text.indexOf(',', s.at)
      s.at = comma < 0 || comma > end ? end : comma + 1
    }
  }
}

function readOption(s: Scanner, tcp: TcpPart): boolean {
  const out = tcp.options
  if (s.word('nop')) return put(out, [1])
  if (s.word('eol')) return put(out, [0])
  if (s.word('mss')) return putNumber(s, out, 2, 4, 2)
  if (s.word('wscale')) return putNumber(s, out, 3, 3, 1)
  if (s.word('sackOK') || s.word('sackPermitted')) return put(out, [4, 2])
  if (s.word('TS')) return s.spaces().word('val') && readTimestamps(s, out)
  if (s.word('timestamp')) return readTimestamps(s, out)
  if (s.word('sack')) return readSack(s, tcp)
  if (s.word('tfo')) return readFastOpen(s, out)
  if (s.literal('unknown-') || s.literal('opt-')) return readUnknown(s, out)
  return false
}

function put(out: number[], bytes: readonly number[]): boolean {
  if (out.length + bytes.length > MOST_OPTION_BYTES) return false
  out.push(...bytes)
  return true
}

function putNumber(s: Scanner, out: number[], kind: number, length: number, width: number): boolean {
  const value = s.spaces().number()
  if (value < 0) return false
  return put(out, width === 2 ? [kind, length, (value >> 8) & 255, value & 255] : [kind, length, value & 255])
}

function word32(value: number): number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
}

/** RFC 7323 §3: ` 1 ecr 2`, 3.x ` 1 2`. */
function readTimestamps(s: Scanner, out: number[]): boolean {
  const value = s.spaces().number()
  if (value < 0) return false
  if (s.spaces().word('ecr')) s.spaces()
  const echo = s.number()
  return echo >= 0 && put(out, [8, 10, ...word32(value), ...word32(echo)])
}

/** RFC 2018 §3: ` 1 {1:2}`; 3.x has the word twice. */
function readSack(s: Scanner, tcp: TcpPart): boolean {
  s.spaces().word('sack')
  if (s.spaces().number() < 0) return false
  const edges: number[] = []
  while (s.spaces().literal('{')) {
    const left = s.number()
    if (left < 0 || !s.literal(':')) return false
    const right = s.number()
    if (right < 0 || !s.literal('}')) return false
    edges.push(left, right)
  }
  const at = tcp.options.length + 2
  if (!put(tcp.options, [5, 2 + edges.length * 4, ...edges.flatMap(word32)])) return false
  edges.forEach((_, index) => {
    tcp.sackEdges.push(at + index * 4)
  })
  return true
}

/** RFC 7413 §4.1.1: ` cookiereq`, ` cookie 0123abcd…`. */
function readFastOpen(s: Scanner, out: number[]): boolean {
  if (s.spaces().word('cookiereq')) return put(out, [34, 2])
  if (!s.word('cookie')) return false
  const bytes = readHexRun(s.spaces())
  return bytes.length > 0 && put(out, [34, 2 + bytes.length, ...bytes])
}

/** `unknown-76 0x0101…` (4.x), `opt-30:0101` (3.x): kind and value. */
function readUnknown(s: Scanner, out: number[]): boolean {
  const kind = s.number()
  if (kind < 2 || kind > 255) return false
  if (!s.literal(':')) s.spaces().literal('0x')
  const bytes = readHexRun(s)
  return put(out, [kind, 2 + bytes.length, ...bytes])
}

function readHexRun(s: Scanner): number[] {
  const bytes: number[] = []
  while (bytes.length < MOST_OPTION_BYTES) {
    const high = hexDigit(s.text, s.at)
    const low = hexDigit(s.text, s.at + 1)
    if (high < 0 || low < 0) break
    bytes.push(high * 16 + low)
    s.at += 2
  }
  return bytes
}
