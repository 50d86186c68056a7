/** Capture files made byte by byte, for tests of readers: nothing of the writers under test is used. */

export interface TestRecord {
  readonly seconds?: number
  readonly fraction?: number
  readonly data: Uint8Array
  /** Where they differ from the data's length. */
  readonly captured?: number
  readonly onWire?: number
}

export interface TestPcap {
  readonly magic?: number
  readonly little?: boolean
  readonly major?: number
  readonly minor?: number
  readonly snaplen?: number
  readonly link?: number
  /** Bytes after the usual file header, and after each record header. */
  readonly headerExtra?: number
  readonly recordExtra?: number
}

function numbers(little: boolean, ...fields: readonly (readonly [bits: 16 | 32, value: number])[]): Buffer {
  const bytes = Buffer.alloc(fields.reduce((sum, [bits]) => sum + bits / 8, 0))
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  let at = 0
  for (const [bits, value] of fields) {
    if (bits === 16) view.setUint16(at, value, little)
    else view.setUint32(at, value, little)
    at += bits / 8
  }
  return bytes
}

export function pcapBytes(options: TestPcap, records: readonly TestRecord[]): Buffer {
  const { magic = 0xa1b2c3d4, little = true, major = 2, minor = 4, snaplen = 262144, link = 1 } = options
  return Buffer.concat([
    numbers(little, [32, magic], [16, major], [16, minor], [32, 0], [32, 0], [32, snaplen], [32, link]),
    Buffer.alloc(options.headerExtra ?? 0, 0x77),
    ...records.flatMap(({ seconds = 0, fraction = 0, data, captured = data.length, onWire = data.length }) => [
      numbers(little, [32, seconds], [32, fraction], [32, captured], [32, onWire]),
      Buffer.alloc(options.recordExtra ?? 0, 0x88),
      data,
    ]),
  ])
}

const pad = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)])

/** Fields of a block's body: [bits, value], or bytes, which are padded to 32 bits. */
export type BlockField = readonly [16 | 32, number] | Uint8Array

export function block(little: boolean, type: number, ...fields: readonly BlockField[]): Buffer {
  const body = Buffer.concat(fields.map((field) => (field instanceof Uint8Array ? pad(field) : numbers(little, field))))
  const length = numbers(little, [32, body.length + 12])
  return Buffer.concat([numbers(little, [32, type]), length, body, length])
}

export function option(little: boolean, code: number, value: Uint8Array | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([numbers(little, [16, code], [16, bytes.length]), pad(bytes)])
}

export const endOfOptions = Buffer.alloc(4)

export function sectionBlock(little: boolean, ...options: Uint8Array[]): Buffer {
  const unknown = [32, 0xffffffff] as const
  return block(little, 0x0a0d0d0a, [32, 0x1a2b3c4d], [16, 1], [16, 0], unknown, unknown, ...options)
}

export function interfaceBlock(little: boolean, link: number, snaplen: number, ...options: Uint8Array[]): Buffer {
  return block(little, 1, [16, link], [16, 0], [32, snaplen], ...options)
}

export function packetBlock(
  little: boolean,
  id: number,
  ticks: bigint,
  data: Uint8Array,
  ...options: Uint8Array[]
): Buffer {
  const high = Number(ticks >> 32n)
  const low = Number(ticks & 0xffffffffn)
  return block(little, 6, [32, id], [32, high], [32, low], [32, data.length], [32, data.length + 5], data, ...options)
}

/** A pcapng file with most of what there is, in two sections of different byte order. */
export function richPcapng(): Buffer {
  const micros = 1_218_334_381_617_505n
  return Buffer.concat([
    sectionBlock(true, option(true, 1, 'a section'), option(true, 4, 'some program'), endOfOptions),
    interfaceBlock(true, 1, 96, option(true, 2, 'eth0'), option(true, 11, '\0tcp port 80'), endOfOptions),
    interfaceBlock(true, 113, 0, option(true, 9, Uint8Array.of(9)), option(true, 13, Uint8Array.of(4)), endOfOptions),
    packetBlock(true, 0, micros, Buffer.from('first'), option(true, 1, 'look'), option(true, 1, 'here'), endOfOptions),
    packetBlock(true, 1, micros * 1000n + 7n, Buffer.from('second!!')),
    block(true, 3, [32, 200], Buffer.alloc(96, 0x33)),
    block(true, 2, [16, 0], [16, 3], [32, 0], [32, 1_000_001], [32, 3], [32, 3], Buffer.from('old')),
    block(true, 4, option(true, 1, Buffer.from('\x0a\x01\x09\x0bhost\0alias\0', 'latin1')), endOfOptions),
    block(true, 10, [32, 0x544c534b], [32, 5], Buffer.from('keys\n')),
    block(true, 5, [32, 0], [32, 0], [32, 0], option(true, 5, Buffer.from([10, 0, 0, 0, 0, 0, 0, 0])), endOfOptions),
    block(true, 0xbad, [32, 32473], Buffer.from('custom')),
    sectionBlock(false),
    interfaceBlock(
      false,
      101,
      65535,
      option(false, 9, Uint8Array.of(0x8a)),
      option(false, 14, Buffer.from([0, 0, 0, 0, 0, 0, 0, 100])),
    ),
    packetBlock(false, 0, 1536n, Buffer.from('big-endian')),
  ])
}
