import { ByteWriter, type Flush } from '../bytes/writer.ts'
import type { Bytes } from '../units.ts'
import { BLOCK_FRAME_BYTES, Block, BYTE_ORDER_MAGIC, NameRecord, Option, padded } from './pcapng-blocks.ts'
import type { InterfaceInfo, PacketRecord } from './record.ts'

/** The part of the platform's TextEncoder that is used. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array }

const utf8 = new TextEncoder()
const OPTION_MAX_BYTES = 0xffff
const TWO_32 = 2 ** 32
const NONE: readonly OptionValue[] = []

/** One option, its value as bytes. */
interface OptionValue {
  readonly code: number
  readonly value: Uint8Array
}

/** Writes pcapng 1.0, little-endian, time stamps in nanoseconds. Begin with section(), then describe the interfaces;
 *  packets name them by their order in the section. Each block is whole in the output. */
export class PcapngWriter {
  private readonly out: ByteWriter

  constructor(onFlush: Flush) {
    this.out = new ByteWriter(onFlush)
  }

  /** A section header of unknown length. Interfaces are counted anew after it. */
  section(comment: string | null = null): void {
    const options = comments(comment)
    this.begin(Block.SECTION, 16, options)
    this.out.u32(BYTE_ORDER_MAGIC)
    this.out.u16(1)
    this.out.u16(0)
    this.out.u32(0xffffffff)
    this.out.u32(0xffffffff)
    this.finish(16, options)
  }

  /** Describes the section's next interface. Its time stamps are written in nanoseconds, whatever they were. */
  interface(info: Pick<InterfaceInfo, 'name' | 'link' | 'snaplen' | 'filter' | 'fcsBytes'>): void {
    const options: OptionValue[] = []
    if (info.name !== null) options.push(text(Option.IF_NAME, info.name))
    options.push({ code: Option.IF_TSRESOL, value: Uint8Array.of(9) })
    if (info.filter !== null) options.push(text(Option.IF_FILTER, `\0${info.filter}`))
    if (info.fcsBytes !== undefined) options.push({ code: Option.IF_FCSLEN, value: Uint8Array.of(info.fcsBytes) })
    this.begin(Block.INTERFACE, 8, options)
    this.out.u16(info.link)
    this.out.u16(0)
    this.out.u32(info.snaplen)
    this.finish(8, options)
  }

  /** An enhanced packet block with the record's comment. A time before 1970 is written as 1970. */
  packet(record: PacketRecord, interfaceId: number = record.interfaceIndex): void {
    const { out } = this
    const captured = record.end - record.at
    const options = comments(record.comment)
    const bodyBytes = 20 + padded(captured)
    this.begin(Block.ENHANCED_PACKET, bodyBytes, options)
    out.u32(interfaceId)
    this.time(Math.max(record.seconds, 0), record.seconds < 0 ? 0 : record.nanos)
    out.u32(captured)
    out.u32(record.wireBytes)
    out.copy(record.bytes, record.at, record.end)
    out.zeros(padded(captured) - captured)
    this.finish(bodyBytes, options)
  }

  /** A name resolution block: addresses as bytes (4 or 16) with their names. */
  names(entries: readonly { readonly address: Uint8Array; readonly names: readonly string[] }[]): void {
    // A record a name: one with all names of an address might pass the 65,535 bytes that a record can hold.
    const records = entries.flatMap(({ address, names }) =>
      names.map((name) => ({
        code: address.length === 4 ? NameRecord.IPV4 : NameRecord.IPV6,
        value: concat([address, text(0, name, OPTION_MAX_BYTES - 17).value, Uint8Array.of(0)]),
      })),
    )
    const bodyBytes = optionsBytes(records) || 4
    this.begin(Block.NAMES, bodyBytes, [])
    if (records.length === 0) this.out.zeros(4)
    this.options(records)
    this.finish(bodyBytes, [])
  }

  /** A decryption secrets block: a key log is type 0x544c534b. */
  secrets(type: number, data: Uint8Array): void {
    const bodyBytes = 8 + padded(data.length)
    this.begin(Block.SECRETS, bodyBytes, [])
    this.out.u32(type)
    this.out.u32(data.length)
    this.out.copy(data, 0, data.length)
    this.out.zeros(padded(data.length) - data.length)
    this.finish(bodyBytes, [])
  }

  /** Interface statistics at the given time: packets that the interface and the system have dropped in all. */
  statistics(interfaceId: number, seconds: number, nanos: number, dropped: number): void {
    const value = new Uint8Array(8)
    const view = new DataView(value.buffer)
    view.setUint32(0, dropped % TWO_32, true)
    view.setUint32(4, Math.floor(dropped / TWO_32), true)
    const options = [{ code: Option.ISB_IFDROP, value }]
    this.begin(Block.STATISTICS, 12, options)
    this.out.u32(interfaceId)
    this.time(seconds, nanos)
    this.finish(12, options)
  }

  /** Hands on what is still held; the writer can go on afterwards. */
  flush(): void {
    this.out.flush()
  }

  private begin(type: number, bodyBytes: Bytes, options: readonly OptionValue[]): void {
    this.out.u32(type)
    this.out.u32(BLOCK_FRAME_BYTES + bodyBytes + optionsBytes(options))
  }

  private finish(bodyBytes: Bytes, options: readonly OptionValue[]): void {
    this.options(options)
    this.out.u32(BLOCK_FRAME_BYTES + bodyBytes + optionsBytes(options))
  }

  private options(options: readonly OptionValue[]): void {
    for (const { code, value } of options) {
      this.out.u16(code)
      this.out.u16(value.length)
      this.out.copy(value, 0, value.length)
      this.out.zeros(padded(value.length) - value.length)
    }
    if (options.length > 0) this.out.zeros(4)
  }

  /** 64 bits of nanoseconds since 1970, high half first: exact without BigInt, up to the year 2554. */
  private time(seconds: number, nanos: number): void {
    // seconds · 10^9 as (a·2^16 + b) · 10^9, so that no product passes 2^53.
    const whole = Math.min(seconds, 18_446_744_072)
    const b = (whole % 65536) * 1e9 + nanos
    const a = Math.floor(whole / 65536) * 1e9
    // a·2^16 = high·2^32 + rest·2^16
    const high = Math.floor(a / 65536)
    const low = (a % 65536) * 65536 + b
    this.out.u32(high + Math.floor(low / TWO_32))
    this.out.u32(low % TWO_32)
  }
}

function optionsBytes(options: readonly OptionValue[]): Bytes {
  let bytes = 0
  for (const { value } of options) bytes += 4 + padded(value.length)
  return bytes === 0 ? 0 : bytes + 4
}

function comments(comment: string | null): readonly OptionValue[] {
  return comment === null ? NONE : [text(Option.COMMENT, comment)]
}

/** An option holds 65,535 bytes: longer text is cut at a character's border. */
function text(code: number, value: string, maxBytes: Bytes = OPTION_MAX_BYTES): OptionValue {
  const bytes = utf8.encode(value)
  let end = Math.min(bytes.length, maxBytes)
  if (end < bytes.length) while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--
  return { code, value: bytes.subarray(0, end) }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
