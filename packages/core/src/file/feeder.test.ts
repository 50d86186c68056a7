import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pcapBytes, richPcapng } from '../../../../tests/support/capture-bytes.ts'
import { readInChunks } from '../../../../tests/support/record-calls.ts'
import { ChunkFeeder } from './feeder.ts'
import type { CaptureReader } from './record.ts'

const lengths = [0, 7, 1, 4096, 65, 20_000, 3]
const pcap = pcapBytes(
  { little: false },
  lengths.map((length, i) => ({ seconds: i, data: Buffer.alloc(length, i + 1) })),
)
const damaged = Buffer.concat([pcap, pcapBytes({ little: false }, []), pcap])
const files: [string, Buffer][] = [
  ['pcap', pcap],
  ['pcapng', richPcapng()],
  ['a damaged pcap', damaged],
  ['a cut pcap', pcap.subarray(0, pcap.length - 2)],
  ['a PNG image', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(9000, 1)])],
  ['an empty file', Buffer.alloc(0)],
  [
    'text',
    Buffer.from(
      `A note\n${'10:13:01.617505 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [.], ack 1, win 65535, length 0\n'.repeat(60)}`,
    ),
  ],
  ['text without a trace', Buffer.from('Nothing to see here.\n'.repeat(300))],
]

test.each(files)('%s: any split gives the same calls and the same damage', (_, file) => {
  const whole = readInChunks(file)
  const cuts = fc.uniqueArray(fc.nat(file.length), { maxLength: 40 }).map((list) => list.sort((a, b) => a - b))
  fc.assert(
    fc.property(cuts, (at) => {
      const split = readInChunks(file, at)
      expect(split.calls).toEqual(whole.calls)
      expect(split.feeder.damage).toEqual(whole.feeder.damage)
      expect(split.reader.rejection).toEqual(whole.reader.rejection)
    }),
    { seed: 2, numRuns: 200 },
  )
})

test.each(files)('%s, byte by byte', (_, file) => {
  const start = file.subarray(0, 5000)
  const bytewise = readInChunks(start, Array.from(start.keys()))
  const whole = readInChunks(start)
  expect(bytewise.calls).toEqual(whole.calls)
  expect(bytewise.feeder.damage).toEqual(whole.feeder.damage)
})

test('a reader that never gets enough is stopped before it takes all memory', () => {
  const greedy: CaptureReader = {
    wants: 1,
    damage: null,
    read: (_bytes, at) => at,
    finish: () => {},
  }
  const feeder = new ChunkFeeder(greedy)
  const chunk = new Uint8Array(4 * 1024 * 1024)
  let pushes = 0
  while (feeder.push(chunk) && pushes < 100) pushes++
  expect(pushes).toBeLessThan(10)
  expect(feeder.damage).toMatchObject({ code: 'malformed', offset: 0 })
})
