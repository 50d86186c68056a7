import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeNeeds, rootFolder } from '../needs.ts'
import { pcapBytes } from '../support/capture-bytes.ts'
import { printFile, printOptions } from '../support/print.ts'
import { decodeFrame, describePacket, pcapRecords, readText } from '../support/read-text.ts'

/** What the installed tcpdump and our own printer of its old form print of a capture is read back and compared with the capture, field by field. */

const examples = join(rootFolder, 'examples')

interface Conversation {
  readonly client: number
  readonly ports: readonly [number, number]
  readonly initial: readonly [number, number]
}

/** A capture of several conversations with options, retransmissions, SACK, resets, and one that began before it. */
function generatedCapture(): Buffer {
  const records: { seconds: number; fraction: number; data: Buffer }[] = []
  let clock = 0
  const send = (
    c: Conversation,
    fromClient: boolean,
    flags: number,
    seq: number,
    ack: number,
    bytes: number,
    options: number[],
  ) => {
    clock += 137 + ((records.length * 7919) % 90_001)
    const tcp = Buffer.alloc(20 + options.length)
    tcp.writeUInt16BE(c.ports[fromClient ? 0 : 1], 0)
    tcp.writeUInt16BE(c.ports[fromClient ? 1 : 0], 2)
    tcp.writeUInt32BE((c.initial[fromClient ? 0 : 1] + seq) >>> 0, 4)
    tcp.writeUInt32BE(flags & 16 ? (c.initial[fromClient ? 1 : 0] + ack) >>> 0 : 0, 8)
    tcp[12] = (tcp.length / 4) << 4
    tcp[13] = flags
    tcp.writeUInt16BE(1000 + records.length, 14)
    tcp.set(options, 20)
    const ip = Buffer.from('450000000000400040060000' + '0a0000000a0000ff', 'hex')
    ip.writeUInt16BE(40 + options.length + bytes, 2)
    ip.writeUInt16BE(records.length, 4)
    ip[fromClient ? 15 : 19] = c.client
    ip[fromClient ? 19 : 15] = 255
    const ethernet = Buffer.from('020000000001020000000002' + '0800', 'hex')
    const data = Buffer.concat([ethernet, ip, tcp, Buffer.alloc(bytes, 0x41 + (records.length % 26))])
    records.push({ seconds: 1_700_000_000 + Math.floor(clock / 1e6), fraction: clock % 1e6, data })
  }
  const stamps = [1, 1, 8, 10, 0, 0, 1, 2, 3, 4, 5, 6]
  for (let n = 1; n <= 6; n++) {
    // The third wraps its numbers, the fourth is refused, the sixth is seen from its middle on.
    const initial: [number, number] = n === 3 ? [0xffff_fff0, 0xffff_ff00] : [n * 600_000_011, n * 500_000_003]
    const c: Conversation = { client: n, ports: [40_000 + n, 8000], initial }
    if (n === 4) {
      send(c, true, 2, 0, 0, 0, [2, 4, 5, 0xb4])
      send(c, false, 20, -initial[1], 1, 0, [])
      continue
    }
    if (n !== 6) {
      send(c, true, 2, 0, 0, 0, [2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 1, 1])
      send(c, false, 18, 0, 1, 0, [2, 4, 5, 0xb4, 4, 2, 3, 3, 8, 0, 0, 0])
      send(c, true, 16, 1, 1, 0, stamps)
    }
    send(c, true, 24, 1, 1, 100, stamps)
    send(c, false, 16, 1, 101, 0, stamps)
    send(c, false, 16, 1, 101, 1000, [])
    send(c, false, 24, 1001, 101, 500, [])
    const edges = [1001, 1501]
      .map((edge) => (initial[1] + edge) >>> 0)
      .flatMap((edge) => [edge >>> 24, (edge >>> 16) & 255, (edge >>> 8) & 255, edge & 255])
    send(c, true, 16, 101, 1, 0, [1, 1, 5, 10, ...edges])
    send(c, false, 16, 1, 101, 1000, [])
    send(c, true, 16, 101, 1501, 0, [])
    send(c, true, 17, 101, 1501, 0, [])
    send(c, false, 17, 1501, 102, 0, [])
    send(c, true, n === 5 ? 4 : 16, 102, 1502, 0, [])
  }
  return pcapBytes({}, records)
}

const FORMS = [
  '-n',
  '-nv',
  '-nvv',
  '-nx',
  '-nxx',
  '-nX',
  '-nXX',
  '-ne',
  '-nevv',
  '-nS',
  '-nSvv',
  '-nt',
  '-ntt',
  '-nttt',
  '-ntttt',
  '-nttttt',
  '-nA',
  '-n#',
  '-neX',
]

/** The text of a capture, printed in that form, tells what its bytes do. */
function expectSame(path: string, form: string, text: string): void {
  const records = pcapRecords(readFileSync(path))
  const { packets, captures: info, comments } = readText(text)
  expect(packets.map(describePacket)).toEqual(
    records.map(({ frame, link }) => describePacket(decodeFrame(frame, link))),
  )
  expect(comments).toEqual([])
  const hexed = /[xX]/.test(form)
  const linked = /e|xx|XX/.test(form)
  expect(packets.map((p) => p.link)).toEqual(records.map((r) => (linked ? r.link : 101)))
  // Neither the line nor -v tells of the padding that brings a frame to 60 bytes; a dump shows it.
  const bare = (r: (typeof records)[number]) => (hexed ? r.wireBytes - 14 : r.frame.readUInt16BE(16))
  expect(packets.map((p) => p.wireBytes)).toEqual(records.map((r) => (linked ? r.wireBytes : bare(r))))
  if (hexed)
    expect(packets.map((p) => p.hex)).toEqual(records.map((r) => r.frame.subarray(linked ? 0 : 14).toString('hex')))
  if (/v/.test(form)) {
    expect(packets.map((p) => [p.ip?.ttl, p.ip?.id, p.ip?.fragment])).toEqual(
      records.map(({ frame }) => [frame[22], frame.readUInt16BE(18), frame.readUInt16BE(20)]),
    )
  }
  const micros = (seconds: number, rest: number) => seconds * 1e6 + rest
  const first = records[0]
  const gaps = records.map((r) => micros(r.seconds, r.micros) - micros(first.seconds, first.micros))
  const readGaps = packets.map(
    (p) => micros(p.seconds, p.nanos / 1000) - micros(packets[0].seconds, packets[0].nanos / 1000),
  )
  expect(readGaps).toEqual(form === '-nt' ? gaps.map(() => 0) : gaps)
  expect(info).toEqual([{ format: 'tcpdump-text', dated: form === '-ntt' }])
}

const folder = mkdtempSync(join(tmpdir(), 'wiretale-text-'))
const generated = join(folder, 'generated.pcap')
beforeAll(() => writeFileSync(generated, generatedCapture()))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const captures = readdirSync(examples)
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => ({ name, path: join(examples, name) }))
  .concat({ name: 'generated', path: generated })

function runTcpdump(path: string, form: string): string {
  return execFileSync('tcpdump', ['-r', path, form], {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'GMT0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

describeNeeds(['tcpdump'], "tcpdump's own output, read back", () => {
  describe.each(captures)('$name', ({ path }) => {
    it.each(FORMS)('%s', (form) => expectSame(path, form, runTcpdump(path, form)))
  })

  it("-v's decoded HTTP gives back the request to the byte", () => {
    const path = join(examples, 'http-practice.pcap')
    const record = pcapRecords(readFileSync(path))[3]
    const { packets } = readText(runTcpdump(path, '-nv'))
    expect(packets[3].tcp?.payload).toBe(record.frame.subarray(54).toString('latin1'))
  })
})

describe('the lines of tcpdump 3.9.8, read back', () => {
  describe.each(captures)('$name', ({ path }) => {
    it.each(FORMS)('%s', (form) => {
      const { options } = printOptions(form)
      expectSame(path, form, printFile(path, { ...options, format: 'classic' }).toString('latin1'))
    })
  })
})
