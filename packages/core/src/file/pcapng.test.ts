import { expect, test } from 'vitest'
import {
  block,
  endOfOptions,
  interfaceBlock,
  option,
  packetBlock,
  richPcapng,
  sectionBlock,
} from '../../../../tests/support/capture-bytes.ts'
import { packetsOf, readInChunks } from '../../../../tests/support/record-calls.ts'

const hex = (text: string) => Buffer.from(text).toString('hex')

test('sections, interfaces, all kinds of packet blocks, and what stands beside them', () => {
  const { calls, feeder } = readInChunks(richPcapng())
  expect(feeder.damage).toBeNull()
  const eth0 = { index: 0, name: 'eth0', link: 1, snaplen: 96, ticksPerSecond: 1e6, filter: 'tcp port 80' }
  const cooked = { index: 1, name: null, link: 113, snaplen: 0, ticksPerSecond: 1e9, filter: null, fcsBytes: 4 }
  expect(calls).toEqual([
    ['capture', { format: 'pcapng', dated: true }],
    ['comment', 'a section'],
    ['interface', eth0],
    ['interface', cooked],
    ['packet', 1, '1218334381.617505000', 0, 1, 10, 'look\nhere', null, hex('first')],
    ['packet', 2, '1218334381.617505007', 1, 113, 13, null, null, hex('second!!')],
    ['packet', 3, '0.000000000', 0, 1, 200, null, null, '33'.repeat(96)],
    ['dropped', 0, 3],
    ['packet', 4, '1.000001000', 0, 1, 3, null, null, hex('old')],
    ['name', '10.1.9.11', 'host'],
    ['name', '10.1.9.11', 'alias'],
    ['secrets', 0x544c534b, 'keys\n'],
    ['dropped', 0, 7],
    ['unknownBlock', 0xbad],
    ['interface', { index: 2, name: null, link: 101, snaplen: 65535, ticksPerSecond: 1024, filter: null }],
    ['packet', 5, '101.500000000', 2, 101, 15, null, null, hex('big-endian')],
  ])
})

test('every prefix: what the whole file gave first, then one damage', () => {
  const file = richPcapng()
  const whole = readInChunks(file).calls
  for (let end = 12; end < file.length; end++) {
    const { calls, feeder } = readInChunks(file.subarray(0, end))
    expect(calls).toEqual(whole.slice(0, calls.length))
    if (feeder.damage === null) continue
    expect(feeder.damage.code).toBe('cut')
    expect(feeder.damage.offset).toBeLessThan(end)
  }
})

test('malformed options are left out, the packet is not', () => {
  for (const little of [true, false]) {
    const beyond = Buffer.concat([option(little, 1, 'ok'), Buffer.from([0, 0xff, 0xff, 0xff])])
    const { calls, feeder } = readInChunks(
      Buffer.concat([
        sectionBlock(little),
        interfaceBlock(little, 1, 0, option(little, 9, Uint8Array.of()), beyond),
        packetBlock(little, 0, 5n, Buffer.from('data'), beyond),
      ]),
    )
    expect(feeder.damage).toBeNull()
    expect(packetsOf(calls)).toEqual([['packet', 1, '0.000005000', 0, 1, 9, 'ok', null, hex('data')]])
  }
})

test('an enhanced packet with a drop count counts once with the statistics', () => {
  const drops = (n: number) => Buffer.from([n, 0, 0, 0, 0, 0, 0, 0])
  const statistics = (n: number) =>
    block(true, 5, [32, 0], [32, 0], [32, 0], option(true, 5, drops(n)), option(true, 7, drops(1)), endOfOptions)
  const { calls } = readInChunks(
    Buffer.concat([
      sectionBlock(true),
      interfaceBlock(true, 1, 0),
      packetBlock(true, 0, 5n, Buffer.from('data'), option(true, 4, drops(6)), endOfOptions),
      statistics(2),
      statistics(9),
    ]),
  )
  expect(calls.filter((call) => call[0] === 'dropped')).toEqual([
    ['dropped', 0, 6],
    ['dropped', 0, 4],
  ])
})

const start = [sectionBlock(true), interfaceBlock(true, 1, 0), packetBlock(true, 0, 0n, Buffer.from('good'))]
const startBytes = start.reduce((sum, part) => sum + part.length, 0)

function patched(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt32LE(value, at)
  return copy
}

const good = packetBlock(true, 0, 0n, Buffer.from('good'))
test.each([
  ['an unknown interface', packetBlock(true, 1, 0n, Buffer.from('bad')), /interface 1/],
  ['two lengths', patched(good, good.length - 4, 99), /two different lengths/],
  ['a length that is too small', patched(good, 4, 8), /length of 8 bytes/],
  ['a length that is no multiple of 4', patched(good, 4, 38), /length of 38 bytes/],
  ['an enormous length', patched(good, 4, 0x7ffffffc), /more than any block/],
  ['a packet beyond its block', patched(good, 20, 5), /more than its block holds/],
  ['a section of version 2', patched(sectionBlock(true), 12, 2), /version 2\.0/],
  ['a section without byte order', patched(sectionBlock(true), 8, 1), /byte-order magic/],
  ['time stamps too fine', interfaceBlock(true, 1, 0, option(true, 9, Uint8Array.of(20))), /too fine/],
  ['a short interface block', block(true, 1, [32, 1]), /too short/],
  ['a short packet block', block(true, 6, [32, 1]), /too short/],
])('%s is damage at its block; the packets before it are there', (_, bad, message) => {
  const { calls, feeder } = readInChunks(Buffer.concat([...start, bad, good]))
  expect(packetsOf(calls)).toHaveLength(1)
  expect(feeder.damage).toEqual({ code: 'malformed', offset: startBytes, message: expect.stringMatching(message) })
})

test('packets before any interface description are damage', () => {
  const simple = block(true, 3, [32, 4], Buffer.from('data'))
  const { calls, feeder } = readInChunks(Buffer.concat([sectionBlock(true), simple]))
  expect(packetsOf(calls)).toEqual([])
  expect(feeder.damage).toMatchObject({ code: 'malformed', offset: 28 })
})

test('IPv6 names', () => {
  const record = option(
    true,
    2,
    Buffer.concat([Buffer.from('20010db8000000000000000000000001', 'hex'), Buffer.from('v6\0')]),
  )
  const { calls } = readInChunks(Buffer.concat([sectionBlock(true), block(true, 4, record)]))
  expect(calls).toContainEqual(['name', '2001:db8::1', 'v6'])
})
