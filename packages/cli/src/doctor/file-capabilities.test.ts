import { describe, expect, it } from 'vitest'
import { parseFileCapabilities } from './file-capabilities.ts'

/** Version 2 of struct vfs_cap_data, effective. */
function attribute(permitted: number, inheritable = 0): Buffer {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt32LE(0x0200_0001, 0)
  bytes.writeUInt32LE(permitted >>> 0, 4)
  bytes.writeUInt32LE(inheritable >>> 0, 8)
  return bytes
}

describe("capabilities of a program's file", () => {
  it.each([
    [1 << 13, ['cap_net_raw']],
    [1 << 12, ['cap_net_admin']],
    [(1 << 12) | (1 << 13), ['cap_net_admin', 'cap_net_raw']],
    [-1, ['cap_net_admin', 'cap_net_raw']],
    [1 << 11, []],
    [0, []],
  ])('permitted %i', (permitted, names) => {
    expect(parseFileCapabilities(attribute(permitted))).toEqual(names)
  })

  it('does not count what can only be inherited', () => {
    expect(parseFileCapabilities(attribute(0, -1))).toEqual([])
  })

  it('does not know what is cut off', () => {
    const whole = attribute(-1)
    for (let length = 0; length < 12; length++) expect(parseFileCapabilities(whole.subarray(0, length))).toBeNull()
  })
})
