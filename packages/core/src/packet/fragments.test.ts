import { describe, expect, it } from 'vitest'
import { ipv4 } from '../../../../tests/support/frames.ts'
import { seeded } from '../../../../tests/support/packet-bytes.ts'
import { internetChecksum } from '../bytes/checksum.ts'
import { Assembly, Fragment, Fragments } from './fragments.ts'

interface Part {
  offset: number
  bytes: number
  more?: boolean
  id?: number
  /** Value of all its bytes; otherwise byte i of the datagram is i mod 251. */
  fill?: number
  time?: number
  version?: 4 | 6
  captured?: number
}

function fragmentOf(part: Part): Fragment {
  const data = new Uint8Array(part.bytes)
  for (let i = 0; i < part.bytes; i++) data[i] = part.fill ?? (part.offset + i) % 251
  const fragment = new Fragment()
  const header = part.version === 6 ? new Uint8Array(40) : ipv4(new Uint8Array(0))
  fragment.bytes = new Uint8Array(header.length + data.length)
  fragment.bytes.set(header)
  fragment.bytes.set(data, header.length)
  fragment.version = part.version ?? 4
  fragment.headerEnd = part.version === 6 ? 40 : 20
  fragment.namedAt = 6
  fragment.protocol = 17
  fragment.id = part.id ?? 1
  fragment.offset = part.offset
  fragment.more = part.more ?? false
  fragment.dataAt = fragment.headerEnd
  fragment.dataEnd = fragment.headerEnd + part.bytes
  fragment.capturedEnd = fragment.headerEnd + (part.captured ?? part.bytes)
  fragment.time = part.time ?? 0
  return fragment
}

const { WAITING, COMPLETE, MALFORMED } = Assembly

function add(fragments: Fragments, ...parts: Part[]): Assembly[] {
  return parts.map((part) => fragments.add(fragmentOf(part)))
}

const data = (fragments: Fragments, headerBytes = 20) => [
  ...fragments.assembled.slice(headerBytes, fragments.capturedEnd),
]
const expected = (length: number) => Array.from({ length }, (_, i) => i % 251)

describe('a datagram', () => {
  it('is complete when its last hole is filled, whatever the order and the copies', () => {
    const random = seeded(21)
    for (let round = 0; round < 200; round++) {
      const parts: Part[] = []
      let offset = 0
      for (let n = 2 + random(8); n > 0; n--) {
        const bytes = n === 1 ? 1 + random(40) : 8 * (1 + random(5))
        parts.push({ offset, bytes, more: n > 1 })
        offset += bytes
      }
      const order = parts.map((part) => ({ part, key: random(1000) })).sort((a, b) => a.key - b.key)
      const fragments = new Fragments()
      const sent = order.flatMap(({ part }, i) => (random(3) === 0 && i < order.length - 1 ? [part, part] : [part]))
      const outcomes = add(fragments, ...sent)
      expect(outcomes.slice(0, -1)).toEqual(sent.slice(1).map(() => WAITING))
      expect(outcomes.at(-1)).toBe(COMPLETE)
      expect(data(fragments)).toEqual(expected(offset))
      expect(fragments.wireEnd).toBe(20 + offset)
      expect(fragments.overlapped).toBe(false)
      expect([fragments.pending, fragments.heldBytes]).toEqual([0, 0])
    }
  })

  it('gets a header that knows nothing of fragments', () => {
    const fragments = new Fragments()
    add(fragments, { offset: 0, bytes: 8, more: true }, { offset: 8, bytes: 3 })
    const header = fragments.assembled.slice(0, 20)
    expect((header[2] << 8) | header[3]).toBe(31)
    expect((header[6] << 8) | header[7]).toBe(0)
    expect(internetChecksum(header, 0, 20)).toBe(0)

    add(fragments, { offset: 0, bytes: 8, more: true, version: 6 }, { offset: 8, bytes: 3, version: 6 })
    expect((fragments.assembled[4] << 8) | fragments.assembled[5]).toBe(11)
    expect(fragments.assembled[6]).toBe(17)
  })

  it('keeps the first of two copies of a byte, and says so', () => {
    const fragments = new Fragments()
    expect(
      add(
        fragments,
        { offset: 0, bytes: 16, more: true, fill: 1 },
        { offset: 24, bytes: 8, more: true, fill: 2 },
        { offset: 8, bytes: 32, fill: 3 },
      ),
    ).toEqual([WAITING, WAITING, COMPLETE])
    const run = (value: number, length: number) => Array.from({ length }, () => value)
    expect(data(fragments)).toEqual([...run(1, 16), ...run(3, 8), ...run(2, 8), ...run(3, 8)])
    expect(fragments.overlapped).toBe(true)
  })

  it('of IPv6 is given up at an overlap, as receivers do', () => {
    const fragments = new Fragments()
    const v6 = { version: 6 } as const
    expect(
      add(
        fragments,
        { ...v6, offset: 0, bytes: 16, more: true },
        { ...v6, offset: 0, bytes: 16, more: true },
        { ...v6, offset: 8, bytes: 16, more: true },
        { ...v6, offset: 16, bytes: 8 },
      ),
    ).toEqual([WAITING, WAITING, MALFORMED, WAITING])
  })

  it('ends, as far as it was captured, where the capture cut a fragment', () => {
    const fragments = new Fragments()
    add(
      fragments,
      { offset: 0, bytes: 16, more: true },
      { offset: 16, bytes: 16, more: true, captured: 4 },
      { offset: 32, bytes: 8 },
    )
    expect(data(fragments)).toEqual(expected(20))
    expect(fragments.wireEnd).toBe(60)
  })

  it.each<[string, Part[]]>([
    ['a fragment without data', [{ offset: 8, bytes: 0 }]],
    ['one that is not the last and no multiple of eight long', [{ offset: 0, bytes: 9, more: true }]],
    ['one that ends beyond 65,535', [{ offset: 65528, bytes: 8 }]],
    [
      'two ends',
      [
        { offset: 16, bytes: 8 },
        { offset: 16, bytes: 4 },
      ],
    ],
    [
      'data beyond the end',
      [
        { offset: 16, bytes: 8 },
        { offset: 24, bytes: 8, more: true },
      ],
    ],
    [
      'an end before data',
      [
        { offset: 24, bytes: 8, more: true },
        { offset: 16, bytes: 8 },
      ],
    ],
    [
      'a header that makes it larger than IP allows',
      [
        { offset: 0, bytes: 65520, more: true },
        { offset: 65520, bytes: 8 },
      ],
    ],
  ])('is malformed by %s', (_, parts) => {
    const outcomes = add(new Fragments(), ...parts)
    expect(outcomes.at(-1)).toBe(MALFORMED)
    expect(outcomes.slice(0, -1)).toEqual(parts.slice(1).map(() => WAITING))
  })

  it('is kept apart from others by its identification, and given up after 30 s', () => {
    const fragments = new Fragments()
    expect(
      add(
        fragments,
        { id: 1, offset: 0, bytes: 8, more: true },
        { id: 2, offset: 8, bytes: 8 },
        { id: 1, offset: 8, bytes: 8, time: 30e9 },
        { id: 2, offset: 0, bytes: 8, more: true, time: 30e9 + 1 },
      ),
    ).toEqual([WAITING, WAITING, COMPLETE, WAITING])
    expect(fragments.pending).toBe(1)
  })
})

describe('a flood', () => {
  const MAX_BYTES = 4 << 20
  it('of first fragments leaves a bounded number', () => {
    const fragments = new Fragments()
    for (let id = 0; id < 20_000; id++) add(fragments, { id, offset: 0, bytes: 8, more: true, time: id })
    expect(fragments.pending).toBe(256)
    // The newest survive.
    expect(add(fragments, { id: 19_999, offset: 8, bytes: 8, time: 20_000 })).toEqual([COMPLETE])
  })

  it('of large fragments holds a bounded number of bytes', () => {
    const fragments = new Fragments()
    for (let id = 0; id < 200; id++) {
      add(fragments, { id, offset: 8, bytes: 60_000, more: true })
      expect(fragments.heldBytes).toBeLessThanOrEqual(MAX_BYTES)
    }
    expect(fragments.pending).toBeGreaterThan(30)
  })

  it('of crumbs of one datagram is given up', () => {
    const fragments = new Fragments()
    const outcomes = new Set<Assembly>()
    for (let i = 0; i < 4000; i++) {
      for (const outcome of add(fragments, { offset: 16 * i + 8, bytes: 8, more: true })) outcomes.add(outcome)
      expect(fragments.heldBytes).toBeLessThanOrEqual(MAX_BYTES)
    }
    expect([...outcomes].sort()).toEqual([WAITING, MALFORMED])
    expect(fragments.heldBytes).toBeLessThan(1000)
  })

  it('of anything is survived, and the books balance', () => {
    const random = seeded(22)
    const fragments = new Fragments()
    for (let i = 0; i < 20_000; i++) {
      add(fragments, {
        id: random(400),
        version: random(2) === 0 ? 4 : 6,
        offset: 8 * random(20),
        bytes: random(48),
        more: random(3) > 0,
        time: random(60) * 1e9,
      })
      const { pending, heldBytes } = fragments
      if (pending > 256 || heldBytes > MAX_BYTES || heldBytes < pending * 256)
        throw new Error(`${pending} datagrams hold ${heldBytes} bytes`)
    }
    add(fragments, { id: 9999, offset: 0, bytes: 8, more: true, time: 1e15 })
    expect(fragments.pending).toBe(1)
    expect(fragments.heldBytes).toBeLessThan(1000)
  })
})
