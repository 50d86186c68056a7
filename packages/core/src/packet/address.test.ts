import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ethernet, ipv4, ipv6, recordOf, tcp } from '../../../../tests/support/frames.ts'
import { hex } from '../../../../tests/support/packet-bytes.ts'
import { addressWords, flowHash, formatAddress, formatWords, isAddress, parseAddress } from './address.ts'
import { Dissector } from './dissect.ts'
import { Packet } from './packet.ts'

const bytes = new Uint8Array(16)

describe('text', () => {
  it.each([
    ['20010db8000000000000000000000001', '2001:db8::1'],
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['fe800000000000000000000000000000', 'fe80::'],
    ['20010db8000000010001000100010001', '2001:db8:0:1:1:1:1:1'],
    ['20010000000000010000000000000001', '2001:0:0:1::1'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
    ['0000000000000000000000000000abcd', '::abcd'],
    ['00010002000300040005000600070000', '1:2:3:4:5:6:7:0'],
  ])('of %s is %s (RFC 5952)', (address, text) => {
    expect(formatAddress(hex(address), 0, 6)).toBe(text)
    expect(parseAddress(text, bytes)).toBe(6)
    expect(bytes).toEqual(hex(address))
  })

  it('of IPv4', () => {
    expect(formatAddress(hex('ff c0000201'), 1, 4)).toBe('192.0.2.1')
    expect(parseAddress('192.0.2.1', bytes)).toBe(4)
    expect(bytes.slice(0, 4)).toEqual(hex('c0000201'))
  })

  it('is read in the forms of RFC 4291 §2.2', () => {
    expect(parseAddress('2001:DB8:0:0:0:0:0:1', bytes)).toBe(6)
    expect(formatAddress(bytes, 0, 6)).toBe('2001:db8::1')
    expect(parseAddress('::13.1.68.3', bytes)).toBe(6)
    expect(bytes).toEqual(hex('000000000000000000000000 0d014403'))
    expect(parseAddress('1:2:3:4:5:6:7.8.9.10', bytes)).toBe(6)
    expect(parseAddress('1:2:3:4:5:6:7::', bytes)).toBe(6)
  })

  it.each([
    '',
    '1.2.3',
    '1.2.3.256',
    '1.2.3.04',
    '1.2.3.4.5',
    ' 1.2.3.4',
    '1.2.3.+4',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7:8::',
    '::1:2:3:4:5:6:7:8',
    '12345::',
    'g::',
    '1:',
    ':1',
    '1.2.3.4::',
    '::1.2.3',
    '1:2:3:4:5:6:7:1.2.3.4',
    'fe80::1%eth0',
    '[::1]',
    `${'0:'.repeat(100)}1`,
  ])('%s is no address', (text) => {
    expect(parseAddress(text, bytes)).toBe(0)
  })

  it('goes there and back for every address', () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    })
    fc.assert(
      fc.property(groups, (values) => {
        const address = Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]))
        expect(parseAddress(formatAddress(address, 0, 6), bytes)).toBe(6)
        expect(bytes).toEqual(address)
      }),
      { seed: 31, numRuns: 500 },
    )
  })
})

describe('words', () => {
  const words = new Uint32Array(6)
  it('hold IPv4 as mapped, and compare without a copy', () => {
    addressWords(hex('ff c0000201'), 1, 4, words, 2)
    expect([...words]).toEqual([0, 0, 0, 0, 0xffff, 0xc0000201])
    expect(formatWords(words, 2)).toBe('192.0.2.1')
    expect(isAddress(hex('c0000201'), 0, 4, words, 2)).toBe(true)
    expect(isAddress(hex('c0000202'), 0, 4, words, 2)).toBe(false)
  })

  it('hold IPv6', () => {
    const address = hex('fe800000 80000001 00000000 ffffffff')
    addressWords(address, 0, 6, words, 0)
    expect([...words.slice(0, 4)]).toEqual([0xfe800000, 0x80000001, 0, 0xffffffff])
    expect(formatWords(words, 0)).toBe('fe80:0:8000:1::ffff:ffff')
    expect(isAddress(address, 0, 6, words, 0)).toBe(true)
    for (let i = 0; i < 16; i++) {
      const other = address.slice()
      other[i] ^= 1
      expect(isAddress(other, 0, 6, words, 0)).toBe(false)
    }
    expect(isAddress(hex('ffffffff'), 0, 4, words, 0)).toBe(false)
  })
})

describe('flowHash', () => {
  function packet(source: string, destination: string, sourcePort: number, destinationPort: number): Packet {
    const p = new Packet()
    const segment = tcp(hex(''), { sourcePort, destinationPort })
    new Dissector().dissect(recordOf(ethernet(0x0800, ipv4(segment, { source, destination }))), p)
    return p
  }

  it('is the same for both directions', () => {
    const there = packet('0a000001', '0a000002', 49200, 80)
    const back = packet('0a000002', '0a000001', 80, 49200)
    expect(flowHash(there, 7)).toBe(flowHash(back, 7))
    expect(flowHash(there, 7)).not.toBe(flowHash(there, 8))
    expect(flowHash(there, 7)).not.toBe(flowHash(packet('0a000001', '0a000002', 80, 49200), 7))

    const v6 = new Packet()
    new Dissector().dissect(recordOf(ipv6(tcp(hex(''))), 229), v6)
    const before = flowHash(v6, 7)
    for (let i = 0; i < 16; i++) {
      v6.bytes[v6.sourceAt + i] ^= 0x10
      expect(flowHash(v6, 7)).not.toBe(before)
      v6.bytes[v6.sourceAt + i] ^= 0x10
    }
    expect(flowHash(v6, 7)).toBe(before)
    ;[v6.sourceAt, v6.destinationAt] = [v6.destinationAt, v6.sourceAt]
    ;[v6.sourcePort, v6.destinationPort] = [v6.destinationPort, v6.sourcePort]
    expect(flowHash(v6, 7)).toBe(before)
  })

  it('spreads the ports of two hosts over a table’s lower and upper bits', () => {
    const p = packet('0a000001', '0a000002', 1, 80)
    for (const seed of [0, 1, 0xdeadbeef]) {
      const low = new Uint32Array(1024)
      const high = new Uint32Array(1024)
      for (p.sourcePort = 0; p.sourcePort < 65536; p.sourcePort++) {
        const hash = flowHash(p, seed)
        if (hash >>> 0 !== hash) throw new Error(`${hash} is no unsigned 32-bit number`)
        low[hash & 1023]++
        high[hash >>> 22]++
      }
      // 64 expected in each; a Poisson variable exceeds 110 once in some 10 million cases.
      expect(Math.max(...low, ...high)).toBeLessThan(112)
      expect(Math.min(...low, ...high)).toBeGreaterThan(25)
    }
  })
})
