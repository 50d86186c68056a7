import { expect, it } from 'vitest'
import { hex } from '../../../../tests/support/packet-bytes.ts'
import { internetChecksum, onesComplementSum } from './checksum.ts'

it('gives the sum of the example in RFC 1071 §3', () => {
  expect(internetChecksum(hex('0001 f203 f4f5 f6f7'), 0, 8)).toBe(0xffff - 0xddf2)
})

it('gives the checksum of an IPv4 header and 0 for one that holds it', () => {
  expect(internetChecksum(hex('ff 45000073 00004000 40110000 c0a80001 c0a800c7'), 1, 21)).toBe(0xb861)
  expect(internetChecksum(hex('45000073 00004000 4011b861 c0a80001 c0a800c7'), 0, 20)).toBe(0)
})

it('takes an odd last byte as the upper half of a word', () => {
  expect(internetChecksum(hex('0102 03'), 0, 3)).toBe(internetChecksum(hex('0102 0300'), 0, 4))
})

it('stays exact over a megabyte of ones', () => {
  expect(internetChecksum(new Uint8Array(1 << 20).fill(0xff), 0, 1 << 20)).toBe(0)
})

it('gives the same sum four bytes at once, at any place and of any length up to a packet', () => {
  const bytes = Uint8Array.from({ length: 70 }, (_, i) => (i * 151 + 7) & 0xff)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < 5; at++)
    for (let end = at; end <= bytes.length; end++)
      expect(onesComplementSum(view, at, end)).toBe(~internetChecksum(bytes, at, end) & 0xffff)
  expect(onesComplementSum(new DataView(new Uint8Array(262_144).fill(0xff).buffer), 0, 262_144)).toBe(0xffff)
})
