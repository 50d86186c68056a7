import { expect, test } from 'vitest'
import { linkTypeDescription, linkTypeName, linkTypeNumber } from './link-types.ts'

test('numbers to names and back', () => {
  for (const [number, name] of [
    [0, 'NULL'],
    [1, 'EN10MB'],
    [101, 'RAW'],
    [113, 'LINUX_SLL'],
    [276, 'LINUX_SLL2'],
    [108, 'LOOP'],
    [228, 'IPV4'],
  ] as const) {
    expect(linkTypeName(number)).toBe(name)
    expect(linkTypeNumber(name.toLowerCase())).toBe(number)
    expect(linkTypeNumber(`DLT_${name}`)).toBe(number)
  }
  expect(linkTypeDescription(1)).toBe('Ethernet')
  expect(linkTypeName(12)).toBe('RAW')
})

test('an unknown one keeps its number', () => {
  expect(linkTypeName(4711)).toBe('LINKTYPE_4711')
  expect(linkTypeNumber('LINKTYPE_4711')).toBe(4711)
  expect(linkTypeNumber('NO_SUCH')).toBeNull()
  expect(linkTypeDescription(4711)).toBeNull()
})
