import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CaptureInput } from '../../packages/cli/src/tcpdump/capture-input.ts'
import { ChunkFeeder, openCapture } from '../../packages/core/src/index.ts'
import { itNeeds, rootFolder } from '../needs.ts'
import {
  block,
  endOfOptions,
  interfaceBlock,
  option,
  packetBlock,
  pcapBytes,
  sectionBlock,
  type TestRecord,
} from '../support/capture-bytes.ts'
import { Command, start } from '../support/command.ts'
import { expectSameFiles } from './differential.ts'

const command = new Command()
const folder = join(rootFolder, 'tests/fixtures/captures')
let large = ''

beforeAll(() => {
  // About 2.5 MB.
  const once = readFileSync(join(folder, 'apache-ab.pcap'))
  large = join(command.folder, 'large.pcap')
  writeFileSync(large, Buffer.concat([once, ...Array.from({ length: 140 }, () => once.subarray(24))]))
})

describe('writes the files that tcpdump writes', () => {
  itNeeds(['tcpdump'], 'one file, from any capture', async () => {
    for (const name of ['apache-ab', 'cap-any-sll', 'ipv6-server-close', 'vlan-qinq']) {
      for (const options of [[], ['--nano'], ['-c', '3', '-U'], ['--print', '-n']]) {
        await expectSameFiles(command, ['-Z', 'root', '-r', join(folder, `${name}.pcap`), ...options, '-w', 'f'])
      }
    }
  })

  itNeeds(['tcpdump'], 'rows of files by size', async () => {
    for (const options of ['-C 1', '-C 1 -W 2', '-C 1 -W 11', '-C 2 -W 1', '-W 3', '-C 1 -c 9000', '-C 1 -G 1000']) {
      await expectSameFiles(command, ['-Z', 'root', '-r', large, ...options.split(' '), '-w', 'f'])
    }
  })

  itNeeds(['tcpdump'], 'and runs the command after each but the last', async () => {
    const script = join(command.folder, 'after')
    writeFileSync(script, '#!/bin/sh\nmv "$1" "$1.done"\n', { mode: 0o755 })
    await expectSameFiles(command, ['-Z', 'root', '-r', large, '-C', '1', '-z', script, '-w', 'f'])
  })
})

it('writes pcapng with the interfaces and comments of what it reads, several inputs in a row', async () => {
  const first = Buffer.concat([
    sectionBlock(true),
    interfaceBlock(true, 1, 65_535, option(true, 2, 'eth0'), endOfOptions),
    packetBlock(true, 0, 1_000_000n, Buffer.from('one'), option(true, 1, 'look here'), endOfOptions),
    interfaceBlock(true, 1, 65_535, option(true, 2, 'eth1'), endOfOptions),
    packetBlock(true, 1, 2_000_001n, Buffer.from('two')),
  ])
  writeFileSync(join(command.folder, 'first'), first)
  writeFileSync(
    join(command.folder, 'second'),
    pcapBytes({ snaplen: 100 }, [{ seconds: 3, data: Buffer.from('three') }]),
  )
  const { code } = await command.run(['-Z', 'root', '--pcapng', '-V', '-', '-w', 'both'], {
    input: Buffer.from('first\nsecond\n'),
    cwd: command.folder,
  })
  expect(code).toBe(0)
  const names: (string | null)[] = []
  const packets: unknown[] = []
  const feeder = new ChunkFeeder(
    openCapture({
      capture() {},
      interface: ({ name }) => names.push(name),
      packet: ({ seconds, nanos, interfaceIndex, comment, bytes, at, end }) =>
        packets.push([seconds, nanos, interfaceIndex, comment, Buffer.from(bytes.subarray(at, end)).toString()]),
    }),
  )
  feeder.push(readFileSync(join(command.folder, 'both')))
  feeder.end()
  expect([feeder.damage, names]).toEqual([null, ['eth0', 'eth1', null]])
  expect(packets).toEqual([
    [1, 0, 0, 'look here', 'one'],
    [2, 1000, 1, null, 'two'],
    [3, 0, 2, null, 'three'],
  ])
})

/** A record of `bytes` bytes that claims to have captured as many, or `captured`. */
function record(bytes: number, captured = bytes): TestRecord {
  return { seconds: 1, fraction: 2, data: Buffer.alloc(bytes, 0x61), captured, onWire: captured }
}

function section(major: number, minor: number): Buffer {
  return block(true, 0x0a0d0d0a, [32, 0x1a2b3c4d], [16, major], [16, minor], [32, 0xffffffff], [32, 0xffffffff])
}

/** An enhanced packet block with four bytes. */
function packet(interfaceId = 0, captured = 4): Buffer {
  return block(true, 6, [32, interfaceId], [32, 0], [32, 0], [32, captured], [32, captured], Buffer.alloc(4))
}

/** What the reader of tcpdump mode counts in a file, and what it says of it. */
function readHere(bytes: Buffer): { packets: number; complaint: string | null } {
  let packets = 0
  const sink = {
    interface: () => {},
    opened: () => {},
    packet: () => {
      packets++
      return true
    },
  }
  const input = new CaptureInput(sink, null, null)
  const feeder = new ChunkFeeder(input)
  feeder.push(bytes)
  feeder.end()
  return { packets, complaint: input.outcome(feeder.damage) }
}

describe('says of damaged files what tcpdump says', () => {
  const check = async (bytes: Buffer): Promise<void> => {
    const path = join(command.folder, 'damaged')
    writeFileSync(path, bytes)
    const { out, err } = await start('tcpdump', ['-Z', 'root', '-nr', path, '--count'])
    const packets = Number(/^(\d+) packet/.exec(out.toString())?.[1] ?? 0)
    const complaint = /^tcpdump: (?:pcap_loop: )?(.*)$/m.exec(err)?.[1] ?? null
    expect(readHere(bytes), bytes.toString('hex')).toEqual({ packets, complaint })
  }

  itNeeds(['tcpdump'], 'pcap', async () => {
    const whole = pcapBytes({}, [record(20)])
    for (const end of [0, 1, 3, 4, 23, 24, 25, 39, 40, 59]) await check(whole.subarray(0, end))
    for (const [major, minor] of [
      [1, 0],
      [2, 5],
      [543, 0],
    ]) {
      await check(pcapBytes({ major, minor }, [record(4)]))
    }
    for (const snaplen of [0, 2, 300_000, 0x80000000]) {
      await check(pcapBytes({ snaplen }, [record(10)]))
      await check(pcapBytes({ snaplen }, [record(10, 262_145)]))
    }
    for (const link of [12, 147, 0x24000001, 276]) await check(pcapBytes({ link }, [record(4)]))
    await check(Buffer.from('no capture at all\n'))
  })

  itNeeds(['tcpdump'], 'pcapng', async () => {
    const [first, ethernet] = [section(1, 0), interfaceBlock(true, 1, 65_535)]
    const whole = Buffer.concat([first, ethernet, packet()])
    for (const end of [7, 8, 11, 12, 27, 28, 29, 36, 47, 48, 49, 56, 57]) await check(whole.subarray(0, end))
    for (const parts of [
      [section(2, 0)],
      [section(1, 1)],
      [section(1, 2), ethernet, packet()],
      [first],
      [first, packet()],
      [first, ethernet, packet(1)],
      [first, ethernet, packet(), interfaceBlock(true, 101, 65_535), packet(1)],
      [first, ethernet, packet(), interfaceBlock(true, 1, 99), packet(1)],
      [first, interfaceBlock(true, 1, 0), interfaceBlock(true, 1, 262_144), packet(1)],
      [first, interfaceBlock(true, 1, 3), packet()],
      [first, ethernet, packet(0, 99)],
      [first, ethernet, block(true, 6, [32, 0])],
      [first, ethernet, block(true, 3, [32, 40], Buffer.alloc(4))],
      [first, ethernet, packet(), first, packet()],
      [first, ethernet, packet(), section(2, 0)],
      [first, ethernet, packet().fill(0x63, 32)],
    ]) {
      await check(Buffer.concat(parts))
    }
  })

  itNeeds(['tcpdump'], 'times that cannot be are copied as they are', async () => {
    const path = join(command.folder, 'times.pcap')
    const data = Buffer.alloc(4)
    const times = [
      { seconds: 1, fraction: 1_999_999, data },
      { seconds: 0xfffffff0, fraction: 7, data },
    ]
    writeFileSync(path, pcapBytes({}, times))
    await expectSameFiles(command, ['-Z', 'root', '-r', path, '-w', 'f'])
  })
})
