import { expect, test } from 'vitest'
import { u16be, u32be } from './read.ts'

test('reads unsigned integers in network byte order', () => {
  const bytes = Uint8Array.of(0x00, 0xfe, 0xdc, 0xba, 0x98, 0x01)
  expect(u16be(bytes, 1)).toBe(0xfedc)
  expect(u32be(bytes, 1)).toBe(0xfedcba98)
})
