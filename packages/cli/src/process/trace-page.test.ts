import { describe, expect, it } from 'vitest'
import { type PageLayout, parseHeaderPage, readPage } from './trace-page.ts'

const layout: PageLayout = { commitAt: 8, dataAt: 16 }

/** A page whose events begin at `time` nanoseconds, from 32-bit words. */
function page(time: number, words: readonly number[], flags = 0): DataView {
  const view = new DataView(new ArrayBuffer(4096))
  view.setUint32(0, time % 2 ** 32, true)
  view.setUint32(4, Math.floor(time / 2 ** 32), true)
  view.setUint32(8, (4 * words.length) | flags, true)
  for (const [i, word] of words.entries()) view.setUint32(16 + 4 * i, word, true)
  return view
}

function visited(view: DataView): { events: [first: number, bytes: number, ms: number][]; isLost: boolean } {
  const events: [number, number, number][] = []
  const isLost = readPage(view, view.byteLength, layout, (of, at, end, time) => {
    events.push([of.getUint32(at, true), end - at, time])
  })
  return { events, isLost }
}

/** An event's head: how many words follow, or what it is; time since the one before. */
const head = (kind: number, delta = 0): number => (kind | (delta << 5)) >>> 0

describe('a page of the ring buffer', () => {
  it('is described by the kernel', () => {
    const text = [
      '\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;',
      '\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;',
      '\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;',
      '\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;',
    ].join('\n')
    expect(parseHeaderPage(text)).toEqual(layout)
    expect(parseHeaderPage('')).toBeNull()
  })

  it('holds events of every length, with times that add up', () => {
    const words = [
      ...[head(1, 1_000_000), 0xaa],
      // Its length stands in the next word and counts itself.
      ...[head(0, 2_000_000), 12, 0xbb, 0],
      ...[head(30, 5), 1],
      ...[head(2, 0), 0xcc, 0],
      // What was discarded.
      ...[head(29, 1), 8, 0xdd],
      ...[head(1, 0), 0xee],
      ...[head(29, 0), 0xff, 0xff],
    ]
    expect(visited(page(7e9, words))).toEqual({
      events: [
        [0xaa, 4, 7001],
        [0xbb, 8, 7003],
        [0xcc, 8, 7003 + (2 ** 27 + 5) / 1e6],
        [0xee, 4, 7003 + (2 ** 27 + 5) / 1e6],
      ],
      isLost: false,
    })
  })

  it('says when events before it were overwritten', () => {
    expect(visited(page(0, [head(1), 1], 0x8000_0000)).isLost).toBe(true)
  })

  it('may hold anything without harm', () => {
    let seed = 1
    const random = (): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      return seed
    }
    for (let round = 0; round < 2_000; round++) {
      const view = page(random(), Array.from({ length: random() % 60 }, random))
      view.setUint32(8, random(), true)
      readPage(view, random() % 4097, layout, (_, at, end) => {
        if (at < 16 || end > 4096 || at > end) throw new Error(`${at} to ${end}`)
      })
    }
  })
})
