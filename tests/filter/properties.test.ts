import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runBpf } from '../../packages/core/src/filter/interpret.ts'
import { createPredicate } from '../../packages/core/src/filter/predicate.ts'
import type { ScanOptions } from '../../packages/core/src/filter/scan.ts'
import { isValidBpf } from '../../packages/core/src/filter/validate.ts'
import { type CaptureLayout, readAll, scanAll, writeCapture } from './captures.ts'
import { anyPacket, anyProgram } from './programs.ts'

const MAX_BYTES = 262_144

test('a generated predicate says what the interpreter says', () => {
  fc.assert(
    fc.property(anyProgram, fc.array(anyPacket, { minLength: 1, maxLength: 8 }), fc.nat(20), (program, packets, at) => {
      expect(isValidBpf(program)).toBe(true)
      const predicate = createPredicate(program)
      for (const { bytes, cut } of packets) {
        // Bytes before and after that are not the packet's.
        const buffer = new Uint8Array(at + bytes.length + 8).fill(0xa5)
        buffer.set(bytes, at)
        const wire = bytes.length + cut
        const expected = runBpf(program, buffer, at, bytes.length, wire)
        expect(predicate(buffer, at, bytes.length, wire)).toBe(expected)
      }
    }),
    { numRuns: 1500 },
  )
})

const anyLayout: fc.Arbitrary<CaptureLayout> = fc.record({
  littleEndian: fc.boolean(),
  snaplen: fc.constantFrom(MAX_BYTES, 60, 1),
  fraction: fc.constantFrom('keep', 'up', 'down'),
})

const anyRecords = fc.array(
  fc.record({ packet: anyPacket, seconds: fc.nat(0xffffffff), fraction: fc.nat(0xffffffff) }),
  { maxLength: 12 },
)

test('a scan counts and writes what the interpreter accepts, wherever the buffer ends', () => {
  fc.assert(
    fc.property(
      fc.option(anyProgram),
      anyLayout,
      anyRecords,
      fc.integer({ min: 16, max: 400 }),
      fc.oneof(fc.nat(6), fc.constant(Number.POSITIVE_INFINITY)),
      (program, layout, records, step, limit) => {
        const capture = writeCapture(records, layout)
        const expected = readAll(program, records, layout, limit)
        const options = { ...layout, program, maxBytes: MAX_BYTES }
        const counted = scanAll({ ...options, output: 'count' }, capture, step, limit)
        expect({ packets: counted.packets, matches: counted.matches }).toEqual({
          packets: expected.packets,
          matches: expected.matches,
        })
        const written = scanAll({ ...options, output: 'rewrite' }, capture, step, limit)
        expect(written).toEqual(expected)
      },
    ),
    { numRuns: 600 },
  )
})

test('a scan copies runs of records as they are', () => {
  fc.assert(
    fc.property(anyProgram, anyRecords, fc.integer({ min: 16, max: 400 }), (program, records, step) => {
      const layout: CaptureLayout = { littleEndian: true, snaplen: MAX_BYTES, fraction: 'keep' }
      const options: ScanOptions = { ...layout, program, maxBytes: MAX_BYTES, output: 'copy' }
      const expected = readAll(program, records, layout, Number.POSITIVE_INFINITY)
      expect(scanAll(options, writeCapture(records, layout), step)).toEqual(expected)
    }),
    { numRuns: 600 },
  )
})
