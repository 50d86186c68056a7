import { expect, test } from 'vitest'
import { u16be, u16le, u24be, u32be, u32le } from './read.ts'

const bytes = Uint8Array.of(0x00, 0xfe, 0xdc, 0xba, 0x98, 0x01)

test('reads unsigned integers in both byte orders', () => {
  expect(u16be(bytes, 1)).toBe(0xfedc)
  expect(u24be(bytes, 1)).toBe(0xfedcba)
  expect(u32be(bytes, 1)).toBe(0xfedcba98)
  expect(u16le(bytes, 1)).toBe(0xdcfe)
  expect(u32le(bytes, 1)).toBe(0x98badcfe)
})
