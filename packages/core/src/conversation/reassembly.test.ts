import { describe, expect, it } from 'vitest'
import { randomNumbers } from '../../../../tests/support/analysis.ts'
import { Packet } from '../packet/packet.ts'
import { Conversations, Endpoints } from './conversations.ts'
import { CLIENT, DELIVERED, EDGE, Page } from './page.ts'
import { Reassembly } from './reassembly.ts'
import type { StreamSink } from './stream.ts'

/** One direction, its numbers relative to the first byte; records what the sink is told. */
class Stream {
  readonly page = new Page(0, false)
  readonly told: string[] = []
  /** Per stream offset: the byte, or -1 for what is missing. */
  readonly bytes: number[] = []
  ended = ''
  readonly reassembly: Reassembly
  private readonly start: number
  private number = 0

  constructor(start: number) {
    this.start = start >>> 0
    this.page.words[CLIENT + EDGE] = this.start
    const sink: StreamSink = {
      data: (_slot, _side, offset, buffer, at, end, packet) => {
        expect(offset).toBe(this.bytes.length)
        for (let i = at; i < end; i++) this.bytes.push(buffer[i])
        this.told.push(`${offset}+${end - at} #${packet}`)
      },
      missing: (_slot, _side, offset, count, cut, packet) => {
        expect(offset).toBe(this.bytes.length)
        expect(count).toBeGreaterThan(0)
        for (let i = 0; i < count; i++) this.bytes.push(-1)
        this.told.push(`${offset}-${count}${cut ? ' cut' : ''} #${packet}`)
      },
      end: (_slot, _side, offset, how) => {
        expect(offset).toBe(this.bytes.length)
        this.ended += how
      },
    }
    this.reassembly = new Reassembly(sink)
  }

  /** A segment with the stream's bytes [offset, offset + count), of which `captured` are in the capture. */
  take(offset: number, count: number, captured = count, content = contentAt): number {
    const p = new Packet()
    p.bytes = Uint8Array.from({ length: 3 + captured }, (_, i) => (i < 3 ? 0xee : content(offset + i - 3)))
    p.payloadAt = 3
    p.payloadBytes = count
    p.payloadCaptured = captured
    p.number = ++this.number
    p.end = p.bytes.length
    const fresh = this.reassembly.take(this.page, CLIENT, 0, 0, p, (this.start + offset) >>> 0, count)
    // The buffer is used again for the next packet.
    p.bytes.fill(0xee)
    return fresh
  }

  skipTo(offset: number): void {
    this.reassembly.skipTo(this.page, CLIENT, 0, 0, (this.start + offset) >>> 0, ++this.number, 0)
  }
}

const contentAt = (offset: number): number => (offset * 7 + (offset >> 8)) & 0xff

describe('Reassembly', () => {
  it('hands on what comes in order, and nothing twice', () => {
    const s = new Stream(100)
    expect([s.take(0, 10), s.take(10, 5), s.take(0, 10), s.take(8, 12), s.take(20, 1)]).toEqual([10, 5, 0, 5, 1])
    expect(s.told).toEqual(['0+10 #1', '10+5 #2', '15+5 #4', '20+1 #5'])
  })

  it('keeps what lies beyond a hole, with the packet that carried it', () => {
    const s = new Stream(100)
    expect([s.take(0, 10), s.take(20, 10), s.take(30, 10)]).toEqual([10, 10, 10])
    expect(s.told).toEqual(['0+10 #1'])
    expect(s.reassembly.isWhole(s.page, CLIENT)).toBe(false)
    expect(s.reassembly.holds(s.page, CLIENT, 120)).toBe(true)
    expect(s.reassembly.holds(s.page, CLIENT, 139)).toBe(true)
    expect(s.reassembly.holds(s.page, CLIENT, 140)).toBe(false)
    expect(s.take(10, 10)).toBe(10)
    expect(s.told).toEqual(['0+10 #1', '10+10 #4', '20+10 #2', '30+10 #3'])
    expect(s.reassembly.isWhole(s.page, CLIENT)).toBe(true)
  })

  it('keeps the first copy of each byte, also behind a hole', () => {
    const s = new Stream(100)
    const other = (): number => 1
    s.take(20, 10)
    expect(s.take(15, 30, 30, other)).toBe(20)
    expect(s.take(25, 30, 30, other)).toBe(10)
    expect(s.take(0, 30, 30, other)).toBe(15)
    expect(s.told).toEqual(['0+15 #4', '15+5 #2', '20+10 #1', '30+15 #2', '45+10 #3'])
    expect(s.bytes.slice(20, 30)).toEqual(Array.from({ length: 10 }, (_, i) => contentAt(20 + i)))
  })

  it('gives up a hole below an acknowledgement, as lost by the capture', () => {
    const s = new Stream(100)
    s.take(0, 10)
    s.take(20, 10)
    s.take(40, 10)
    s.skipTo(45)
    expect(s.told).toEqual(['0+10 #1', '10-10 #4', '20+10 #2', '30-10 #4', '40+10 #3'])
    s.skipTo(60)
    expect(s.told.at(-1)).toBe('50-10 #5')
    expect(s.take(40, 25)).toBe(5)
  })

  it('tells what the snapshot length cut off apart from it', () => {
    const s = new Stream(100)
    s.take(0, 100, 40)
    s.take(100, 50, 0)
    s.take(200, 50, 10)
    s.take(150, 50)
    expect(s.told).toEqual(['0+40 #1', '40-60 cut #1', '100-50 cut #2', '150+50 #4', '200+10 #3', '210-40 cut #3'])
  })

  it('names the holes and delivers the rest when the stream ends, once', () => {
    const s = new Stream(0xfffffff0)
    s.take(0, 10)
    s.take(20, 10)
    s.reassembly.end(s.page, CLIENT, 0, 0, 'capture-end', 9, 0)
    s.reassembly.end(s.page, CLIENT, 0, 0, 'reset', 10, 0)
    expect(s.told).toEqual(['0+10 #1', '10-10 #2', '20+10 #2'])
    expect(s.ended).toBe('capture-end')
  })

  it.each([
    ['segments', 4097, 1, (i: number) => 10 + 2 * i],
    ['bytes', 80, 60_000, (i: number) => 10 + 60_001 * i],
  ])('gives up a hole when too many %s wait behind it', (_, count, size, offsetOf) => {
    const s = new Stream(5)
    s.take(0, 5)
    let sent = 0
    for (let i = 0; i < count && s.reassembly.overflows === 0; i++) {
      s.take(offsetOf(i), size)
      sent = offsetOf(i) + size
    }
    expect(s.reassembly.overflows).toBe(1)
    expect(s.reassembly.isWhole(s.page, CLIENT)).toBe(true)
    expect(s.bytes.length).toBe(sent)
    expect(s.take(sent, 10)).toBe(10)
    expect(s.told.at(-1)).toMatch(new RegExp(`^${sent}\\+10 `))
  })

  it('bounds what all streams keep together', () => {
    const conversations = new Conversations(false)
    conversations.reserve(31)
    const page = conversations.pageOf(0)
    const endpoints = new Endpoints(conversations)
    const reassembly = new Reassembly({ data() {}, missing() {}, end() {} })
    const p = new Packet()
    p.bytes = new Uint8Array(60_000)
    p.payloadBytes = p.payloadCaptured = 60_000
    let held = 0
    for (let row = 0; row < 64 && reassembly.overflows === 0; row++)
      for (let i = 0; i < 60 && reassembly.overflows === 0; i++) {
        reassembly.take(page, endpoints.at(row), row >> 1, (row & 1) as 0 | 1, p, 10 + i * 60_000, 60_000)
        held += 60_000
      }
    expect(reassembly.overflows).toBe(1)
    expect(held).toBeGreaterThan(16 << 20)
    expect(held).toBeLessThanOrEqual((16 << 20) + 60_000)
    // What is released counts no longer.
    for (let row = 0; row < 64; row++) reassembly.release(page, endpoints.at(row))
    reassembly.take(page, CLIENT, 0, 0, p, (endpoints.word(0, EDGE) + 10) >>> 0, 60_000)
    expect(reassembly.overflows).toBe(1)
  })

  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'agrees with a naive one on overlaps, holes and a wrapping sequence number (seed %d)',
    (seed) => {
      const random = randomNumbers(seed)
      const below = (n: number) => Math.floor(random() * n)
      const s = new Stream(0xffffffff - below(400))
      /** Offsets that a segment carried or an acknowledgement passed: what the naive one knows. */
      const carried = new Set<number>()
      /** Offsets that a segment carried before the stream passed them: those must come out. */
      const captured = new Set<number>()
      let edge = 0
      const advance = (): void => {
        while (carried.has(edge)) edge++
      }
      let sentEnd = 0
      let fresh = 0
      for (let step = 0; step < 150; step++) {
        const offset = Math.max(0, edge - 30 + below(120))
        const count = 1 + below(40)
        if (random() < 0.05) {
          const to = edge + below(Math.max(1, sentEnd - edge + 1))
          s.skipTo(to)
          for (let i = edge; i < to; i++) carried.add(i)
        } else {
          for (let i = Math.max(edge, offset); i < offset + count; i++) captured.add(i)
          fresh += s.take(offset, count)
          for (let i = offset; i < offset + count; i++) carried.add(i)
          sentEnd = Math.max(sentEnd, offset + count)
        }
        advance()
        if (s.bytes.length !== edge) expect(s.bytes.length, `step ${step}`).toBe(edge)
      }
      s.reassembly.end(s.page, CLIENT, 0, 0, 'capture-end', 0, 0)
      expect(s.bytes.length).toBe(sentEnd)
      for (const [offset, byte] of s.bytes.entries()) {
        const expected = captured.has(offset) ? contentAt(offset) : -1
        if (byte !== expected) expect(byte, `offset ${offset}`).toBe(expected)
      }
      expect(s.page.times[(CLIENT + DELIVERED) >> 1]).toBe(sentEnd)
      expect(fresh).toBe(captured.size)
      expect(s.reassembly.isWhole(s.page, CLIENT)).toBe(true)
    },
  )
})
