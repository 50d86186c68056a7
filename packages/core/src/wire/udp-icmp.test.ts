import { describe, expect, it } from 'vitest'
import { hex, readAlone, tryHostile } from '../../../../tests/support/packet-bytes.ts'
import * as icmp from './icmp.ts'
import * as icmpv6 from './icmpv6.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'
import * as udp from './udp.ts'

describe('UDP', () => {
  const header = hex('d431 0035 0028 9c1d')
  const read = (b: Uint8Array, at: number, end: number) => {
    const after = udp.headerEnd(b, at, end)
    if (after < 0) return after
    return [after - at, udp.sourcePort(b, at), udp.destinationPort(b, at), udp.length(b, at), udp.checksum(b, at)]
  }

  it('reads every field', () => {
    expect(readAlone(header, read)).toEqual([8, 54321, 53, 40, 0x9c1d])
  })

  it('tells cut from malformed', () => {
    for (let n = 0; n < 8; n++) expect(udp.headerEnd(header, 0, n)).toBe(TRUNCATED)
    expect(udp.headerEnd(hex('d431 0035 0007 9c1d'), 0, 8)).toBe(MALFORMED)
    expect(udp.headerEnd(hex('d431 0035 0000 9c1d'), 0, 8)).toBe(8)
  })

  it('survives anything', () => tryHostile(header, read, 8))
})

describe('ICMP', () => {
  const read = (b: Uint8Array, at: number, end: number) => {
    const after = icmp.headerEnd(b, at, end)
    if (after < 0) return after
    const quotedAt = icmp.quotedAt(b, at)
    return {
      type: icmp.type(b, at),
      code: icmp.code(b, at),
      checksum: icmp.checksum(b, at),
      echo: [icmp.echoId(b, at), icmp.echoSequence(b, at)],
      mtu: icmp.nextHopMtu(b, at),
      quotedAt: quotedAt < 0 ? -1 : quotedAt - at,
    }
  }
  const tooBig = hex('03 04 1234 0000 05dc')

  it('reads an error', () => {
    expect(readAlone(tooBig, read)).toMatchObject({
      type: icmp.Type.UNREACHABLE,
      code: 4,
      checksum: 0x1234,
      mtu: 1500,
      quotedAt: 8,
    })
  })

  it('reads an echo, which quotes nothing', () => {
    expect(readAlone(hex('08 00 f7ff 1234 0007'), read)).toMatchObject({ echo: [0x1234, 7], quotedAt: -1 })
    expect([0, 3, 4, 5, 8, 11, 12, 13].map(icmp.isError)).toEqual([false, true, true, true, false, true, true, false])
  })

  it('tells every prefix from a whole header', () => {
    for (let n = 0; n < 8; n++) expect(icmp.headerEnd(tooBig, 0, n)).toBe(TRUNCATED)
  })

  it('survives anything', () => tryHostile(tooBig, read, 9))
})

describe('ICMPv6', () => {
  const read = (b: Uint8Array, at: number, end: number) => {
    const after = icmpv6.headerEnd(b, at, end)
    if (after < 0) return after
    const quotedAt = icmpv6.quotedAt(b, at)
    return {
      type: icmpv6.type(b, at),
      code: icmpv6.code(b, at),
      checksum: icmpv6.checksum(b, at),
      echo: [icmpv6.echoId(b, at), icmpv6.echoSequence(b, at)],
      mtu: icmpv6.mtu(b, at),
      quotedAt: quotedAt < 0 ? -1 : quotedAt - at,
    }
  }
  const tooBig = hex('02 00 1234 00000500')

  it('reads an error', () => {
    expect(readAlone(tooBig, read)).toMatchObject({
      type: icmpv6.Type.PACKET_TOO_BIG,
      code: 0,
      checksum: 0x1234,
      mtu: 1280,
      quotedAt: 8,
    })
  })

  it('reads an echo, which quotes nothing', () => {
    expect(readAlone(hex('80 00 f7ff 1234 0007'), read)).toMatchObject({ echo: [0x1234, 7], quotedAt: -1 })
    expect([1, 4, 100, 127, 128, 135].map(icmpv6.isError)).toEqual([true, true, true, true, false, false])
  })

  it('tells every prefix from a whole header', () => {
    for (let n = 0; n < 8; n++) expect(icmpv6.headerEnd(tooBig, 0, n)).toBe(TRUNCATED)
  })

  it('survives anything', () => tryHostile(tooBig, read, 10))
})
