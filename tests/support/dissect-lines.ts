import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { formatIpv4, formatIpv6 } from '../../packages/core/src/bytes/address.ts'
import { PcapReader } from '../../packages/core/src/file/pcap.ts'
import type { CaptureSink } from '../../packages/core/src/file/record.ts'
import { Dissector } from '../../packages/core/src/packet/dissect.ts'
import { Decode, Packet, Protocol } from '../../packages/core/src/packet/packet.ts'

/** What dissect() and tshark are both asked for each packet, in tshark's names. */
const FIELDS = [
  'frame.number',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.ack_raw',
  'tcp.len',
  'tcp.flags',
  'tcp.window_size_value',
  'udp.srcport',
  'udp.dstport',
  'udp.length',
]

/** One line of tab-separated fields a packet, as tshark sees the file. */
export function askTshark(file: string): string[] {
  // Stream analysis would only add what dissect() does not claim; reassembly of TCP streams would move lengths.
  const off = ['tcp.analyze_sequence_numbers', 'tcp.desegment_tcp_streams'].flatMap((name) => ['-o', `${name}:FALSE`])
  const fields = FIELDS.flatMap((field) => ['-e', field])
  const args = ['-n', '-r', file, ...off, '-T', 'fields', '-E', 'occurrence=f', ...fields]
  const text = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return text.replace(/\n$/, '').split('\n')
}

function describePacket(p: Packet): string {
  const whole = p.status === Decode.OK
  const format = p.ipVersion === 4 ? formatIpv4 : formatIpv6
  const addresses = p.ipVersion === 0 ? [] : [p.sourceAt, p.destinationAt].map((at) => format(p.bytes, at))
  const flags = `0x${p.flags.toString(16).padStart(4, '0')}`
  const values = [
    p.number,
    ...(p.ipVersion === 4 ? addresses : ['', '']),
    ...(p.ipVersion === 6 ? addresses : ['', '']),
    ...(whole && p.protocol === Protocol.TCP
      ? [p.sourcePort, p.destinationPort, p.seq, p.ack, p.payloadBytes, flags, p.window]
      : ['', '', '', '', '', '', '']),
    ...(whole && p.protocol === Protocol.UDP ? [p.sourcePort, p.destinationPort, p.payloadBytes + 8] : ['', '', '']),
  ]
  return values.join('\t')
}

/** The same lines, as dissect() sees it. */
export function askDissect(file: string): string[] {
  const bytes = new Uint8Array(readFileSync(file))
  const lines: string[] = []
  const dissector = new Dissector()
  const packet = new Packet()
  const sink: CaptureSink = {
    capture() {},
    interface() {},
    packet(record) {
      dissector.dissect(record, packet)
      lines.push(describePacket(packet))
    },
  }
  const reader = new PcapReader(sink)
  const read = reader.read(bytes, 0, bytes.length)
  reader.finish(bytes, read, bytes.length)
  expect(reader.damage).toBeNull()
  return lines
}
