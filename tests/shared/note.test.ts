import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { needsShared, rootFolder, sharedFolder } from '../needs.ts'
import { decodeFrame, describePacket, pcapRecords, readText } from '../support/read-text.ts'

needsShared('the note that the product starts from', () => {
  const note = readFileSync(join(sharedFolder, 'seed', 'http-practice.txt'))
  const records = pcapRecords(readFileSync(join(rootFolder, 'examples', 'http-practice.pcap')))

  it('gives exactly the packets of its capture', () => {
    const { packets, comments } = readText(note)
    expect(packets.map(describePacket)).toEqual(
      records.map(({ frame, link }) => describePacket(decodeFrame(frame, link))),
    )
    expect(packets.map((p) => p.wireBytes)).toEqual(records.map((r) => r.frame.readUInt16BE(16)))
    // The note's clock is eight hours ahead of UTC.
    expect(packets.map((p) => [p.seconds, p.nanos / 1000])).toEqual(
      records.map((r) => [(r.seconds % 86_400) + 8 * 3600, r.micros]),
    )
    expect(packets[0].clock).toBe('10:13:01.617505')
    expect(comments).toEqual([])
  })

  it('tells its interface, filter and the log of its client', () => {
    const { captures, interfaces, log } = readText(note)
    expect(captures).toEqual([{ format: 'tcpdump-text', dated: false }])
    expect(interfaces).toEqual([
      { index: 0, name: 'eth2', link: 1, snaplen: 96, ticksPerSecond: 1e6, filter: 'host 192.168.64.71 and port 80' },
    ])
    const kinds = log.map((line) => line.kind)
    expect(kinds.slice(0, 8)).toEqual([
      'resolved',
      'connecting',
      'connected',
      'request-line',
      'request-header',
      'request-header',
      'request-header',
      'request-sent',
    ])
    expect(kinds.slice(8)).toEqual(['data', ...new Array(9).fill('response-header'), 'complete'])
    expect(log.find((line) => line.kind === 'request-sent')?.bytes).toBe(611)
    expect(log.find((line) => line.kind === 'data')).toMatchObject({ bytes: 974, total: 974 })
    expect(log.at(-1)?.status).toBe(200)
  })

  it('is the same in GBK, UTF-16 and with any line ends', () => {
    const text = note.toString('utf8')
    const same = readText(note)
    expect(readText(Buffer.from(text.replaceAll('\n', '\r\n')))).toEqual(same)
    expect(readText(Buffer.from(`\ufeff${text}`, 'utf16le'))).toEqual(same)
    expect(readText(Buffer.from(`\ufeff${text}`, 'utf16le').swap16())).toEqual(same)
  })
})
