import { describe, expect, it } from 'vitest'
import { hex, readAlone, tryHostile } from '../../../../tests/support/packet-bytes.ts'
import { eachOption, OptionsEnd, readOptions, TcpOptions } from './tcp-options.ts'

/** A header with these options, which must fill whole words. */
function segment(options: string): Uint8Array {
  const bytes = hex(options)
  if (bytes.length % 4 !== 0) throw new Error('options fill whole words')
  const header = hex('e5ce 0050 f1e2d3c4 00000000 50 02 faf0 fe30 0000')
  header[12] = ((20 + bytes.length) / 4) << 4
  return Uint8Array.from([...header, ...bytes])
}

function read(b: Uint8Array, at: number, end: number) {
  if (end - at < 20) return null
  const out = new TcpOptions()
  readOptions(b, at, end, out)
  return {
    ...out,
    fastOpenAt: out.fastOpenAt < 0 ? -1 : out.fastOpenAt - at,
    sackLeft: [...out.sackLeft.slice(0, out.sackCount)],
    sackRight: [...out.sackRight.slice(0, out.sackCount)],
    listed: list(b, at, end),
  }
}

function list(b: Uint8Array, at: number, end: number): unknown[] {
  const seen: unknown[] = []
  const how = eachOption(b, at, end, (kind, valueAt, bytes) => {
    seen.push([kind, valueAt - at, ...b.slice(valueAt, valueAt + bytes)])
  })
  return [...seen, how]
}

const optionsOf = (options: string) => readAlone(segment(options), read) as NonNullable<ReturnType<typeof read>>

const NOTHING = {
  status: OptionsEnd.WHOLE,
  oddLength: false,
  mss: -1,
  windowScale: -1,
  sackPermitted: false,
  hasTimestamps: false,
  tsVal: 0,
  tsEcr: 0,
  sackCount: 0,
  fastOpen: -1,
  fastOpenAt: -1,
  mptcp: -1,
  sackLeft: [],
  sackRight: [],
}

describe('readOptions', () => {
  it('reads a SYN', () => {
    expect(optionsOf('020405b4 0402 080a f012d687 00000001 01 030307')).toMatchObject({
      ...NOTHING,
      mss: 1460,
      sackPermitted: true,
      hasTimestamps: true,
      tsVal: 0xf012d687,
      tsEcr: 1,
      windowScale: 7,
    })
  })

  it('reads the usual layout and the same options in another order', () => {
    const timestamps = { ...NOTHING, hasTimestamps: true, tsVal: 0xf0000001, tsEcr: 0xe0000002 }
    expect(optionsOf('0101080a f0000001 e0000002')).toMatchObject(timestamps)
    expect(optionsOf('080a f0000001 e0000002 0101')).toMatchObject(timestamps)
    expect(optionsOf('0101080a f0000001 e0000002 01010101')).toMatchObject(timestamps)
  })

  it('reads up to four SACK blocks', () => {
    const block = (n: number) => `f000000${n} f000001${n}`
    expect(optionsOf(`01 01 05 12 ${block(1)} ${block(2)}`)).toMatchObject({
      sackCount: 2,
      sackLeft: [0xf0000001, 0xf0000002],
      sackRight: [0xf0000011, 0xf0000012],
    })
    expect(optionsOf(`01 01 05 22 ${[1, 2, 3, 4].map(block).join('')}`)).toMatchObject({ sackCount: 4 })
    // Two SACK options of two and two blocks and a third would not fit 40 bytes; four blocks are the most.
    expect(optionsOf(`05 12 ${block(1)} ${block(2)} 05 12 ${block(3)} ${block(4)}`)).toMatchObject({
      sackCount: 4,
      sackLeft: [0xf0000001, 0xf0000002, 0xf0000003, 0xf0000004],
    })
  })

  it('reads fast open by its own kind and by the experimental one', () => {
    expect(optionsOf('22 02 01 01')).toMatchObject({ fastOpen: 0, fastOpenAt: 22 })
    expect(optionsOf('22 0a 0102030405060708 0101')).toMatchObject({ fastOpen: 8, fastOpenAt: 22, oddLength: false })
    expect(optionsOf('fe 04 f989')).toMatchObject({ fastOpen: 0, fastOpenAt: 24 })
    expect(optionsOf('fe 0c f989 0102030405060708')).toMatchObject({ fastOpen: 8, fastOpenAt: 24 })
    expect(optionsOf('fe 06 1234 5678 0101')).toMatchObject({ fastOpen: -1, oddLength: false })
    expect(optionsOf('22 05 010203 010101')).toMatchObject({ fastOpen: -1, oddLength: true })
  })

  it('reads the Multipath TCP subtype', () => {
    expect(optionsOf('1e 0c 01 81 0102030405060708')).toMatchObject({ mptcp: 0 })
    expect(optionsOf('1e 04 30 00')).toMatchObject({ mptcp: 3 })
  })

  it('passes over kinds that it does not know', () => {
    expect(optionsOf('1c 04 0078  ac 0b 000001 000001 000001 01 02 04 05b4 ')).toMatchObject({
      mss: 1460,
      oddLength: false,
    })
  })

  it('ends at END', () => {
    expect(optionsOf('00 ff ff ff')).toEqual({ ...NOTHING, listed: [[0, 21], OptionsEnd.WHOLE] })
  })

  it.each(['02 03 05 01', '03 02 01 01', '04 03 00 01', '05 06 00000001 0101', '08 06 00000001 0101', '1e 02 01 01'])(
    'notes a known kind of a forbidden length: %s',
    (text) => {
      expect(optionsOf(text)).toMatchObject({
        ...NOTHING,
        oddLength: true,
      })
    },
  )

  it.each(['02 00 05b4', '02 01 05b4', '01 01 08 0a', '01 01 01 02'])(
    'stops at an option whose length is impossible: %s',
    (text) => {
      expect(optionsOf(`0303070 1 ${text}`)).toMatchObject({ status: OptionsEnd.MALFORMED, windowScale: 7, mss: -1 })
    },
  )

  it('reads what precedes the cut of the capture', () => {
    const syn = segment('020405b4 0402 080a f012d687 00000001 01 030307')
    const status = (n: number) => readAlone(syn.subarray(0, n), read) as NonNullable<ReturnType<typeof read>>
    for (let n = 20; n < syn.length; n++) {
      expect(status(n).status).toBe(OptionsEnd.CUT)
      expect(status(n).mss).toBe(n < 24 ? -1 : 1460)
      expect(status(n).hasTimestamps).toBe(n >= 36)
    }
    expect(status(syn.length).status).toBe(OptionsEnd.WHOLE)
  })

  it('leaves nothing behind from the segment before', () => {
    const out = new TcpOptions()
    const first = segment('020405b4 0402 080a f012d687 00000001 01 030307')
    readOptions(first, 0, first.length, out)
    const none = segment('')
    readOptions(none, 0, none.length, out)
    expect(out).toEqual(new TcpOptions())
  })
})

it('lists options with the offset and the bytes of their values', () => {
  expect(optionsOf('020405b4 01 030307').listed).toEqual([[2, 22, 5, 0xb4], [1, 25], [3, 27, 7], OptionsEnd.WHOLE])
})

it('survives anything', () => {
  for (const options of [
    '020405b4 0402 080a f012d687 00000001 01 030307',
    '01 01 05 12 f0000001 f0000011 f0000002 f0000012 fe 0c f989 0102030405060708',
    '0101080a f0000001 e0000002',
  ])
    tryHostile(segment(options), read, 3)
})
