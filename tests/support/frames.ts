import { PacketRecord } from '../../packages/core/src/file/record.ts'
import { hex } from './packet-bytes.ts'

/** Headers as bytes, for frames that a test makes up. Lengths are filled in unless a test gives others; checksums are 0. */

export function join(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

const u16 = (value: number) => [(value >> 8) & 0xff, value & 0xff]
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value)]

const CLIENT_MAC = '02420a000001'
const SERVER_MAC = '02420a000002'

export function ethernet(etherType: number, payload: Uint8Array): Uint8Array {
  return join(hex(SERVER_MAC + CLIENT_MAC), Uint8Array.from(u16(etherType)), payload)
}

export interface Ipv4Fields {
  protocol?: number
  id?: number
  /** Fragment offset in bytes. */
  offset?: number
  more?: boolean
  totalLength?: number
  /** Hex, whole words. */
  options?: string
  source?: string
  destination?: string
}

export function ipv4(payload: Uint8Array, fields: Ipv4Fields = {}): Uint8Array {
  const options = hex(fields.options ?? '')
  const headerBytes = 20 + options.length
  return join(
    Uint8Array.from([
      0x40 | (headerBytes / 4),
      0,
      ...u16(fields.totalLength ?? headerBytes + payload.length),
      ...u16(fields.id ?? 0x1c46),
      ...u16((fields.more ? 0x2000 : 0) | ((fields.offset ?? 0) / 8)),
      64,
      fields.protocol ?? 6,
      0,
      0,
    ]),
    hex(fields.source ?? '0a000001'),
    hex(fields.destination ?? '0a000002'),
    options,
    payload,
  )
}

export interface Ipv6Fields {
  next?: number
  payloadLength?: number
}

/** From 2001:db8::1 to 2001:db8::2. `payload` includes extension headers. */
export function ipv6(payload: Uint8Array, fields: Ipv6Fields = {}): Uint8Array {
  return join(
    hex('60000000'),
    Uint8Array.from([...u16(fields.payloadLength ?? payload.length), fields.next ?? 6, 64]),
    hex('20010db8000000000000000000000001 20010db8000000000000000000000002'),
    payload,
  )
}

/** IPv6 fragment header; the offset in bytes. */
export function fragmentHeader(next: number, offset: number, more: boolean, id = 0xcafebabe): Uint8Array {
  return Uint8Array.from([next, 0, ...u16(offset | (more ? 1 : 0)), ...u32(id)])
}

export interface TcpFields {
  sourcePort?: number
  destinationPort?: number
  seq?: number
  ack?: number
  flags?: number
  window?: number
  urgent?: number
  /** Hex, whole words. */
  options?: string
  /** In words, where it is to be wrong. */
  dataOffset?: number
}

export function tcp(payload: Uint8Array, fields: TcpFields = {}): Uint8Array {
  const options = hex(fields.options ?? '')
  const flags = fields.flags ?? 0x18
  return join(
    Uint8Array.from([
      ...u16(fields.sourcePort ?? 49200),
      ...u16(fields.destinationPort ?? 80),
      ...u32(fields.seq ?? 0xf0000001),
      ...u32(fields.ack ?? 0xe0000002),
      ((fields.dataOffset ?? 5 + options.length / 4) << 4) | (flags >> 8),
      flags & 0xff,
      ...u16(fields.window ?? 64240),
      0,
      0,
      ...u16(fields.urgent ?? 0),
    ]),
    options,
    payload,
  )
}

export function udp(payload: Uint8Array, length = 8 + payload.length): Uint8Array {
  return join(Uint8Array.from([...u16(5353), ...u16(53), ...u16(length), 0, 0]), payload)
}

/** A record of this frame, of which only the first `captured` bytes were kept. */
export function recordOf(frame: Uint8Array, link = 1, captured = frame.length): PacketRecord {
  const record = new PacketRecord()
  record.number = 1
  record.bytes = frame
  record.end = captured
  record.wireBytes = frame.length
  record.seconds = 1_700_000_000
  record.link = link
  return record
}
