import type { IpPart } from './packet-line.ts'
import { isDigit, type Scanner } from './scan.ts'

/** Reads -v's parenthesis after `IP` or `IP6`:
 *  `(tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 48)`, 3.x `proto: TCP (6), length: 48`,
 *  `(class 0x3, flowlabel 0x12345, hlim 64, next-header TCP (6) payload length: 40)`.
 *  The cursor is at the opening parenthesis and ends behind the closing one. null: the text ends inside it. */
export function readIpPart(s: Scanner, family: 0 | 4 | 6): IpPart | null {
  const end = closing(s)
  if (end < 0) return null
  const ip = readWords(s, s.at + 1, end, family)
  s.at = end + 1
  return ip
}

function readWords(s: Scanner, from: number, end: number, family: 0 | 4 | 6): IpPart {
  const ip: IpPart = {
    tos: 0,
    ttl: 64,
    id: 0,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    protocol: -1,
    totalBytes: null,
    flowLabel: 0,
  }
  s.at = from
  while (s.at < end) {
    const word = readWord(s, end)
    if (word === '') {
      s.at++
      continue
    }
    s.spaces()
    if (s.text[s.at] === ':') s.at++
    s.spaces()
    if (word === 'tos' || word === 'class') ip.tos = Math.max(0, s.value()) & 0xff
    else if (word === 'ttl' || word === 'hlim') ip.ttl = Math.max(0, s.value()) & 0xff
    else if (word === 'id') ip.id = Math.max(0, s.value()) & 0xffff
    else if (word === 'offset') ip.fragmentOffset = Math.max(0, s.value())
    else if (word === 'flowlabel') ip.flowLabel = Math.max(0, s.value()) & 0xfffff
    else if (word === 'len' || word === 'length') {
      const length = s.value()
      if (length >= 0) ip.totalBytes = family === 6 ? 40 + length : length
    } else if (word === 'flags') readFragmentFlags(s, end, ip)
    else if (word === 'proto' || word === 'next-header') readProtocol(s, end, ip)
  }
  return ip
}

/** Letters and hyphens; '' at anything else. */
function readWord(s: Scanner, end: number): string {
  const from = s.at
  while (s.at < end) {
    const code = s.text.charCodeAt(s.at)
    if (!((code >= 0x61 && code <= 0x7a) || code === 0x2d)) break
    s.at++
  }
  return s.text.slice(from, s.at)
}

/** `[DF]`, `[+]`, `[+, DF]`, `[none]`. */
function readFragmentFlags(s: Scanner, end: number, ip: IpPart): void {
  const close = s.text.indexOf(']', s.at)
  if (close < 0 || close > end) return
  const flags = s.text.slice(s.at, close)
  ip.dontFragment = flags.includes('DF')
  ip.moreFragments = flags.includes('+')
  s.at = close + 1
}

/** `TCP (6)`, `unknown (253)`, or only the number. */
function readProtocol(s: Scanner, end: number, ip: IpPart): void {
  for (; s.at < end && s.text[s.at] !== ','; s.at++) {
    if (s.text[s.at] !== '(' && !isDigit(s.code())) continue
    if (s.text[s.at] === '(') s.at++
    const number = s.number()
    if (number >= 0 && number <= 255) ip.protocol = number
    if (s.text[s.at] === ')') s.at++
    return
  }
}

/** Offset of the parenthesis that closes the one at the cursor, -1 if the text ends before. */
function closing(s: Scanner): number {
  let depth = 0
  for (let at = s.at; at < s.text.length; at++) {
    const c = s.text[at]
    if (c === '(') depth++
    else if (c === ')' && --depth === 0) return at
  }
  return -1
}
