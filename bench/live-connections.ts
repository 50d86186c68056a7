import { closeSync, openSync, writeSync } from 'node:fs'

const ETHERNET_BYTES = 14
const IP_BYTES = 20
const TCP_BYTES = 20
const HEADERS_BYTES = ETHERNET_BYTES + IP_BYTES + TCP_BYTES
const SYN = 0x02
const ACK = 0x10
const PUSH_ACK = 0x18
const CLIENTS_PER_ADDRESS = 50_000
const CLIENT_SEQ = 1_000_000
const SERVER_SEQ = 9_000_000

interface Packet {
  readonly fromClient: boolean
  readonly flags: number
  /** Relative: 0 is the SYN's. */
  readonly seq: number
  readonly ack: number
  readonly payload: Buffer
}

const none = Buffer.alloc(0)
const request = Buffer.from('GET /page.html HTTP/1.1\r\nHost: example.net\r\nAccept: text/html\r\n\r\n')
const response = Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\nhello world\n')

const handshake: readonly Packet[] = [
  { fromClient: true, flags: SYN, seq: 0, ack: 0, payload: none },
  { fromClient: false, flags: SYN | ACK, seq: 0, ack: 1, payload: none },
  { fromClient: true, flags: ACK, seq: 1, ack: 1, payload: none },
]
const exchange: readonly Packet[] = [
  { fromClient: true, flags: PUSH_ACK, seq: 1, ack: 1, payload: request },
  { fromClient: false, flags: PUSH_ACK, seq: 1, ack: 1 + request.length, payload: response },
  { fromClient: true, flags: ACK, seq: 1 + request.length, ack: 1 + response.length, payload: none },
]

/** Writes a capture of connections that are all open at its end: each shook hands and, if asked, carried one whole
 *  HTTP exchange. Checksums are left 0, since nothing here looks at them. */
export function writeLiveConnections(path: string, connections: number, withExchange: boolean): void {
  const packets = withExchange ? [...handshake, ...exchange] : handshake
  const one = Buffer.concat(packets.map(recordOf))
  const starts = packets.map((_, i) =>
    packets.slice(0, i).reduce((at, { payload }) => at + 16 + HEADERS_BYTES + payload.length, 0),
  )
  const file = openSync(path, 'w')
  try {
    writeSync(file, fileHeader())
    const batch = Buffer.alloc(one.length * 1000)
    for (let first = 0; first < connections; first += 1000) {
      const count = Math.min(1000, connections - first)
      for (let i = 0; i < count; i++) {
        one.copy(batch, i * one.length)
        packets.forEach((packet, k) => {
          address(batch, i * one.length + starts[k], packet, first + i, k)
        })
      }
      writeSync(file, batch, 0, one.length * count)
    }
  } finally {
    closeSync(file)
  }
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(262144, 16)
  header.writeUInt32LE(1, 20)
  return header
}

/** All that is the same for every connection. */
function recordOf({ flags, seq, ack, payload, fromClient }: Packet): Buffer {
  const bytes = Buffer.alloc(16 + HEADERS_BYTES + payload.length)
  bytes.writeUInt32LE(HEADERS_BYTES + payload.length, 8)
  bytes.writeUInt32LE(HEADERS_BYTES + payload.length, 12)
  const ip = 16 + ETHERNET_BYTES
  bytes.writeUInt16BE(0x0800, ip - 2)
  bytes[ip] = 0x45
  bytes.writeUInt16BE(IP_BYTES + TCP_BYTES + payload.length, ip + 2)
  bytes[ip + 8] = 64
  bytes[ip + 9] = 6
  const tcp = ip + IP_BYTES
  bytes.writeUInt32BE(seq + (fromClient ? CLIENT_SEQ : SERVER_SEQ), tcp + 4)
  if ((flags & ACK) !== 0) bytes.writeUInt32BE(ack + (fromClient ? SERVER_SEQ : CLIENT_SEQ), tcp + 8)
  bytes[tcp + 12] = (TCP_BYTES / 4) << 4
  bytes[tcp + 13] = flags
  bytes.writeUInt16BE(64000, tcp + 14)
  payload.copy(bytes, tcp + TCP_BYTES)
  return bytes
}

/** What tells the connections apart: time, addresses, ports. 100 µs from one connection to the next. */
function address(batch: Buffer, at: number, { fromClient }: Packet, connection: number, order: number): void {
  const microseconds = connection * 100 + order * 10
  batch.writeUInt32LE(1_700_000_000 + Math.floor(microseconds / 1_000_000), at)
  batch.writeUInt32LE(microseconds % 1_000_000, at + 4)
  const ip = at + 16 + ETHERNET_BYTES
  const client = 0x0a010001 + Math.floor(connection / CLIENTS_PER_ADDRESS)
  const clientPort = 10_000 + (connection % CLIENTS_PER_ADDRESS)
  const server = 0x0a020001
  batch.writeUInt32BE(fromClient ? client : server, ip + 12)
  batch.writeUInt32BE(fromClient ? server : client, ip + 16)
  batch.writeUInt16BE(fromClient ? clientPort : 80, ip + IP_BYTES)
  batch.writeUInt16BE(fromClient ? 80 : clientPort, ip + IP_BYTES + 2)
}
