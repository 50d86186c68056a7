import { describe, expect, it } from 'vitest'
import { hex, readAlone, tryHostile } from '../../../../tests/support/packet-bytes.ts'
import * as ethernet from './ethernet.ts'
import * as llc from './llc.ts'
import * as mpls from './mpls.ts'
import * as nullLoop from './null-loop.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'
import * as ppp from './ppp.ts'
import * as pppoe from './pppoe.ts'
import * as sll from './sll.ts'
import * as sll2 from './sll2.ts'
import * as vlan from './vlan.ts'

type HeaderEnd = (b: Uint8Array, at: number, end: number) => number

/** Every proper prefix of a header is cut; the whole one is not. */
function expectPrefixesCut(header: Uint8Array, headerEnd: HeaderEnd): void {
  for (let n = 0; n < header.length; n++) expect(headerEnd(header, 0, n)).toBe(TRUNCATED)
  expect(headerEnd(header, 0, header.length)).toBe(header.length)
}

describe('Ethernet', () => {
  const header = hex('ffffffffffff 02420a000001 0806')
  it('reads every field', () => {
    expectPrefixesCut(header, ethernet.headerEnd)
    expect(ethernet.type(header, 0)).toBe(ethernet.EtherType.ARP)
    expect(ethernet.destinationAt(100)).toBe(100)
    expect(ethernet.sourceAt(100)).toBe(106)
  })
})

describe('802.1Q tag', () => {
  const header = hex('b064 0800')
  const read = (b: Uint8Array, at: number, end: number) =>
    vlan.headerEnd(b, at, end) < 0
      ? null
      : [vlan.priority(b, at), vlan.dropEligible(b, at), vlan.id(b, at), vlan.type(b, at)]
  it('reads every field', () => {
    expectPrefixesCut(header, vlan.headerEnd)
    expect(readAlone(header, read)).toEqual([5, true, 100, 0x0800])
  })
  it('is announced by four EtherTypes', () => {
    expect([0x8100, 0x88a8, 0x9100, 0x9200, 0x0800, 0x88a9].map(vlan.isTag)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })
})

describe('LLC and SNAP', () => {
  it('finds the EtherType behind the two OUIs that carry one', () => {
    expectPrefixesCut(hex('aaaa03 000000 86dd'), llc.headerEnd)
    expect(llc.etherType(hex('aaaa03 000000 86dd'), 0)).toBe(0x86dd)
    expect(llc.etherType(hex('aaaa03 0000f8 0800'), 0)).toBe(0x0800)
    expect(llc.etherType(hex('aaaa03 00000c 2000'), 0)).toBe(-1)
  })
  it('has none in a spanning tree frame', () => {
    const header = hex('424203')
    expectPrefixesCut(header, llc.headerEnd)
    expect(llc.etherType(header, 0)).toBe(-1)
  })
})

describe('Linux cooked v1', () => {
  const header = hex('0004 0001 0006 02420a0000010000 0800')
  it('reads every field', () => {
    expectPrefixesCut(header, sll.headerEnd)
    expect(sll.packetType(header, 0)).toBe(sll.PacketType.OUTGOING)
    expect(sll.hardwareType(header, 0)).toBe(1)
    expect(sll.addressBytes(header, 0)).toBe(6)
    expect(sll.addressAt(0)).toBe(6)
    expect(sll.protocol(header, 0)).toBe(0x0800)
  })
  it('knows interfaces whose protocol field is no EtherType', () => {
    expect([1, 772, 824, 801, 803, 804].map(sll.carriesEtherType)).toEqual([true, true, false, false, false, true])
  })
})

describe('Linux cooked v2', () => {
  const header = hex('86dd 0000 00000003 0304 00 06 02420a0000010000')
  it('reads every field', () => {
    expectPrefixesCut(header, sll2.headerEnd)
    expect(sll2.protocol(header, 0)).toBe(0x86dd)
    expect(sll2.interfaceIndex(header, 0)).toBe(3)
    expect(sll2.hardwareType(header, 0)).toBe(772)
    expect(sll2.packetType(header, 0)).toBe(sll.PacketType.HOST)
    expect(sll2.addressBytes(header, 0)).toBe(6)
    expect(sll2.addressAt(0)).toBe(12)
  })
})

describe('BSD loopback', () => {
  it('reads the family in either byte order', () => {
    expectPrefixesCut(hex('02000000'), nullLoop.headerEnd)
    expect(nullLoop.family(hex('02000000'), 0)).toBe(2)
    expect(nullLoop.family(hex('00000002'), 0)).toBe(2)
    expect(nullLoop.family(hex('1e000000'), 0)).toBe(30)
    expect(nullLoop.family(hex('0000001e'), 0)).toBe(30)
  })
  it('knows the IPv6 families of all systems', () => {
    expect([2, 10, 24, 28, 30, 7].map(nullLoop.ipVersion)).toEqual([4, 6, 6, 6, 6, 0])
  })
})

describe('PPP', () => {
  it.each([
    ['HDLC-like framing', 'ff03 0021', 0x21, 0x0800],
    ['address and control compressed', '0057', 0x57, 0x86dd],
    ['protocol compressed', '21', 0x21, 0x0800],
    ['both', 'ff03 57', 0x57, 0x86dd],
    ['link control', 'ff03 c021', 0xc021, -1],
    ['Cisco HDLC', '0f00 0800', -1, 0x0800],
    ['Cisco HDLC, multicast', '8f00 86dd', -1, 0x86dd],
  ])('reads a frame with %s', (_, text, protocol, etherType) => {
    const header = hex(text)
    expectPrefixesCut(header, ppp.headerEnd)
    expect(ppp.protocol(header, 0)).toBe(protocol)
    expect(ppp.etherType(header, 0)).toBe(etherType)
  })
  it('survives anything', () => {
    const read = (b: Uint8Array, at: number, end: number) => {
      const after = ppp.headerEnd(b, at, end)
      return after < 0 ? after : [after, ppp.protocol(b, at), ppp.etherType(b, at)]
    }
    for (const text of ['ff03 0021', '0f00 0800', '21', '8f01 0800']) tryHostile(hex(text), read, 5)
  })
})

describe('PPPoE', () => {
  const header = hex('11 00 1234 05d4')
  it('reads every field', () => {
    expectPrefixesCut(header, pppoe.headerEnd)
    expect(pppoe.code(header, 0)).toBe(0)
    expect(pppoe.session(header, 0)).toBe(0x1234)
    expect(pppoe.payloadBytes(header, 0)).toBe(1492)
  })
  it('has version 1, type 1', () => {
    expect(pppoe.headerEnd(hex('21 00 1234 05d4'), 0, 6)).toBe(MALFORMED)
  })
})

describe('MPLS', () => {
  const entry = hex('00064 b 40')
  it('reads every field', () => {
    expectPrefixesCut(entry, mpls.headerEnd)
    expect(mpls.label(entry, 0)).toBe(100)
    expect(mpls.trafficClass(entry, 0)).toBe(5)
    expect(mpls.isBottom(entry, 0)).toBe(true)
    expect(mpls.ttl(entry, 0)).toBe(64)
    expect(mpls.isBottom(hex('00064a40'), 0)).toBe(false)
  })
})
