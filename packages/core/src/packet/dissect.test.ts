import { describe, expect, it } from 'vitest'
import {
  ethernet,
  fragmentHeader,
  type Ipv4Fields,
  ipv4,
  ipv6,
  join,
  recordOf,
  tcp,
  udp,
} from '../../../../tests/support/frames.ts'
import { hex, seeded, tryHostile } from '../../../../tests/support/packet-bytes.ts'
import { Dissector } from './dissect.ts'
import { LinkType } from './link.ts'
import { Decode, Packet, Protocol } from './packet.ts'

const PAYLOAD = hex('47455420 2f20 4854')
const TIMESTAMPS = '0101080a f0000001 e0000002'

function dissect(frame: Uint8Array, link: number = LinkType.ETHERNET, captured = frame.length): Packet {
  const packet = new Packet()
  new Dissector().dissect(recordOf(frame, link, captured), packet)
  return packet
}

/** What must be the same however a datagram reached us. */
const TCP_FIELDS = {
  status: Decode.OK,
  protocol: Protocol.TCP,
  sourcePort: 49200,
  destinationPort: 80,
  seq: 0xf0000001,
  ack: 0xe0000002,
  flags: 0x118,
  window: 64240,
  urgent: 5,
  payloadBytes: 8,
  payloadCaptured: 8,
}
const segment = tcp(PAYLOAD, { flags: 0x118, urgent: 5 })
const segmentWithOptions = tcp(PAYLOAD, { flags: 0x118, urgent: 5, options: TIMESTAMPS })

function payloadOf(packet: Packet): Uint8Array {
  return packet.bytes.slice(packet.payloadAt, packet.payloadAt + packet.payloadCaptured)
}

describe('TCP over IPv4 over Ethernet', () => {
  it('gets every field', () => {
    const frame = ethernet(0x0800, ipv4(segmentWithOptions))
    const record = recordOf(frame)
    record.number = 7
    record.nanos = 123
    record.clock = '12:00:00'
    record.interfaceIndex = 2
    const packet = new Packet()
    new Dissector().dissect(record, packet)
    expect({ ...packet, bytes: null }).toEqual({
      ...TCP_FIELDS,
      number: 7,
      seconds: 1_700_000_000,
      nanos: 123,
      time: 123,
      baseSeconds: 1_700_000_000,
      clock: '12:00:00',
      link: 1,
      interfaceIndex: 2,
      wireBytes: 74,
      capturedBytes: 74,
      bytes: null,
      etherType: 0x0800,
      networkAt: 14,
      ipVersion: 4,
      sourceAt: 26,
      destinationAt: 30,
      sourceWord: 0x0a000001,
      destinationWord: 0x0a000002,
      ttl: 64,
      ipId: 0x1c46,
      transportAt: 34,
      end: 74,
      reassembled: false,
      fragmentsOverlapped: false,
      payloadAt: 66,
    })
    expect(packet.bytes).toBe(frame)
  })

  it('leaves the padding out', () => {
    const frame = ethernet(0x0800, join(ipv4(tcp(hex(''))), hex('aaaaaaaaaaaa')))
    expect(dissect(frame)).toMatchObject({ status: Decode.OK, end: 54, payloadBytes: 0, payloadCaptured: 0 })
    // The same through the long way, which IP options take.
    const long = ethernet(0x0800, join(ipv4(tcp(hex('')), { options: '94040000' }), hex('aaaa')))
    expect(dissect(long)).toMatchObject({ status: Decode.OK, end: 58, payloadBytes: 0, payloadCaptured: 0 })
  })

  it('takes the payload length from the IP header when the capture cut the packet', () => {
    const frame = ethernet(0x0800, ipv4(segmentWithOptions))
    for (const captured of [54, 60, 65, 66, 70]) {
      expect(dissect(frame, 1, captured)).toMatchObject({
        ...TCP_FIELDS,
        end: captured,
        payloadAt: 66,
        payloadCaptured: Math.max(0, captured - 66),
        capturedBytes: captured,
      })
    }
  })

  it('is TRUNCATED as long as the fixed headers are not whole', () => {
    const frame = ethernet(0x0800, ipv4(segmentWithOptions))
    for (let captured = 0; captured < 54; captured++)
      expect(dissect(frame, 1, captured)).toMatchObject({ status: Decode.TRUNCATED, sourcePort: 0, flags: 0 })
    expect(dissect(frame, 1, 34).sourceAt).toBe(26)
    expect(dissect(frame, 1, 33).sourceAt).toBe(-1)
  })

  it('takes the length of the frame where offload left the total length 0', () => {
    const frame = ethernet(0x0800, ipv4(segment, { totalLength: 0 }))
    expect(dissect(frame)).toMatchObject(TCP_FIELDS)
    expect(dissect(frame, 1, 56)).toMatchObject({ ...TCP_FIELDS, payloadCaptured: 2 })
  })

  it('keeps a total length that promises more than the frame has', () => {
    const frame = ethernet(0x0800, ipv4(segment, { totalLength: 1500 }))
    expect(dissect(frame)).toMatchObject({ status: Decode.OK, payloadBytes: 1460, payloadCaptured: 8 })
  })

  it.each([
    ['data offset of 4', ipv4(tcp(PAYLOAD, { dataOffset: 4 }))],
    ['data offset of 0', ipv4(tcp(PAYLOAD, { dataOffset: 0 }))],
    ['data offset beyond the datagram', ipv4(tcp(PAYLOAD, { dataOffset: 8 }))],
    ['datagram without room for a TCP header', ipv4(segment, { totalLength: 39 })],
    ['total length smaller than the IP header', ipv4(segment, { totalLength: 19 })],
    ['IHL of 4', Uint8Array.from([0x44, ...ipv4(segment).slice(1)])],
    ['other version', Uint8Array.from([0x65, ...ipv4(segment).slice(1)])],
  ])('is MALFORMED with a %s', (_, packet) => {
    expect(dissect(ethernet(0x0800, packet))).toMatchObject({ status: Decode.MALFORMED, sourcePort: 0, seq: 0 })
  })

  it('gives the same by the short way and the long one', () => {
    const random = seeded(11)
    for (let i = 0; i < 1000; i++) {
      const packet = ipv4(segmentWithOptions, { totalLength: random(4) === 0 ? random(80) : 60 })
      for (let n = random(4); n > 0; n--) packet[random(packet.length)] = random(256)
      const captured = random(8) === 0 ? random(packet.length + 1) : packet.length
      const short = dissect(ethernet(0x0800, packet), LinkType.ETHERNET, 14 + captured)
      const long = dissect(packet, LinkType.IPV4, captured)
      // Unset offsets are -1 or, of payloads, 0 in both.
      const moved = (offset: number) => (short.transportAt < 0 ? Math.max(-1, offset - 14) : offset - 14)
      expect([i, { ...long, link: 1, bytes: null }]).toEqual([
        i,
        {
          ...short,
          bytes: null,
          etherType: long.etherType,
          wireBytes: short.wireBytes - 14,
          capturedBytes: short.capturedBytes - 14,
          networkAt: moved(short.networkAt),
          sourceAt: moved(short.sourceAt),
          destinationAt: moved(short.destinationAt),
          transportAt: moved(short.transportAt),
          end: short.end - 14,
          payloadAt: short.transportAt < 0 ? short.payloadAt : short.payloadAt - 14,
        },
      ])
    }
  })
})

describe('link layers', () => {
  const v4 = ipv4(segment)
  const v6 = ipv6(segment)
  const sllHeader = '0004 0001 0006 02420a0000010000'
  const sll2Rest = '0000 00000003 0001 04 06 02420a0000010000'
  it.each<[string, number, Uint8Array, number]>([
    ['802.1Q', 1, ethernet(0x8100, join(hex('0064 0800'), v4)), 4],
    ['802.1ad in 802.1Q', 1, ethernet(0x88a8, join(hex('0064 8100 00c8 86dd'), v6)), 6],
    ['802.3 with SNAP', 1, ethernet(8 + v4.length, join(hex('aaaa03 000000 0800'), v4)), 4],
    ['MPLS', 1, ethernet(0x8847, join(hex('00064a40 000c8b40'), v6)), 6],
    ['PPPoE', 1, ethernet(0x8864, join(hex('11 00 0001'), Uint8Array.from([0, 2 + v4.length]), hex('0021'), v4)), 4],
    ['Linux cooked v1', 113, join(hex(`${sllHeader} 0800`), v4), 4],
    ['Linux cooked v1 with a tag', 113, join(hex(`${sllHeader} 8100 0064 86dd`), v6), 6],
    ['Linux cooked v1 with LLC', 113, join(hex(`${sllHeader} 0004 aaaa03 000000 0800`), v4), 4],
    ['Linux cooked v2', 276, join(hex(`86dd ${sll2Rest}`), v6), 6],
    ['raw IPv4', 101, v4, 4],
    ['raw IPv6', 101, v6, 6],
    ['raw IP of the BSDs', 12, v4, 4],
    ['raw IP of OpenBSD', 14, v6, 6],
    ['IPv4 alone', 228, v4, 4],
    ['IPv6 alone', 229, v6, 6],
    ['BSD null, little-endian', 0, join(hex('02000000'), v4), 4],
    ['BSD null, big-endian', 0, join(hex('0000001e'), v6), 6],
    ['BSD loop', 108, join(hex('00000018'), v6), 6],
    ['PPP', 9, join(hex('ff03 0021'), v4), 4],
    ['PPP, all compressed', 9, join(hex('57'), v6), 6],
    ['PPP in HDLC-like framing', 50, join(hex('ff03 0057'), v6), 6],
    ['Cisco HDLC', 104, join(hex('0f00 0800'), v4), 4],
    ['MPLS in PPP', 9, join(hex('ff03 0281 00064b40'), v4), 4],
    ['PPP with direction', 204, join(hex('01 ff03 0021'), v4), 4],
    ['PPPoE alone', 51, join(hex('11 00 0001'), Uint8Array.from([0, 2 + v6.length]), hex('0057'), v6), 6],
  ])('%s', (_, link, frame, version) => {
    const packet = dissect(frame, link)
    expect(packet).toMatchObject({ ...TCP_FIELDS, ipVersion: version, etherType: version === 4 ? 0x0800 : 0x86dd })
    expect(payloadOf(packet)).toEqual(PAYLOAD)
    const networkAt = packet.networkAt
    for (let captured = 0; captured < networkAt; captured++)
      expect([captured, dissect(frame, link, captured).status]).toEqual([captured, Decode.TRUNCATED])
  })

  it('lets the 802.3 and PPPoE lengths end the frame', () => {
    const tso = ipv4(segment, { totalLength: 0 })
    const padded = ethernet(8 + tso.length, join(hex('aaaa03 000000 0800'), tso, hex('aaaaaaaa')))
    expect(dissect(padded)).toMatchObject(TCP_FIELDS)
    expect(dissect(ethernet(4, join(hex('aaaa03 000000 0800'), tso)))).toMatchObject({ status: Decode.MALFORMED })
  })

  it.each<[string, number, Uint8Array, number]>([
    ['ARP', 1, ethernet(0x0806, hex('0001 0800 06 04 0001 02420a000001 0a000001 000000000000 0a000002')), 0x0806],
    ['an unknown EtherType', 1, ethernet(0x88cc, PAYLOAD), 0x88cc],
    ['spanning tree', 1, ethernet(3, hex('424203')), -1],
    ['PPP link control', 9, hex('ff03 c021 01 01 0004'), -1],
    ['PPPoE discovery', 1, ethernet(0x8863, hex('11 09 0000 0000')), 0x8863],
    ['a null frame of another family', 0, hex('07000000 00000000'), -1],
    ['netlink in a cooked frame', 113, hex('0004 0338 0000 0000000000000000 0800 4500'), -1],
    ['an unknown link type', 147, v4, -1],
    ['raw bytes of no IP version', 101, hex('75000000'), -1],
  ])('%s is OTHER', (_, link, frame, etherType) => {
    expect(dissect(frame, link)).toMatchObject({ status: Decode.OTHER, etherType, ipVersion: 0, protocol: -1 })
  })

  it('tells a cut ARP packet from a whole one', () => {
    const frame = ethernet(0x0806, hex('0001 0800 06 04 0001 02420a000001 0a000001 000000000000 0a000002'))
    for (let captured = 14; captured < frame.length; captured++)
      expect(dissect(frame, 1, captured).status).toBe(Decode.TRUNCATED)
  })

  it('follows a bounded number of tags', () => {
    const tags = (n: number) => ethernet(0x8100, join(hex('00648100'.repeat(n - 1)), hex('00640800'), v4))
    expect(dissect(tags(15))).toMatchObject(TCP_FIELDS)
    expect(dissect(tags(16))).toMatchObject({ status: Decode.MALFORMED })
  })
})

describe('IPv6', () => {
  const chain = join(hex('2b00 050200000100 0600 000100000000'), segment)

  it('finds TCP behind extension headers', () => {
    const packet = dissect(ethernet(0x86dd, ipv6(chain, { next: 0 })))
    expect(packet).toMatchObject({ ...TCP_FIELDS, ipVersion: 6, sourceAt: 22, destinationAt: 38, ttl: 64, ipId: -1 })
    expect(packet.transportAt).toBe(14 + 40 + 16)
  })

  it('leaves the padding out, and takes offload’s length of 0 and the jumbo option', () => {
    expect(dissect(join(ipv6(segment), hex('aaaa')), 229)).toMatchObject(TCP_FIELDS)
    expect(dissect(ipv6(segment, { payloadLength: 0 }), 229)).toMatchObject(TCP_FIELDS)
    const jumbo = ipv6(join(hex('0600 c204 00020000'), segment), { next: 0, payloadLength: 0 })
    expect(dissect(jumbo, 229)).toMatchObject({ status: Decode.OK, payloadBytes: 0x20000 - 28, payloadCaptured: 8 })
    expect(dissect(ipv6(hex('aaaa'), { next: 59, payloadLength: 0 }), 229)).toMatchObject({
      status: Decode.OTHER,
      protocol: 59,
      payloadBytes: 0,
    })
  })

  it('tells a chain that was cut from one that leaves its packet', () => {
    const frame = ipv6(chain, { next: 0 })
    for (let captured = 0; captured < 76; captured++)
      expect(dissect(frame, 229, captured).status).toBe(Decode.TRUNCATED)
    expect(dissect(frame, 229, 76)).toMatchObject({ ...TCP_FIELDS, payloadCaptured: 0 })
    expect(dissect(ipv6(chain, { next: 0, payloadLength: 12 }), 229).status).toBe(Decode.MALFORMED)
    expect(dissect(ipv6(hex('2b00 0502'), { next: 0 }), 229).status).toBe(Decode.MALFORMED)
  })
})

describe('other transports', () => {
  const over = (payload: Uint8Array, fields: Ipv4Fields) => dissect(ethernet(0x0800, ipv4(payload, fields)))

  it('UDP', () => {
    const ports = { sourcePort: 5353, destinationPort: 53 }
    expect(over(udp(PAYLOAD), { protocol: 17 })).toMatchObject({ ...ports, status: Decode.OK, payloadBytes: 8 })
    expect(over(udp(PAYLOAD, 12), { protocol: 17 })).toMatchObject({ ...ports, payloadBytes: 4, payloadCaptured: 4 })
    expect(over(udp(PAYLOAD, 0), { protocol: 17 })).toMatchObject({ ...ports, payloadBytes: 8 })
    expect(over(udp(PAYLOAD, 7), { protocol: 17 }).status).toBe(Decode.MALFORMED)
    expect(over(udp(PAYLOAD, 17), { protocol: 17 }).status).toBe(Decode.MALFORMED)
  })

  it('ICMP and ICMPv6', () => {
    expect(over(hex('0800 f7ff 1234 0007 aa'), { protocol: 1 })).toMatchObject({
      status: Decode.OK,
      protocol: Protocol.ICMP,
      transportAt: 34,
      payloadAt: 42,
      payloadBytes: 1,
    })
    expect(over(hex('0800 f7ff'), { protocol: 1 }).status).toBe(Decode.MALFORMED)
    expect(dissect(ipv6(hex('8000 f7ff 1234 0007'), { next: 58 }), 229)).toMatchObject({
      status: Decode.OK,
      protocol: Protocol.ICMPV6,
      payloadBytes: 0,
    })
  })

  it('a protocol that is not looked into', () => {
    expect(over(PAYLOAD, { protocol: 47 })).toMatchObject({
      status: Decode.OTHER,
      protocol: 47,
      transportAt: 34,
      payloadAt: 34,
      payloadBytes: 8,
    })
  })
})

describe('fragments', () => {
  const LONG = Uint8Array.from({ length: 40 }, (_, i) => i)
  const whole = tcp(LONG, { flags: 0x118, urgent: 5 })
  const EXPECTED = { ...TCP_FIELDS, payloadBytes: 40, payloadCaptured: 40, reassembled: true }

  function run(frames: Uint8Array[], link = 229): Packet[] {
    const dissector = new Dissector()
    return frames.map((frame, i) => {
      const packet = new Packet()
      const record = recordOf(frame, link)
      record.number = i + 1
      record.nanos = i
      dissector.dissect(record, packet)
      return packet
    })
  }

  it('of IPv4 become one packet, under the number of the last', () => {
    const frames = [
      ethernet(0x0800, ipv4(whole.slice(0, 24), { more: true, options: '94040000' })),
      ethernet(0x0800, ipv4(whole.slice(24), { offset: 24 })),
    ]
    const [first, last] = run(frames, 1)
    expect(first).toMatchObject({
      status: Decode.FRAGMENT,
      protocol: 6,
      sourcePort: 0,
      payloadBytes: 24,
      reassembled: false,
    })
    expect(last).toMatchObject({ ...EXPECTED, number: 2, nanos: 1, networkAt: 0, end: 84, capturedBytes: 70 })
    expect(last.bytes.slice(last.sourceAt, last.sourceAt + 8)).toEqual(hex('0a000001 0a000002'))
    expect(payloadOf(last)).toEqual(LONG)
  })

  it('of IPv6 become one packet in any order', () => {
    const part = (from: number, to: number) =>
      ipv6(join(hex('2c00 010400000000'), fragmentHeader(6, from, to < whole.length), whole.slice(from, to)), {
        next: 60,
      })
    const parts = [part(0, 16), part(16, 40), part(40, 60)]
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
      [2, 0, 1],
    ]) {
      const packets = run(order.map((i) => parts[i]))
      expect(packets.slice(0, 2).map((packet) => packet.status)).toEqual([Decode.FRAGMENT, Decode.FRAGMENT])
      expect(packets[2]).toMatchObject({ ...EXPECTED, ipVersion: 6, transportAt: 48 })
      expect(payloadOf(packets[2])).toEqual(LONG)
    }
  })

  it('that the capture cut still give the length', () => {
    const dissector = new Dissector()
    const packet = new Packet()
    dissector.dissect(recordOf(ipv4(whole.slice(0, 32), { more: true }), 228, 20 + 28), packet)
    dissector.dissect(recordOf(ipv4(whole.slice(32), { offset: 32 }), 228), packet)
    expect(packet).toMatchObject({ ...EXPECTED, payloadCaptured: 8 })
    expect(payloadOf(packet)).toEqual(LONG.slice(0, 8))
  })

  it('inside a reassembled datagram are malformed', () => {
    const inner = join(fragmentHeader(6, 8, false), whole)
    const part = (from: number, to: number) =>
      ipv6(join(fragmentHeader(44, from, to < inner.length), inner.slice(from, to)), { next: 44 })
    const packets = run([part(0, 32), part(32, inner.length)])
    expect(packets.map((packet) => packet.status)).toEqual([Decode.FRAGMENT, Decode.MALFORMED])
  })

  it('do not leave their marks on the packet that follows', () => {
    const dissector = new Dissector()
    const packet = new Packet()
    dissector.dissect(recordOf(ipv4(whole.slice(0, 32), { more: true }), 228), packet)
    dissector.dissect(recordOf(ipv4(whole.slice(32), { offset: 32 }), 228), packet)
    expect(packet.reassembled).toBe(true)
    const frame = ethernet(0x0800, ipv4(segment))
    dissector.dissect(recordOf(frame), packet)
    expect(packet).toEqual(dissect(frame))
  })
})

describe('times', () => {
  it('count from the second of the first packet', () => {
    const dissector = new Dissector()
    const packet = new Packet()
    const record = recordOf(ipv4(segment), 228)
    record.nanos = 999_999_999
    dissector.dissect(record, packet)
    expect(packet.time).toBe(999_999_999)
    record.seconds += 100 * 86400
    record.nanos = 1
    dissector.dissect(record, packet)
    expect(packet.time).toBe(100 * 86400 * 1e9 + 1)
    record.seconds = packet.baseSeconds - 2
    dissector.dissect(record, packet)
    expect(packet.time).toBe(-2e9 + 1)
  })
})

describe('hostile frames', () => {
  it.each<[string, number, Uint8Array]>([
    ['TCP', 1, ethernet(0x0800, ipv4(segmentWithOptions))],
    ['tags', 1, ethernet(0x88a8, join(hex('0064 8100 00c8 86dd'), ipv6(segment)))],
    ['labels', 1, ethernet(0x8847, join(hex('00064a40 000c8b40'), ipv6(segment)))],
    ['PPPoE', 1, ethernet(0x8864, join(hex('11 00 0001 0032 0021'), ipv4(segment)))],
    ['LLC', 1, ethernet(40, join(hex('aaaa03 000000 0800'), ipv4(segment)))],
    ['a fragment', 229, ipv6(join(fragmentHeader(6, 0, true), segment.slice(0, 24)), { next: 44 })],
    ['extensions', 229, ipv6(join(hex('2b00 050200000100 0600 000100000000'), segment), { next: 0 })],
    ['PPP', 50, join(hex('ff03 0021'), ipv4(udp(PAYLOAD), { protocol: 17 }))],
    ['a cooked frame', 113, join(hex('0004 0001 0006 02420a0000010000 0800'), ipv4(segment, { more: true }))],
  ])('%s: nothing throws, nothing outside is read, what is said is consistent', (_, link, frame) => {
    tryHostile(
      frame,
      (b, at, end) => {
        const record = recordOf(b, link)
        record.at = at
        record.end = end
        record.wireBytes = end - at
        const p = new Packet()
        new Dissector().dissect(record, p)
        if (p.status === Decode.OK && !p.reassembled) {
          const inside =
            p.networkAt >= at && p.transportAt > p.networkAt && p.payloadAt >= p.transportAt && p.end <= end
          const lengths = p.payloadBytes >= 0 && p.payloadCaptured >= 0 && p.payloadCaptured <= p.payloadBytes
          if (!inside || !lengths || p.payloadAt + p.payloadCaptured > Math.max(p.end, p.payloadAt))
            throw new Error(`inconsistent: ${JSON.stringify({ ...p, bytes: null })}`)
        }
        return { ...p, bytes: null }
      },
      12,
      150,
    )
  })
})
