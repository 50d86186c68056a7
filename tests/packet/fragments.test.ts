import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { itNeeds } from '../needs.ts'
import { askDissect, askTshark } from '../support/dissect-lines.ts'
import { ethernet, fragmentHeader, ipv4, ipv6, join as joinBytes, tcp, udp } from '../support/frames.ts'
import { seeded } from '../support/packet-bytes.ts'

/** A little-endian pcap file of Ethernet frames, one a millisecond. */
function pcapOf(frames: readonly Uint8Array[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(24))
  header.setUint32(0, 0xa1b2c3d4, true)
  header.setUint16(4, 2, true)
  header.setUint16(6, 4, true)
  header.setUint32(16, 262144, true)
  header.setUint32(20, 1, true)
  const parts: Uint8Array[] = [new Uint8Array(header.buffer)]
  frames.forEach((frame, i) => {
    const record = new DataView(new ArrayBuffer(16))
    record.setUint32(0, 1_700_000_000, true)
    record.setUint32(4, i * 1000, true)
    record.setUint32(8, frame.length, true)
    record.setUint32(12, frame.length, true)
    parts.push(new Uint8Array(record.buffer), frame)
  })
  return joinBytes(...parts)
}

itNeeds(['tshark'], 'dissect agrees with tshark on fragments in any order', () => {
  const random = seeded(51)
  const frames: Uint8Array[] = []
  for (let id = 1; id <= 40; id++) {
    const payload = Uint8Array.from({ length: 100 + random(400) }, () => random(256))
    const protocol = random(2) === 0 ? 6 : 17
    const message = protocol === 6 ? tcp(payload, { seq: id * 1000 }) : udp(payload)
    const six = random(2) === 0
    const cuts = [0]
    while (message.length - cuts.at(-1)! > 160) cuts.push(cuts.at(-1)! + 8 * (3 + random(15)))
    const pieces = cuts.map((from, i) => {
      const data = message.slice(from, cuts[i + 1] ?? message.length)
      const more = i < cuts.length - 1
      return six
        ? ethernet(0x86dd, ipv6(joinBytes(fragmentHeader(protocol, from, more, id), data), { next: 44 }))
        : ethernet(0x0800, ipv4(data, { protocol, id, offset: from, more }))
    })
    const shuffled = pieces.map((piece) => ({ piece, key: random(1e6) })).sort((a, b) => a.key - b.key)
    frames.push(...shuffled.map(({ piece }) => piece))
  }
  const folder = mkdtempSync(join(tmpdir(), 'wiretale-fragments-'))
  try {
    const file = join(folder, 'fragments.pcap')
    writeFileSync(file, pcapOf(frames))
    const ours = askDissect(file)
    expect(ours).toEqual(askTshark(file))
    expect(ours.filter((line) => /\t(80|53)\t/.test(line)).length).toBe(40)
    expect(frames.length).toBeGreaterThan(100)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
