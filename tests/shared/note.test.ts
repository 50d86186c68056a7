import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { needsShared, rootFolder, sharedFolder } from '../needs.ts'
import { explain, type Lang } from '../note/explain.ts'
import { CLOCKS, expectNote, expectUnproven } from '../note/facts.ts'
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

needsShared('the note, prose and log included, explained', () => {
  const bytes = readFileSync(join(sharedFolder, 'seed', 'http-practice.txt'))
  const report = explain(bytes, 'en')
  const [exchange] = report.exchanges

  it('tells the packets, states, segments and close of its capture', () => expectNote(report))

  it('claims nothing that the text does not prove, and has no time', () => {
    expectUnproven(report)
    expect(report.packets.map(({ time, clock }) => [time, clock])).toEqual(CLOCKS.map((clock) => [null, clock]))
    const { capture, conversation, summary } = report
    expect([capture.start, conversation.start, conversation.end, summary.start, summary.end]).toEqual(
      new Array(5).fill(null),
    )
    expect(capture).toMatchObject({ format: 'tcpdump-text', clock: CLOCKS[0] })
  })

  it('lays the log of the client beside the packets', () => {
    const matched = new Map(exchange.notes.map(({ params }) => [params.line, params.packets]))
    expect(exchange.notes).toHaveLength(19)
    expect(matched.get('Request sent. 611 bytes')).toEqual([4])
    expect(matched.get('Data available. 974/974 bytes')).toEqual([7])
    expect(matched.get('Connecting to 192.168.64.71')).toEqual([1])
    expect(matched.get('Connected to 192.168.64.71')).toEqual([2])
    expect(matched.get('200 Request complete')).toEqual([7])
    // What happened before the first packet.
    const alone = exchange.notes.filter(({ id }) => id === 'client-log.only').map(({ params }) => params.line)
    expect(alone).toEqual(['Site found: www.tcpdump.com=192.168.64.71'])
  })

  it.each<Lang>(['en', 'zh'])('says what it is and what it cannot prove: %s', (lang) => {
    const text = explain(bytes, lang).text(160)
    const words = {
      en: ['printed text', 'not proven', '328 B + 974 B', 'Client sent FIN first', 'TIME_WAIT is on the client'],
      zh: ['打印出的文本', '未经证实', '328 字节 + 974 字节', '客户端先发 FIN', 'TIME_WAIT 在客户端'],
    }
    for (const part of words[lang]) expect(text).toContain(part)
  })
})
