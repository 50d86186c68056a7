import type { CaptureInfo, ClientLogLine, InterfaceInfo } from '../../packages/core/src/file/record.ts'
import { createTextReader } from '../../packages/core/src/file/text/reader.ts'

/** What a text reader told, with the packets decoded by a few independent lines. */
export interface TextResult {
  readonly captures: CaptureInfo[]
  readonly interfaces: InterfaceInfo[]
  readonly packets: DecodedPacket[]
  readonly names: [string, string][]
  readonly comments: string[]
  readonly dropped: number[]
  readonly log: ClientLogLine[]
}

export interface DecodedPacket {
  readonly number: number
  readonly seconds: number
  readonly nanos: number
  readonly clock: string | null
  readonly interfaceIndex: number
  readonly link: number
  readonly wireBytes: number
  readonly hex: string
  /** Null where there is no IP header. */
  readonly ip: DecodedIp | null
  readonly tcp: DecodedTcp | null
}

export interface DecodedIp {
  readonly source: string
  readonly target: string
  readonly protocol: number
  readonly totalBytes: number
  readonly tos: number
  readonly ttl: number
  readonly id: number
  /** Flags and fragment offset, as in the header. */
  readonly fragment: number
  readonly sourcePort: number
  readonly targetPort: number
}

export interface DecodedTcp {
  readonly flags: string
  readonly seq: number
  readonly ack: number
  readonly window: number
  readonly urgent: number
  readonly options: string
  readonly payloadBytes: number
  /** Captured bytes of the payload. */
  readonly payload: string
}

/** Reads text (or bytes of any encoding), cut into chunks at the given ascending offsets. */
export function readText(input: string | Uint8Array, cuts: readonly number[] = []): TextResult {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input
  const result: TextResult = {
    captures: [],
    interfaces: [],
    packets: [],
    names: [],
    comments: [],
    dropped: [],
    log: [],
  }
  const reader = createTextReader({
    capture: (info) => result.captures.push(info),
    interface: (info) => result.interfaces.push(info),
    packet: (p) => {
      const { number, seconds, nanos, clock, interfaceIndex, link, wireBytes } = p
      const captured = Buffer.from(p.bytes.subarray(p.at, p.end))
      const decoded = decodeFrame(captured, link)
      result.packets.push({
        number,
        seconds,
        nanos,
        clock,
        interfaceIndex,
        link,
        wireBytes,
        hex: captured.toString('hex'),
        ...decoded,
      })
    },
    name: (address, name) => result.names.push([address, name]),
    comment: (text) => result.comments.push(text),
    dropped: (_, packets) => result.dropped.push(packets),
    clientLog: (lines) => result.log.push(...lines),
  })
  let at = 0
  for (const cut of [...cuts, bytes.length]) {
    const chunk = Uint8Array.from(bytes.subarray(at, cut))
    reader.read(chunk, 0, chunk.length)
    chunk.fill(0xaa)
    at = cut
  }
  reader.finish(new Uint8Array(0), 0, 0)
  return result
}

const NETWORK_AT: Readonly<Record<number, number>> = { 0: 4, 1: 14, 101: 0, 113: 16, 276: 20 }

/** IP and TCP header of a frame. */
export function decodeFrame(frame: Buffer, link: number): { ip: DecodedIp | null; tcp: DecodedTcp | null } {
  let at = NETWORK_AT[link]
  if (link === 1) while (frame.readUInt16BE(at - 2) === 0x8100) at += 4
  const version = frame.length > at ? frame[at] >> 4 : 0
  if (version !== 4 && version !== 6) return { ip: null, tcp: null }
  const four = version === 4
  const body = at + (four ? (frame[at] & 15) * 4 : 40)
  const protocol = frame[at + (four ? 9 : 6)]
  const totalBytes = four ? frame.readUInt16BE(at + 2) : frame.readUInt16BE(at + 4) + 40
  const ports = (protocol === 6 || protocol === 17) && frame.length >= body + 4
  const ip: DecodedIp = {
    source: address(frame, at + (four ? 12 : 8), four),
    target: address(frame, at + (four ? 16 : 24), four),
    protocol,
    totalBytes,
    tos: four ? frame[at + 1] : (frame.readUInt16BE(at) >> 4) & 255,
    ttl: frame[at + (four ? 8 : 7)],
    id: four ? frame.readUInt16BE(at + 4) : 0,
    fragment: four ? frame.readUInt16BE(at + 6) : 0,
    sourcePort: ports ? frame.readUInt16BE(body) : 0,
    targetPort: ports ? frame.readUInt16BE(body + 2) : 0,
  }
  if (protocol !== 6 || frame.length < body + 20) return { ip, tcp: null }
  const end = body + (frame[body + 12] >> 4) * 4
  const flags = [...'FSRP.UEW'].filter((_, bit) => (frame[body + 13] >> bit) & 1).join('')
  const tcp: DecodedTcp = {
    flags,
    seq: frame.readUInt32BE(body + 4),
    ack: frame.readUInt32BE(body + 8),
    window: frame.readUInt16BE(body + 14),
    urgent: frame.readUInt16BE(body + 18),
    options: frame.subarray(body + 20, end).toString('hex'),
    payloadBytes: totalBytes - (end - at),
    payload: frame.subarray(end, at + totalBytes).toString('latin1'),
  }
  return { ip, tcp }
}

function address(frame: Buffer, at: number, four: boolean): string {
  if (four) return [...frame.subarray(at, at + 4)].join('.')
  return Array.from({ length: 8 }, (_, i) => frame.readUInt16BE(at + i * 2).toString(16)).join(':')
}

/** `10.1.9.11.58384 > 192.168.64.71.80: S seq 1 ack 0 win 5 len 0 opt 0204…`: all that a test compares, in one line. */
export function describePacket({ ip, tcp }: Pick<DecodedPacket, 'ip' | 'tcp'>): string {
  if (ip === null) return 'no IP'
  const head = `${ip.source}.${ip.sourcePort} > ${ip.target}.${ip.targetPort}`
  if (tcp === null) return `${head}: proto ${ip.protocol} total ${ip.totalBytes}`
  const options = tcp.options === '' ? '' : ` opt ${tcp.options}`
  return `${head}: ${tcp.flags} seq ${tcp.seq} ack ${tcp.ack} win ${tcp.window} len ${tcp.payloadBytes}${options}`
}

/** Records of a little-endian microsecond pcap file. */
export function pcapRecords(
  file: Buffer,
): { seconds: number; micros: number; wireBytes: number; frame: Buffer; link: number }[] {
  const link = file.readUInt32LE(20)
  const records = []
  for (let at = 24; at + 16 <= file.length; ) {
    const captured = file.readUInt32LE(at + 8)
    records.push({
      seconds: file.readUInt32LE(at),
      micros: file.readUInt32LE(at + 4),
      wireBytes: file.readUInt32LE(at + 12),
      frame: file.subarray(at + 16, at + 16 + captured),
      link,
    })
    at += 16 + captured
  }
  return records
}
