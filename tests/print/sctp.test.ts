import { expect, test } from 'vitest'
import { noNames, PacketPrinter } from '../../packages/core/src/index.ts'
import { ipv4, ipv6, join, recordOf } from '../support/frames.ts'
import { hex, seeded } from '../support/packet-bytes.ts'
import { printOptions } from '../support/print.ts'

/** What tcpdump prints behind `sctp` of one packet with these chunks. */
interface Row {
  readonly name: string
  /** Hex. */
  readonly chunks: string
  readonly options: string
  readonly text: string
}

const RAW_IP = 101
const SCTP = 132
/** From port 2905 to port 40000. */
const header = '0b599c40 00000001 00000000'

const rows: readonly Row[] = [
  {
    name: 'INIT',
    chunks: '01000014deadbeef00010000000a080000000001',
    options: '',
    text: ' (1) [INIT] [init tag: 3735928559] [rwnd: 65536] [OS: 10] [MIS: 2048] [init TSN: 1] ',
  },
  {
    name: 'INIT ACK and COOKIE ECHO on lines of their own',
    chunks: '0200001800000001000000020003000400000005000700040a00000761626300',
    options: '-vv',
    text: '\n\t1) [INIT ACK] [init tag: 1] [rwnd: 2] [OS: 3] [MIS: 4] [init TSN: 5] \n\t2) [COOKIE ECHO] ',
  },
  {
    name: 'SACK with gaps and duplicates',
    chunks: '03000020fffffff0000003e80002000200010002000400200000000500000006',
    options: '',
    text: ' (1) [SACK] [cum ack 4294967280] [a_rwnd 1000] [#gap acks 2] [#dup tsns 2] \n\t\t[gap ack block #1: start = 4294967281, end = 4294967282] \n\t\t[gap ack block #2: start = 4294967284, end = 16] \n\t\t[dup TSN #1: 5] \n\t\t[dup TSN #2: 6] ',
  },
  {
    name: 'SACK whose gaps do not fit',
    chunks: '030000170000000100000002000900096162636465666700',
    options: '',
    text: ' (1) [SACK] [cum ack 1] [a_rwnd 2] [#gap acks 9] [#dup tsns 9] \n\t\t[gap ack block #1: start = 24931, end = 25445] bogus chunk length 23]',
  },
  {
    name: 'DATA',
    chunks: '00030011ee6b28010003000700000012780000000b000004',
    options: '',
    text: ' (1) [DATA] (B)(E) [TSN: 4000000001] [SID: 3] [SSEQ 7] [PPID S1AP] , (2) [COOKIE ACK] ',
  },
  {
    name: 'DATA with its payload',
    chunks: '0004001fee6b2801000300070000003368656c6c6f2c2073747265616d203300',
    options: '-vv',
    text: '\n\t1) [DATA] (U) [TSN: 4000000001] [SID: 3] [SSEQ 7] [PPID 0x33] [Payload:\n\t0x0000:  6865 6c6c 6f2c 2073 7472 6561 6d20 33    hello,.stream.3]',
  },
  {
    name: 'DATA with its payload unseen',
    chunks: '00000015ee6b2801000300070000000068656c6c6f000000',
    options: '-q -vv',
    text: '\n\t1) [DATA] [TSN: 4000000001] [SID: 3] [SSEQ 7] [PPID 0x0] [Payload]',
  },
  {
    name: 'DATA without data',
    chunks: '00030010ee6b28010003000700000000',
    options: '',
    text: ' (1) [DATA] (B)(E) [TSN: 4000000001] [SID: 3] [SSEQ 7] [PPID 0x0] bogus chunk length 16]',
  },
  {
    name: 'chunks that are only named',
    chunks:
      '0400000405000004060000040700000408000004090000040c0000040d0000040e0000040f00000480000004c0000004c1000004c2000004',
    options: '',
    text: ' (1) [HB REQ] , (2) [HB ACK] , (3) [ABORT] , (4) [SHUTDOWN] , (5) [SHUTDOWN ACK] , (6) [OP ERR] , (7) [ECN ECHO] , (8) [ECN CWR] , (9) [SHUTDOWN COMPLETE] , (10) [Unknown chunk type: 0xf] , (11) [Unknown chunk type: 0x80] , (12) [FOR CUM TSN] , (13) [REL CTRL] , (14) [REL CTRL ACK] ',
  },
  {
    name: 'M3UA',
    chunks: '00030028ee6b28010003000700000003010001010000001800060008000000630210000800000000',
    options: '-vv',
    text: '\n\t1) [DATA] (B)(E) [TSN: 4000000001] [SID: 3] [SSEQ 7] [PPID M3UA] \n\t\tTransfer Data Message\n\t\t\tRouting Context: 0x00060008\n\t\t\tProtocol Data: (length 8)',
  },
  {
    name: 'M3UA of another class, length and parameters',
    chunks:
      '0003001cee6b280100030007000000030100070100000008616263640003001cee6b28010003000700000003010003090000000c0006000400030018ee6b280100030007000000030200000000000000',
    options: '-vv',
    text: '\n\t1) [DATA] (B)(E) [TSN: 4000000001] [SID: 3] [SSEQ 7] [PPID M3UA] \n\t\tUnknown message class 7\n\t\t\t@@@@@@ Corrupted length 8 of message @@@@@@\n\t2) [DATA] (B)(E) [TSN: 4000000001] [SID: 3] [SSEQ 7] [PPID M3UA] \n\t\tASP Unknown (0x09) Message\n\t\t\tRouting Context:  (invalid)\n\t3) [DATA] (B)(E) [TSN: 4000000001] [SID: 3] [SSEQ 7] [PPID M3UA] ',
  },
  {
    name: 'a chunk shorter than its header',
    chunks: '0b0000040400000361626364',
    options: '',
    text: ' (1) [COOKIE ACK] , (2) [Bad chunk length 3, < size of chunk descriptor]',
  },
  { name: 'a chunk longer than the packet', chunks: '0400004061626364', options: '', text: ' [|sctp]' },
  {
    name: 'a rest shorter than a chunk',
    chunks: '0b0000040102',
    options: '',
    text: ' (1) [COOKIE ACK] , (2) [chunk descriptor cut off at end of packet]',
  },
  { name: 'padding that is missing', chunks: '040000066162', options: '', text: ' (1) [HB REQ]  [|sctp]' },
]

function printed(packet: Uint8Array, options: string, captured = packet.length): string {
  const parts: Uint8Array[] = []
  const printer = new PacketPrinter(printOptions(`-n -t ${options}`).options, noNames, (bytes, at, end) => {
    parts.push(bytes.slice(at, end))
  })
  printer.print(recordOf(packet, RAW_IP, captured))
  printer.flush()
  return Buffer.concat(parts).toString('latin1')
}

function behind(text: string, addresses: string): string {
  expect(text).toContain(addresses)
  return text.slice(text.indexOf(addresses) + addresses.length)
}

test.each(rows)('$name', (row) => {
  const payload = join(hex(header), hex(row.chunks))
  const over4 = printed(ipv4(payload, { protocol: SCTP }), row.options)
  expect(behind(over4, '10.0.0.1.2905 > 10.0.0.2.40000: sctp')).toBe(`${row.text}\n`)
  const over6 = printed(ipv6(payload, { next: SCTP }), row.options)
  expect(behind(over6, '2001:db8::1.2905 > 2001:db8::2.40000: sctp')).toBe(`${row.text}\n`)
})

test('a header that is cut says how much is missing', () => {
  expect(printed(ipv4(hex(header).slice(0, 5), { protocol: SCTP }), '')).toBe('IP truncated-sctp - 7 bytes missing!\n')
  expect(printed(ipv4(hex(header), { protocol: SCTP }), '', 25)).toBe('IP  [|sctp]\n')
})

test('what the capture cuts or breaks stays text', () => {
  const random = seeded(3)
  for (const row of rows) {
    const packet = ipv4(join(hex(header), hex(row.chunks)), { protocol: SCTP })
    for (let captured = 1; captured < packet.length; captured++)
      expect(printed(packet, `${row.options} -vv`, captured)).toMatch(/^[\n\t -~]+$/)
    for (let i = 0; i < 40; i++) {
      const broken = packet.slice()
      for (let n = random(4); n >= 0; n--) broken[32 + random(broken.length - 32)] = random(256)
      expect(printed(broken, `${row.options} -vv`)).toMatch(/^[\n\t -~]+$/)
    }
  }
})

test.each([
  ['00005e000101', 'IANA'],
  ['00000c000001', 'Cisco'],
  ['0080c2000001', 'Ethernet bridged'],
  ['123456000001', 'Unknown'],
])('the organization of %s is %s', (address, name) => {
  const parts: Uint8Array[] = []
  const printer = new PacketPrinter(printOptions('-t -e').options, noNames, (bytes, at, end) => {
    parts.push(bytes.slice(at, end))
  })
  printer.print(recordOf(hex(`020000000001 ${address} 88b5 00000000`), 1))
  printer.flush()
  expect(Buffer.concat(parts).toString('latin1')).toContain(`(oui ${name}) > 02:00:00:00:00:01 (oui Unknown)`)
})
