import { expect, it } from 'vitest'
import { hex, seeded } from '../../../../tests/support/packet-bytes.ts'
import { addWords, fold, internetChecksum, transportChecksum } from './checksum.ts'

it('gives the sum of the example in RFC 1071 §3', () => {
  expect(internetChecksum(hex('0001 f203 f4f5 f6f7'), 0, 8)).toBe(0xffff - 0xddf2)
})

it('gives the checksum of an IPv4 header and 0 for one that holds it', () => {
  expect(internetChecksum(hex('ff 45000073 00004000 40110000 c0a80001 c0a800c7'), 1, 21)).toBe(0xb861)
  expect(internetChecksum(hex('45000073 00004000 4011b861 c0a80001 c0a800c7'), 0, 20)).toBe(0)
})

it('takes an odd last byte as the upper half of a word', () => {
  expect(internetChecksum(hex('0102 03'), 0, 3)).toBe(internetChecksum(hex('0102 0300'), 0, 4))
  expect(fold(addWords(hex('0304'), 0, 2, addWords(hex('0102'), 0, 2, 0)))).toBe(
    internetChecksum(hex('01020304'), 0, 4),
  )
})

it('stays exact over a megabyte of ones', () => {
  expect(internetChecksum(new Uint8Array(1 << 20).fill(0xff), 0, 1 << 20)).toBe(0)
})

it('covers the pseudo-header of TCP and UDP in both versions of IP', () => {
  const random = seeded(41)
  for (const [addressBytes, protocol] of [
    [4, 6],
    [16, 17],
  ]) {
    const b = Uint8Array.from({ length: 2 * addressBytes + 41 }, () => random(256))
    const at = 2 * addressBytes
    const field = at + (protocol === 6 ? 16 : 6)
    b[field] = 0
    b[field + 1] = 0
    const sum = transportChecksum(b, 0, addressBytes, addressBytes, protocol, at, b.length)
    const pseudo = addressBytes === 4 ? [0, protocol, 0, 41] : [0, 0, 0, 41, 0, 0, 0, protocol]
    const spelledOut = Uint8Array.from([...b.slice(0, at), ...pseudo, ...b.slice(at)])
    expect(sum).toBe(internetChecksum(spelledOut, 0, spelledOut.length))
    b[field] = sum >> 8
    b[field + 1] = sum & 0xff
    expect(transportChecksum(b, 0, addressBytes, addressBytes, protocol, at, b.length)).toBe(0)
    b[at] ^= 1
    expect(transportChecksum(b, 0, addressBytes, addressBytes, protocol, at, b.length)).not.toBe(0)
  }
})
