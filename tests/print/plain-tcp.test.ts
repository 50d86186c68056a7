import fc from 'fast-check'
import { expect, it } from 'vitest'
import { internetChecksum } from '../../packages/core/src/bytes/checksum.ts'
import { noNames, PacketPrinter, PacketRecord } from '../../packages/core/src/index.ts'
import { printOptions } from '../support/print.ts'

/** Packets of one connection and its like: few addresses and ports, so that they meet again. */
const packet = fc
  .record({
    host: fc.constantFrom(1, 2),
    back: fc.boolean(),
    port: fc.constantFrom(80, 40_000, 65_535),
    seq: fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0, 1, 9, 99_999_999, 100_000_000)),
    ack: fc.integer({ min: 0, max: 0xffffffff }),
    flags: fc.oneof(fc.constantFrom(2, 16, 17, 18, 20, 24), fc.integer({ min: 0, max: 255 })),
    window: fc.integer({ min: 0, max: 65_535 }),
    options: fc.oneof(
      fc.constantFrom('', '0101080a00000001ffffffff', '020405b4', '020405b40402080a0000000100000000 01030307'),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    ),
    data: fc.oneof(fc.constantFrom('', 'GET / HTTP/1.1\r\n', 'abc'), fc.string({ maxLength: 30 })),
    /** What is wrong with it. */
    cut: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 })),
    longer: fc.constantFrom(0, 0, 0, -1, 1, 40),
    fragment: fc.constantFrom(0, 0, 0, 0x2000, 0x4000, 8),
    rightSums: fc.boolean(),
    tos: fc.constantFrom(0, 1, 2, 0xb8, 0xff),
    first: fc.constantFrom(0x45, 0x45, 0x45, 0x46, 0x44, 0x65),
  })
  .map((p) => {
    const options = Buffer.from(p.options.replaceAll(' ', ''), 'hex')
    const padded = Buffer.concat([options, Buffer.alloc(-options.length & 3)])
    const data = Buffer.from(p.data)
    const tcp = Buffer.alloc(20)
    const [client, server] = [p.port, 80]
    tcp.writeUInt16BE(p.back ? server : client, 0)
    tcp.writeUInt16BE(p.back ? client : server, 2)
    tcp.writeUInt32BE(p.seq, 4)
    tcp.writeUInt32BE(p.ack, 8)
    tcp[12] = (20 + padded.length) << 2
    tcp[13] = p.flags
    tcp.writeUInt16BE(p.window, 14)
    const ip = Buffer.from('450000000001000040060000 0a0000ff c0a80000'.replaceAll(' ', ''), 'hex')
    ip[0] = p.first
    ip[p.back ? 19 : 15] = p.host
    ip.writeUInt16BE(20 + tcp.length + padded.length + data.length + p.longer, 2)
    ip.writeUInt16BE(p.fragment, 6)
    ip[1] = p.tos
    if (p.rightSums) {
      ip.writeUInt16BE(internetChecksum(ip, 0, 20), 10)
      const segment = Buffer.concat([tcp, padded, data])
      const pseudoHeader = Buffer.from([...ip.subarray(12, 20), 0, 6, segment.length >> 8, segment.length & 255])
      const covered = Buffer.concat([pseudoHeader, segment])
      tcp.writeUInt16BE(internetChecksum(covered, 0, covered.length), 16)
    }
    const whole = Buffer.concat([Buffer.from('0202020202020404040404040800', 'hex'), ip, tcp, padded, data])
    return { bytes: whole.subarray(0, Math.max(1, whole.length - p.cut)), wireBytes: whole.length }
  })

function print(packets: readonly { bytes: Uint8Array; wireBytes: number }[], options: string): string {
  const parts: string[] = []
  const printer = new PacketPrinter(printOptions(options).options, noNames, (bytes, at, end) => {
    parts.push(Buffer.from(bytes.subarray(at, end)).toString('latin1'))
  })
  for (const { bytes, wireBytes } of packets) {
    const record = new PacketRecord()
    record.bytes = bytes
    record.end = bytes.length
    record.wireBytes = wireBytes
    printer.print(record)
  }
  printer.flush()
  return parts.join('')
}

// Without -n, and without a name for anything, every layer is printed by its own printer.
it.each(['', '-S', '-x', '-A', '-v', '-vvX'])('prints the same line at once as layer by layer (%s)', (options) => {
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 12 }), (packets) => {
      expect(print(packets, `-n ${options}`)).toBe(print(packets, options))
    }),
    { numRuns: 400 },
  )
})
