import type { TestRecord } from '../support/capture-bytes.ts'
import { pcapBytes } from '../support/capture-bytes.ts'
import type { Host, Variant } from './generator.ts'

/** One of a variant's segments. */
export interface Segment {
  readonly from: 'client' | 'server'
  readonly flags: readonly Flag[]
  /** Absolute numbers; `ack` null without ACK. */
  readonly seq: number
  readonly ack: number | null
  readonly window: number
  readonly payload: string
  /** TCP time stamp option: value and echo. */
  readonly stamp: readonly [number, number] | null
}

export type Flag = 'FIN' | 'SYN' | 'PSH' | 'ACK'

const BITS: Record<Flag, number> = { FIN: 1, SYN: 2, PSH: 8, ACK: 16 }

/** The eleven segments, in order. */
export function segmentsOf(v: Variant): Segment[] {
  const asked = v.request.head + v.request.body
  const { head, body } = v.response
  const closer = v.closer
  const other = closer === 'client' ? 'server' : 'client'
  const steps: readonly (readonly [Segment['from'], readonly Flag[], string])[] = [
    ['client', ['SYN'], ''],
    ['server', ['SYN', 'ACK'], ''],
    ['client', ['ACK'], ''],
    ['client', ['PSH', 'ACK'], asked],
    ['server', ['ACK'], ''],
    ['server', ['PSH', 'ACK'], head],
    ['server', ['PSH', 'ACK'], body],
    ['client', ['ACK'], ''],
    [closer, ['FIN', 'ACK'], ''],
    [other, ['FIN', 'ACK'], ''],
    [closer, ['ACK'], ''],
  ]
  const next = { client: v.client.isn, server: v.server.isn }
  const stamps = { client: v.client.isn ^ 0x5a5a, server: v.server.isn ^ 0x33cc }
  const acked = { client: 0, server: 0 }
  return steps.map(([from, flags, payload]) => {
    const to = from === 'client' ? 'server' : 'client'
    const hasAck = flags.includes('ACK')
    const windows = v[from].windows
    if (hasAck) acked[from] = (next[to] - v[to].isn) >>> 0
    const window = flags.includes('SYN') ? windows[0] : acked[from] > 1 ? windows[2] : windows[1]
    const segment: Segment = {
      from,
      flags,
      seq: next[from],
      ack: hasAck ? next[to] : null,
      window,
      payload,
      stamp: v.hasTimestamps ? [stamps[from] >>> 0, hasAck ? stamps[to] >>> 0 : 0] : null,
    }
    const taken = payload.length + (flags.includes('SYN') || flags.includes('FIN') ? 1 : 0)
    next[from] = (next[from] + taken) >>> 0
    return segment
  })
}

/** Bytes of the TCP options: of a SYN all that was offered, else the time stamps. */
function optionBytes(segment: Segment, host: Host): number[] {
  const list: number[] = []
  const stamp = segment.stamp?.flatMap((value) => [
    value >>> 24,
    (value >>> 16) & 255,
    (value >>> 8) & 255,
    value & 255,
  ])
  if (segment.flags.includes('SYN')) {
    list.push(2, 4, host.mss >> 8, host.mss & 255)
    if (stamp !== undefined) list.push(...(host.sackPermitted ? [4, 2] : [1, 1]), 8, 10, ...stamp)
    else if (host.sackPermitted) list.push(1, 1, 4, 2)
    if (host.windowScale !== null) list.push(1, 3, 3, host.windowScale)
  } else if (stamp !== undefined) list.push(1, 1, 8, 10, ...stamp)
  return list
}

function checksum(...parts: readonly Buffer[]): number {
  const bytes = Buffer.concat(parts)
  let sum = 0
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] << 8) | (bytes[at + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

function tcpBytes(segment: Segment, source: Host, target: Host): Buffer {
  const options = optionBytes(segment, source)
  const tcp = Buffer.concat([Buffer.alloc(20), Buffer.from(options), Buffer.from(segment.payload, 'latin1')])
  tcp.writeUInt16BE(source.port, 0)
  tcp.writeUInt16BE(target.port, 2)
  tcp.writeUInt32BE(segment.seq, 4)
  tcp.writeUInt32BE(segment.ack ?? 0, 8)
  tcp[12] = ((20 + options.length) / 4) << 4
  tcp[13] = segment.flags.reduce((bits, flag) => bits | BITS[flag], 0)
  tcp.writeUInt16BE(segment.window, 14)
  const pseudo = Buffer.alloc(4)
  pseudo.writeUInt16BE(tcp.length, 2)
  pseudo[1] = 6
  tcp.writeUInt16BE(checksum(Buffer.from(source.address), Buffer.from(target.address), pseudo, tcp), 16)
  return tcp
}

function ipBytes(source: Host, target: Host, bytes: number, id: number): Buffer {
  const ends = Buffer.from([...source.address, ...target.address])
  if (ends.length === 32) {
    const ip = Buffer.concat([Buffer.from([0x60, 0, 0, 0, 0, 0, 6, source.ttl]), ends])
    ip.writeUInt16BE(bytes, 4)
    return ip
  }
  const ip = Buffer.concat([Buffer.from([0x45, 0, 0, 0, 0, 0, 0x40, 0, source.ttl, 6, 0, 0]), ends])
  ip.writeUInt16BE(20 + bytes, 2)
  ip.writeUInt16BE(id, 4)
  ip.writeUInt16BE(checksum(ip), 10)
  return ip
}

/** The eleven Ethernet frames. */
function framesOf(v: Variant): Buffer[] {
  return segmentsOf(v).map((segment, index) => {
    const source = v[segment.from]
    const target = segment.from === 'client' ? v.server : v.client
    const tcp = tcpBytes(segment, source, target)
    const type = source.address.length === 4 ? [0x08, 0x00] : [0x86, 0xdd]
    const link = Buffer.from([...target.mac, ...source.mac, ...type])
    const ip = ipBytes(source, target, tcp.length, (source.isn + 31 * index) & 0xffff)
    const frame = Buffer.concat([link, ip, tcp])
    return v.isPadded && frame.length < 60 ? Buffer.concat([frame, Buffer.alloc(60 - frame.length)]) : frame
  })
}

/** Payload bytes of a segment that lie within the first `snaplen` of its frame. */
export function visibleBytes(v: Variant, payload: number, snaplen: number): number {
  const headers = 14 + (v.client.address.length === 4 ? 20 : 40) + 20 + (v.hasTimestamps ? 12 : 0)
  return Math.max(0, Math.min(payload, snaplen - headers))
}

export interface PcapKind {
  readonly nanoseconds: boolean
  readonly little: boolean
  readonly snaplen: number
}

export function pcapOf(v: Variant, { nanoseconds, little, snaplen }: PcapKind): Buffer {
  const records = framesOf(v).map((frame, i): TestRecord => {
    const fraction = Number(v.times[i] % 1_000_000_000n)
    const captured = Math.min(frame.length, snaplen)
    return {
      seconds: Number(v.times[i] / 1_000_000_000n),
      fraction: nanoseconds ? fraction : Math.floor(fraction / 1000),
      data: frame.subarray(0, captured),
      captured,
      onWire: frame.length,
    }
  })
  return pcapBytes({ magic: nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, little, snaplen }, records)
}
