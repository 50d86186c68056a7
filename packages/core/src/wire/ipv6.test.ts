import { describe, expect, it } from 'vitest'
import { hex, readAlone, tryHostile } from '../../../../tests/support/packet-bytes.ts'
import * as ipv6 from './ipv6.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'

const SOURCE = '20010db8 00000000 00000000 00000001'
const DESTINATION = '20010db8 00000000 00000000 00000002'
const fixed = (next: string, length = '0000') => `6b912345 ${length} ${next} 40 ${SOURCE} ${DESTINATION}`

const HOP_BY_HOP = '05020000 0100' // router alert, PadN
const ROUTING = '0200 0001 0000 0000'

function read(b: Uint8Array, at: number, end: number) {
  const after = ipv6.headerEnd(b, at, end)
  if (after < 0) return after
  const out = new ipv6.Extensions()
  const transportAt = ipv6.walkExtensions(b, at, end, out)
  return {
    bytes: after - at,
    trafficClass: ipv6.trafficClass(b, at),
    flowLabel: ipv6.flowLabel(b, at),
    payloadLength: ipv6.payloadLength(b, at),
    nextHeader: ipv6.nextHeader(b, at),
    hopLimit: ipv6.hopLimit(b, at),
    sourceAt: ipv6.sourceAt(at) - at,
    destinationAt: ipv6.destinationAt(at) - at,
    transport: transportAt < 0 ? transportAt : [transportAt - at, out.protocol],
    jumboBytes: out.jumboBytes,
    fragment:
      transportAt < 0 || out.fragmentAt < 0
        ? null
        : {
            at: out.fragmentAt - at,
            namedAt: out.fragmentNamedAt - at,
            offset: ipv6.fragmentOffset(b, out.fragmentAt),
            more: ipv6.moreFragments(b, out.fragmentAt),
            id: ipv6.fragmentId(b, out.fragmentAt),
          },
  }
}

const walk = (text: string) => {
  const seen = readAlone(hex(text), read)
  return seen as Exclude<ReturnType<typeof read>, number>
}

it('reads every field of the fixed header', () => {
  expect(walk(fixed('06', '05a0'))).toEqual({
    bytes: 40,
    trafficClass: 0xb9,
    flowLabel: 0x12345,
    payloadLength: 1440,
    nextHeader: 6,
    hopLimit: 64,
    sourceAt: 8,
    destinationAt: 24,
    transport: [40, 6],
    jumboBytes: -1,
    fragment: null,
  })
})

it('tells every prefix from a whole header, and another version', () => {
  const header = hex(fixed('06'))
  for (let n = 0; n < header.length; n++) expect(ipv6.headerEnd(header, 0, n)).toBe(TRUNCATED)
  header[0] = 0x45
  expect(ipv6.headerEnd(header, 0, header.length)).toBe(MALFORMED)
})

describe('extension headers', () => {
  it('are followed in any number up to the transport header', () => {
    const chain = `2b00 ${HOP_BY_HOP} 3c${ROUTING.slice(2)} 3300 010400000000`
    const authentication = '0604 0000 00000001 00000002 000000000000000000000000'
    expect(walk(`${fixed('00')} ${chain} ${authentication}`).transport).toEqual([40 + 24 + 24, 6])
  })

  it('that are cut are cut at every byte', () => {
    const whole = hex(`${fixed('00')} 2b00 ${HOP_BY_HOP} 06${ROUTING.slice(2)}`)
    for (let n = 40; n < whole.length; n++)
      expect(ipv6.walkExtensions(whole, 0, n, new ipv6.Extensions())).toBe(TRUNCATED)
    expect(ipv6.walkExtensions(whole, 0, whole.length, new ipv6.Extensions())).toBe(56)
  })

  it('give the length of a jumbogram', () => {
    const jumbo = walk(`${fixed('00')} 0600 c204 00020000`)
    expect(jumbo.jumboBytes).toBe(0x20000)
    expect(jumbo.transport).toEqual([48, 6])
    expect(walk(`${fixed('00')} 0600 c203 00020000`).transport).toBe(MALFORMED)
  })

  it('of a fragment end behind the fragment header', () => {
    const fragment = walk(`${fixed('3c')} 2c00 010400000000 0600 05a9 cafebabe`)
    expect(fragment.transport).toEqual([56, 6])
    expect(fragment.fragment).toEqual({ at: 48, namedAt: 40, offset: 1448, more: true, id: 0xcafebabe })
  })

  it('of an atomic fragment are passed through', () => {
    const whole = walk(`${fixed('2c')} 0600 0000 cafebabe`)
    expect(whole.transport).toEqual([48, 6])
    expect(whole.fragment).toBeNull()
  })

  it('with options that run past their header are malformed', () => {
    expect(walk(`${fixed('00')} 0600 05090000 0100`).transport).toBe(MALFORMED)
    expect(walk(`${fixed('00')} 0600 0000 000000 01`).transport).toBe(MALFORMED)
  })

  it('are not followed without end', () => {
    const chain = (n: number) => `${fixed('3c')} ${'3c00 010400000000'.repeat(n - 1)} 0600 010400000000`
    expect(walk(chain(32)).transport).toBe(MALFORMED)
    expect(walk(chain(31)).transport).toEqual([40 + 31 * 8, 6])
  })
})

it('survives anything', () => {
  tryHostile(hex(`${fixed('00')} 2b00 ${HOP_BY_HOP} 2c${ROUTING.slice(2)} 3300 05a9 cafebabe`), read, 6)
  tryHostile(hex(`${fixed('00')} 3300 c20400020000 0602 0000 00000001 00000002 00000000`), read, 7)
})
