import { expect, test } from 'vitest'
import { formatWords } from './address.ts'

test.each([
  ['10.1.9.11', [0, 0, 0xffff, 0x0a01090b]],
  ['255.255.255.255', [0, 0, 0xffff, 0xffffffff]],
  ['2001:db8::1', [0x20010db8, 0, 0, 1]],
  ['::', [0, 0, 0, 0]],
  ['fe80::a00:27ff:fe4e:66a1', [0xfe800000, 0, 0x0a0027ff, 0xfe4e66a1]],
])('%s', (text, words) => {
  expect(formatWords(Uint32Array.from([7, ...words]), 1)).toBe(text)
})
