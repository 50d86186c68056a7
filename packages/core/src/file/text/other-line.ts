import { isIpv4, parseIpv4 } from './address.ts'
import type { Scanner } from './scan.ts'

/** What a line without TCP tells after `SOURCE > TARGET: `. */
export interface OtherOutcome {
  readonly protocol: 'udp' | 'icmp' | 'icmp6'
  readonly payloadBytes: number | null
  readonly message: readonly number[] | null
}

/** Payload length of a UDP line: `UDP, length 120`, 3.x `udp 120`, `…, length 48`, or a decoded protocol that ends in
 *  its length, `12345+ A? example.com. (29)`. null: the line does not tell, so nothing is made up. */
export function readUdp(text: string): OtherOutcome | null {
  const bytes = lengthAfter(text, 'UDP, length ') ?? lengthAfter(text, 'udp ') ?? lastLength(text)
  return bytes === null ? null : { protocol: 'udp', payloadBytes: bytes, message: null }
}

function lengthAfter(text: string, word: string): number | null {
  const at = text.indexOf(word)
  return at < 0 || at > 64 ? null : leadingNumber(text.slice(at + word.length, at + word.length + 10))
}

function lastLength(text: string): number | null {
  const trimmed = text.trimEnd()
  // With a space: `NBT UDP PACKET(138)` ends in a port.
  const open = trimmed.lastIndexOf(' (')
  if (open >= 0 && trimmed.endsWith(')')) return wholeNumber(trimmed.slice(open + 2, -1))
  const at = trimmed.lastIndexOf('length ')
  return at < 0 ? null : leadingNumber(trimmed.slice(at + 7, at + 17))
}

function leadingNumber(text: string): number | null {
  let at = 0
  while (at < text.length && text[at] >= '0' && text[at] <= '9') at++
  return wholeNumber(text.slice(0, at))
}

function wholeNumber(text: string): number | null {
  if (text.length === 0 || text.length > 7) return null
  for (const c of text) if (c < '0' || c > '9') return null
  return Number(text)
}

/** Words of an ICMP error → type and code (RFC 792; codes of RFC 1122 §3.2.2.1). First match wins. */
const ICMP_ERRORS: readonly (readonly [string, number, number])[] = [
  ['time exceeded in-transit', 11, 0],
  ['ip reassembly time exceeded', 11, 1],
  ['source quench', 4, 0],
  ['admin prohibited filter', 3, 13],
  ['host', 3, 1],
  ['net', 3, 0],
]

/** `ICMP echo request, id 1, seq 1, length 64`, 3.x `icmp: echo request seq 1` or `icmp 64: echo request seq 1`. */
export function readIcmp(s: Scanner): OtherOutcome | null {
  const text = s.text.slice(s.at)
  const body = text.slice(4)
  const length = trailingLength(body) ?? leadingNumber(body.trimStart())
  const type = body.includes('echo request') ? 8 : body.includes('echo reply') ? 0 : -1
  if (type >= 0) return echo('icmp', type, body, length)
  const kind = icmpError(body)
  return kind === null ? null : { protocol: 'icmp', payloadBytes: length ?? 36, message: [...kind, 0, 0, 0, 0, 0, 0] }
}

function icmpError(body: string): [number, number] | null {
  if (body.includes('unreachable')) {
    if (body.includes(' port ')) return [3, 3]
    if (body.includes('need to frag')) return [3, 4]
    if (body.includes(' protocol ')) return [3, 2]
  }
  for (const [words, type, code] of ICMP_ERRORS) {
    if (body.includes(words) && (type !== 3 || body.includes('unreachable'))) return [type, code]
  }
  return null
}

/** RFC 4443 §4 and RFC 4861 §4: what the line names of the message; the rest stays 0. */
export function readIcmp6(s: Scanner): OtherOutcome | null {
  const body = s.text.slice(s.at + 5)
  const length = trailingLength(body)
  if (body.includes('echo request')) return echo('icmp6', 128, body, length)
  if (body.includes('echo reply')) return echo('icmp6', 129, body, length)
  const type = ICMP6_TYPES.find(([words]) => body.includes(words))
  return type === undefined || length === null || length < 8
    ? null
    : { protocol: 'icmp6', payloadBytes: length, message: [type[1], 0, 0, 0] }
}

const ICMP6_TYPES: readonly (readonly [string, number])[] = [
  ['router solicitation', 133],
  ['router advertisement', 134],
  ['neighbor solicitation', 135],
  ['neighbor advertisement', 136],
]

function echo(protocol: 'icmp' | 'icmp6', type: number, body: string, length: number | null): OtherOutcome {
  const id = numberAfter(body, 'id ')
  const seq = numberAfter(body, 'seq ')
  const message = [type, 0, 0, 0, (id >> 8) & 255, id & 255, (seq >> 8) & 255, seq & 255]
  return { protocol, payloadBytes: Math.max(8, length ?? 8), message }
}

function numberAfter(text: string, word: string): number {
  const at = text.indexOf(word)
  return (at < 0 ? null : leadingNumber(text.slice(at + word.length, at + word.length + 10))) ?? 0
}

function trailingLength(text: string): number | null {
  const at = text.lastIndexOf('length ')
  return at < 0 ? null : leadingNumber(text.slice(at + 7, at + 17))
}

/** ARP for IPv4 over Ethernet (RFC 826): `Request who-has 10.0.0.1 tell 10.0.0.2`, `Reply 10.0.0.1 is-at 00:11:…`.
 *  Fields that the line does not name (the asker's MAC, the answer's target) are 0. null: not one of these two. */
export function readArp(s: Scanner): number[] | null {
  const text = s.text.slice(s.at, s.at + 400)
  const words = text.split(/[\s,()]+/)
  const ask = words.indexOf('who-has')
  if (ask >= 0) {
    const tell = words.indexOf('tell', ask)
    const target = words[ask + 1] ?? ''
    const sender = words[tell + 1] ?? ''
    if (tell < 0 || !isIpv4(target) || !isIpv4(sender)) return null
    return arp(1, null, parseIpv4(sender)!, parseIpv4(target)!)
  }
  const is = words.indexOf('is-at')
  const sender = words[is - 1] ?? ''
  const mac = parseMac(words[is + 1] ?? '')
  if (is < 1 || mac === null || !isIpv4(sender)) return null
  return arp(2, mac, parseIpv4(sender)!, [0, 0, 0, 0])
}

function arp(
  operation: number,
  mac: readonly number[] | null,
  sender: readonly number[],
  target: readonly number[],
): number[] {
  return [0, 1, 8, 0, 6, 4, 0, operation, ...(mac ?? [0, 0, 0, 0, 0, 0]), ...sender, 0, 0, 0, 0, 0, 0, ...target]
}

/** `00:11:22:33:44:55`, 3.x without leading zeros; `Broadcast`. null: neither. */
export function parseMac(text: string): number[] | null {
  if (text === 'Broadcast') return [255, 255, 255, 255, 255, 255]
  if (text.length > 17) return null
  const parts = text.split(':')
  if (parts.length !== 6) return null
  const bytes: number[] = []
  for (const part of parts) {
    if (!/^[0-9a-fA-F]{1,2}$/.test(part)) return null
    bytes.push(Number.parseInt(part, 16))
  }
  return bytes
}
