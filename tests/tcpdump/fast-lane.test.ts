import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe } from 'vitest'
import { itNeeds, rootFolder } from '../needs.ts'
import { pcapBytes, type TestPcap, type TestRecord } from '../support/capture-bytes.ts'
import { Command } from '../support/command.ts'
import { expectSameFiles } from './differential.ts'

const command = new Command()
const once = readFileSync(join(rootFolder, 'tests/fixtures/captures/apache-ab.pcap'))
/** Longer than what is read at once, so that packets lie across. */
const many = Buffer.concat([once, ...Array.from({ length: 140 }, () => once.subarray(24))])

/** Frames that are long enough for the filters below; every third is Ethernet broadcast. */
const records: readonly TestRecord[] = Array.from({ length: 500 }, (_, i) => {
  const data = Buffer.alloc(14 + ((i * 37) % 1500), i)
  data.fill(i % 3 === 0 ? 0xff : 0x02, 0, 6)
  return { seconds: i, fraction: (i * 7919) % 1_000_000, data, onWire: data.length + (i % 2) * 100 }
})

function file(name: string, bytes: Uint8Array): string {
  const path = join(command.folder, name)
  writeFileSync(path, bytes)
  return path
}

/** Counted, written, and written up to a packet: each with exit code, messages and files as tcpdump's. */
async function check(path: string, filter: string, count: number): Promise<void> {
  const read = ['-Z', 'root', '-r', path]
  await expectSameFiles(command, [...read, '--count', '-c', `${count}`, filter])
  await expectSameFiles(command, [...read, '--count', '-w', 'f', filter])
  await expectSameFiles(command, [...read, '-w', 'f', '--nano', '-c', `${count}`, filter])
}

describe('packets that are counted or written without being looked at one by one', () => {
  let large = ''
  beforeAll(() => {
    large = file('many.pcap', many)
  })

  itNeeds(['tcpdump'], 'all, most, some and none of them', async () => {
    for (const filter of ['', 'tcp port 80', 'tcp[tcpflags] & (tcp-syn|tcp-fin) != 0', 'udp'])
      await check(large, filter, 1234)
  })

  itNeeds(['tcpdump'], 'with options that change nothing or little', async () => {
    for (const words of ['-w - tcp', '-s 60 -w f tcp', '-O -w f tcp dst port 80', '-U -w f', '--count -w f less 100'])
      await expectSameFiles(command, ['-Z', 'root', '-r', large, ...words.split(' ')])
  })

  itNeeds(['tcpdump'], 'in the variants of the format', async () => {
    const variants: TestPcap[] = [
      { little: false },
      { magic: 0xa1b23c4d },
      { snaplen: 400 },
      { magic: 0xa1b23c4d, little: false, snaplen: 100 },
      { minor: 2 },
    ]
    for (const [i, options] of variants.entries())
      await check(file(`variant-${i}`, pcapBytes(options, records)), 'ether broadcast and greater 200', 20)
  })

  itNeeds(['tcpdump'], 'of damaged files, up to the damage', async () => {
    const whole = pcapBytes({}, records)
    const at = 24 + 16 + records[0].data.length
    const damaged = (offset: number, value: number): Buffer => {
      const copy = Buffer.from(whole)
      copy.writeUInt32LE(value, at + offset)
      return copy
    }
    const files = [
      whole.subarray(0, -1),
      whole.subarray(0, at + 15),
      damaged(8, 262_145),
      damaged(8, 0),
      damaged(4, 1_999_999),
    ]
    for (const [i, bytes] of files.entries()) await check(file(`damaged-${i}`, bytes), 'greater 20', 400)
  })
})
