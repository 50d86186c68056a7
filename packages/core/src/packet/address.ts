/** IP addresses as text, as words and as hashes. */
import { formatIpv4, formatIpv6 } from '../bytes/address.ts'
import { u32be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import type { Packet } from './packet.ts'

/** Second-highest word of an IPv4 address among IPv6 ones (RFC 4291 §2.5.5.2). */
const MAPPED = 0xffff

/** Writes the address at `at` as four big-endian words to out[outAt, outAt + 4); IPv4 as 0, 0, 0xffff, address. */
export function addressWords(b: Uint8Array, at: Offset, version: number, out: Uint32Array, outAt: number): void {
  if (version === 4) {
    out[outAt] = 0
    out[outAt + 1] = 0
    out[outAt + 2] = MAPPED
    out[outAt + 3] = u32be(b, at)
    return
  }
  for (let i = 0; i < 4; i++) out[outAt + i] = u32be(b, at + 4 * i)
}

/** True if the address at `at` is the one that addressWords() wrote to words[wordsAt, wordsAt + 4). */
export function isAddress(b: Uint8Array, at: Offset, version: number, words: Uint32Array, wordsAt: number): boolean {
  if (version === 4)
    return (
      words[wordsAt + 3] === u32be(b, at) &&
      words[wordsAt + 2] === MAPPED &&
      words[wordsAt + 1] === 0 &&
      words[wordsAt] === 0
    )
  return (
    words[wordsAt + 3] === u32be(b, at + 12) &&
    words[wordsAt + 2] === u32be(b, at + 8) &&
    words[wordsAt + 1] === u32be(b, at + 4) &&
    words[wordsAt] === u32be(b, at)
  )
}

/** Hash of a packet's addresses and ports, unsigned 32 bits, the same for both directions. `seed` (unsigned, random per
 *  run) keeps whoever writes the packets from choosing them to collide. Only for packets with an ipVersion. */
export function flowHash(p: Packet, seed: number): number {
  const b = p.bytes
  let source = mix(seed, p.sourcePort)
  let destination = mix(seed, p.destinationPort)
  if (p.ipVersion === 4) {
    source = mix(source, u32be(b, p.sourceAt))
    destination = mix(destination, u32be(b, p.destinationAt))
  } else {
    for (let i = 0; i < 16; i += 4) {
      source = mix(source, u32be(b, p.sourceAt + i))
      destination = mix(destination, u32be(b, p.destinationAt + i))
    }
  }
  // A sum is the same either way round.
  return scramble((scramble(source) + scramble(destination)) ^ seed) >>> 0
}

/** One round of MurmurHash3 (public domain). */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  const h = hash ^ k
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

/** MurmurHash3's finalizer: every bit of the result depends on every bit. */
function scramble(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** The address at `at` as text; version 4: 4 bytes, version 6: 16 bytes, in RFC 5952's form. */
export function formatAddress(b: Uint8Array, at: Offset, version: number): string {
  return version === 4 ? formatIpv4(b, at) : formatIpv6(b, at)
}

const scratch = new Uint8Array(16)

/** Text of the address that addressWords() wrote to words[at, at + 4). */
export function formatWords(words: Uint32Array, at: number): string {
  for (let i = 0; i < 16; i++) scratch[i] = words[at + (i >> 2)] >>> (24 - 8 * (i & 3))
  const mapped = words[at] === 0 && words[at + 1] === 0 && words[at + 2] === MAPPED
  return mapped ? formatIpv4(scratch, 12) : formatIpv6(scratch, 0)
}

/** Reads an address: writes 4 or 16 bytes to the front of `out` (at least 16 long) and returns 4 or 6, or 0 if the text
 *  is none. Accepts every form of RFC 4291 §2.2; no brackets, zone or prefix length. */
export function parseAddress(text: string, out: Uint8Array): 0 | 4 | 6 {
  if (text.length > 45) return 0
  if (!text.includes(':')) return parseIpv4(text, out, 0) ? 4 : 0
  return parseIpv6(text, out) ? 6 : 0
}

function parseIpv4(text: string, out: Uint8Array, at: number): boolean {
  const parts = text.split('.')
  if (parts.length !== 4) return false
  for (let i = 0; i < 4; i++) {
    // A leading zero would be octal to some readers: refused, as inet_pton does.
    if (!/^(0|[1-9][0-9]{0,2})$/.test(parts[i]) || Number(parts[i]) > 255) return false
    out[at + i] = Number(parts[i])
  }
  return true
}

function parseIpv6(text: string, out: Uint8Array): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  out.fill(0, 0, 16)
  const head = parseGroups(halves[0], out, 0, halves.length === 1)
  if (halves.length === 1) return head === 16
  if (head < 0) return false
  const tail = parseGroups(halves[1], scratch, 0, true)
  // `::` stands for at least one group.
  if (tail < 0 || head + tail > 14) return false
  out.set(scratch.subarray(0, tail), 16 - tail)
  return true
}

/** Groups between colons, the last of which may be dotted decimal if `last`. Returns the bytes written, or -1. */
function parseGroups(text: string, out: Uint8Array, at: number, last: boolean): number {
  if (text === '') return 0
  const groups = text.split(':')
  let to = at
  for (let i = 0; i < groups.length; i++) {
    if (last && i === groups.length - 1 && groups[i].includes('.')) {
      if (to + 4 > 16 || !parseIpv4(groups[i], out, to)) return -1
      return to + 4
    }
    if (to + 2 > 16 || !/^[0-9a-fA-F]{1,4}$/.test(groups[i])) return -1
    const value = Number.parseInt(groups[i], 16)
    out[to++] = value >> 8
    out[to++] = value & 0xff
  }
  return to
}
