import { describe, expect, it } from 'vitest'
import { ipv4, join, recordOf, tcp } from '../../../../tests/support/frames.ts'
import { Analysis } from '../analyse.ts'
import type { Annotation } from '../report/annotation.ts'

const LINK_RAW = 101
const SYN = 2
const ACK = 16

/** What is told of an ICMP error from a router that quotes the client's last segment, in the middle of a connection. */
function tell(type: number, code: number, rest: number[], lang: 'en' | 'zh' = 'en'): Annotation[] {
  const request = ipv4(tcp(new Uint8Array(100), { sourcePort: 40_000, destinationPort: 80, seq: 101, flags: ACK }))
  const frames = [
    ipv4(tcp(new Uint8Array(0), { sourcePort: 40_000, destinationPort: 80, seq: 100, flags: SYN })),
    ipv4(tcp(new Uint8Array(0), { sourcePort: 80, destinationPort: 40_000, seq: 900, ack: 101, flags: SYN | ACK }), {
      source: '0a000002',
      destination: '0a000001',
    }),
    request,
    ipv4(join(Uint8Array.from([type, code, 0, 0, ...rest]), request.subarray(0, 28)), {
      protocol: 1,
      source: '0a0000fe',
      destination: '0a000001',
    }),
  ]
  const told: Annotation[] = []
  const annotate = (annotation: Annotation): void => {
    told.push(annotation)
  }
  const analysis = new Analysis({ file: null, types: new Set(), lang, showSecrets: false, annotate }, () => {})
  analysis.capture({ format: 'pcap', dated: true })
  for (const [at, frame] of frames.entries()) {
    const record = recordOf(frame, LINK_RAW)
    record.number = at + 1
    analysis.packet(record)
  }
  analysis.finish(null)
  return told.slice(3)
}

describe('an ICMP error about a connection that is open', () => {
  it.each([
    [3, 4, [0, 0, 5, 120], 'fragmentation needed, at most 1400 B fit.'],
    [3, 4, [0, 0, 0, 0], 'fragmentation needed.'],
    [3, 1, [0, 0, 0, 0], 'host unreachable.'],
    [11, 0, [0, 0, 0, 0], 'time to live exceeded.'],
    [12, 0, [0, 0, 0, 0], 'parameter problem.'],
  ])('type %i code %i is told beside it, and ends nothing', (type, code, rest, what) => {
    const [{ conversation, notes, states }] = tell(type, code, rest)
    expect(conversation).toBe(0)
    expect(notes[0].text).toBe(`ICMP says that a packet of the client did not get there: ${what}`)
    expect(states).toEqual({ client: null, server: null })
  })

  it('speaks Chinese', () => {
    expect(tell(3, 4, [0, 0, 5, 120], 'zh')[0].notes[0].text).toBe(
      'ICMP 报告客户端的一个包没有送达：fragmentation needed，最多容纳 1400 字节。',
    )
  })

  it('of another kind is none of the connection', () => {
    expect(tell(8, 0, [0, 0, 0, 0])).toEqual([])
  })
})
