import { expect, it } from 'vitest'
import { hex, readAlone, tryHostile } from '../../../../tests/support/packet-bytes.ts'
import { MALFORMED, TRUNCATED } from './outcome.ts'
import * as tcp from './tcp.ts'

/** Linux's SYN with mss, sackOK, timestamps, nop, wscale; AE, CWR and ECE ask for accurate ECN. */
const syn = hex('e5ce 0050 f1e2d3c4 00000000 a1 c2 fa f0 fe30 0007 020405b4 0402 080a 0012d687 00000000 01 030307')

function read(b: Uint8Array, at: number, end: number) {
  const after = tcp.headerEnd(b, at, end)
  if (after < 0) return after
  return {
    bytes: after - at,
    headerBytes: tcp.headerBytes(b, at),
    sourcePort: tcp.sourcePort(b, at),
    destinationPort: tcp.destinationPort(b, at),
    seq: tcp.seq(b, at),
    ack: tcp.ack(b, at),
    flags: tcp.flags(b, at),
    window: tcp.window(b, at),
    checksum: tcp.checksum(b, at),
    urgent: tcp.urgent(b, at),
  }
}

it('reads every field', () => {
  const { SYN, ECE, CWR, AE } = tcp.Flag
  expect(readAlone(syn, read)).toEqual({
    bytes: 40,
    headerBytes: 40,
    sourcePort: 58830,
    destinationPort: 80,
    seq: 0xf1e2d3c4,
    ack: 0,
    flags: SYN | ECE | CWR | AE,
    window: 0xfaf0,
    checksum: 0xfe30,
    urgent: 7,
  })
})

it('names the flags by their bits', () => {
  const one = (flags: string) => tcp.flags(hex(`0000 0000 00000000 00000000 50 ${flags} 0000 0000 0000`), 0)
  const { FIN, RST, PSH, ACK, URG } = tcp.Flag
  expect(['01', '04', '08', '10', '20'].map(one)).toEqual([FIN, RST, PSH, ACK, URG])
})

it('tells every prefix from a whole header', () => {
  for (let n = 0; n < syn.length; n++) expect(tcp.headerEnd(syn, 0, n)).toBe(TRUNCATED)
})

it('refuses a data offset of less than five words', () => {
  const changed = syn.slice()
  changed[12] = 0x40
  expect(tcp.headerEnd(changed, 0, changed.length)).toBe(MALFORMED)
})

it('survives anything', () => tryHostile(syn, read, 2))
