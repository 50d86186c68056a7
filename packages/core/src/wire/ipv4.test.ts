import { expect, it } from 'vitest'
import { hex, readAlone, tryHostile } from '../../../../tests/support/packet-bytes.ts'
import * as ipv4 from './ipv4.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'

/** Router alert and two bytes of padding behind the fixed header; a first fragment. */
const header = hex('47 b9 05dc 1c46 2000 40 06 b1e6 ac100a63 ac100a0c 94040000 01 00 0000')

function read(b: Uint8Array, at: number, end: number) {
  const after = ipv4.headerEnd(b, at, end)
  if (after < 0) return after
  const options: number[][] = []
  const sound = ipv4.eachOption(b, at, after, (kind, valueAt, bytes) => {
    options.push([kind, valueAt - at, ...b.slice(valueAt, valueAt + bytes)])
  })
  return {
    bytes: after - at,
    headerBytes: ipv4.headerBytes(b, at),
    trafficClass: ipv4.trafficClass(b, at),
    totalLength: ipv4.totalLength(b, at),
    id: ipv4.id(b, at),
    dontFragment: ipv4.dontFragment(b, at),
    moreFragments: ipv4.moreFragments(b, at),
    fragmentOffset: ipv4.fragmentOffset(b, at),
    isFragment: ipv4.isFragment(b, at),
    ttl: ipv4.ttl(b, at),
    protocol: ipv4.protocol(b, at),
    checksum: ipv4.checksum(b, at),
    source: [...b.slice(ipv4.sourceAt(at), ipv4.sourceAt(at) + 4)],
    destination: [...b.slice(ipv4.destinationAt(at), ipv4.destinationAt(at) + 4)],
    options,
    sound,
  }
}

it('reads every field', () => {
  expect(readAlone(header, read)).toEqual({
    bytes: 28,
    headerBytes: 28,
    trafficClass: 0xb9,
    totalLength: 1500,
    id: 0x1c46,
    dontFragment: false,
    moreFragments: true,
    fragmentOffset: 0,
    isFragment: true,
    ttl: 64,
    protocol: 6,
    checksum: 0xb1e6,
    source: [172, 16, 10, 99],
    destination: [172, 16, 10, 12],
    options: [
      [0x94, 22, 0, 0],
      [1, 25],
      [0, 26],
    ],
    sound: true,
  })
})

it('knows a later fragment and a whole packet', () => {
  const later = header.slice()
  later.set([0x00, 0xb9], 6)
  expect(ipv4.fragmentOffset(later, 0)).toBe(1480)
  expect(ipv4.isFragment(later, 0)).toBe(true)
  later.set([0x40, 0x00], 6)
  expect(ipv4.isFragment(later, 0)).toBe(false)
  expect(ipv4.dontFragment(later, 0)).toBe(true)
})

it('tells every prefix from a whole header', () => {
  for (let n = 0; n < header.length; n++) expect(ipv4.headerEnd(header, 0, n)).toBe(TRUNCATED)
})

it('refuses another version and a header of less than five words', () => {
  for (const first of [0x35, 0x65, 0x44, 0x40]) {
    const changed = header.slice()
    changed[0] = first
    expect(ipv4.headerEnd(changed, 0, changed.length)).toBe(MALFORMED)
  }
})

it('stops at an option whose length is impossible', () => {
  for (const options of ['94 01', '94 00', '94 09', '01 01 01 01 01 01 01 94']) {
    const changed = header.slice()
    changed.set(hex(options), 20)
    expect(ipv4.eachOption(changed, 0, 28, () => {})).toBe(false)
  }
})

it('survives anything', () => tryHostile(header, read, 4))
