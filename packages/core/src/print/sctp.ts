/** SCTP, RFC 9260: the common header and its chunks. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { dumpUnknown } from './hex-dump.ts'
import type { Line } from './line.ts'
import { printM3ua } from './m3ua.ts'
import { type Context, type Printer, printTruncated } from './printer.ts'

const HEADER_BYTES = 12
const CHUNK_BYTES = 4
const DATA_BYTES = 12
const INIT_BYTES = 16
const SACK_BYTES = 12
/** IANA "SCTP Payload Protocol Identifiers". */
const M3UA = 3

/** Chunk types, RFC 9260 §3.2 and RFC 3758 §3.2. */
const chunkNames = new Map<number, string>([
  [0, 'DATA'],
  [1, 'INIT'],
  [2, 'INIT ACK'],
  [3, 'SACK'],
  [4, 'HB REQ'],
  [5, 'HB ACK'],
  [6, 'ABORT'],
  [7, 'SHUTDOWN'],
  [8, 'SHUTDOWN ACK'],
  [9, 'OP ERR'],
  [10, 'COOKIE ECHO'],
  [11, 'COOKIE ACK'],
  [12, 'ECN ECHO'],
  [13, 'ECN CWR'],
  [14, 'SHUTDOWN COMPLETE'],
  [0xc0, 'FOR CUM TSN'],
  [0xc1, 'REL CTRL'],
  [0xc2, 'REL CTRL ACK'],
])

const payloadNames = new Map<number, string>([
  [1, 'ISDN Q.921'],
  [2, 'M2UA'],
  [M3UA, 'M3UA'],
  [4, 'SUA'],
  [5, 'M2PA'],
  [6, 'V5.2'],
  [7, 'H.248'],
  [8, 'BICC'],
  [9, 'TALI'],
  [10, 'DUA'],
  [11, 'ASAP'],
  [12, 'ENRP'],
  [13, 'H.323'],
  [14, 'Q.IPC'],
  [15, 'SIMCO'],
  [16, 'DDPSC'],
  [17, 'DDPSSC'],
  [18, 'S1AP'],
  [19, 'RUA'],
  [20, 'HNBAP'],
  [21, 'ForCES HP'],
  [22, 'ForCES MP'],
  [23, 'ForCES LP'],
  [24, 'SBc-AP'],
  [25, 'NBAP'],
  [27, 'X2AP'],
])

/** Ports of the ForCES transport mapping, RFC 5811 §6. */
const forcesChannels = new Map<number, string>([
  [6704, 'ForCES HP'],
  [6705, 'ForCES MP'],
  [6706, 'ForCES LP'],
])

export const printSctp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'sctp'
  if (length < HEADER_BYTES) {
    out.text(`truncated-sctp - ${HEADER_BYTES - length} bytes missing!`)
    return
  }
  if (!packet.has(at, HEADER_BYTES)) {
    printTruncated(out, context)
    return
  }
  const sourcePort = packet.u16(at)
  const destinationPort = packet.u16(at + 2)
  printEnd(out, packet, context, context.ipVersion === 4 ? 12 : 8, sourcePort)
  out.text(' > ')
  printEnd(out, packet, context, context.ipVersion === 4 ? 16 : 24, destinationPort)
  out.text(': sctp')
  printChannel(out, sourcePort)
  printChannel(out, destinationPort)
  printChunks(out, packet, at + HEADER_BYTES, length - HEADER_BYTES, context)
}

/** Address and port; ports have no names here. */
function printEnd(out: Line, packet: Cursor, context: Context, addressAt: Offset, port: number): void {
  if (context.ipVersion === 4) context.names.ipv4(out, packet.bytes, context.ipAt + addressAt)
  else context.names.ipv6(out, packet.bytes, context.ipAt + addressAt)
  out.byte(0x2e)
  out.decimal(port)
}

function printChannel(out: Line, port: number): void {
  const channel = forcesChannels.get(port)
  if (channel !== undefined) out.text(`[${channel}]`)
}

/** `length` may turn negative where a chunk reaches beyond it: then only the end of the capture stops the chunks. */
function printChunks(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const lines = context.options.verbose >= 2
  let next = at
  let left = length
  for (let number = 1; left !== 0; number++) {
    const separator = lines ? '\n\t' : number === 1 ? ' (' : ', ('
    if (left > 0 && left < CHUNK_BYTES) {
      out.text(`${separator}${number}) [chunk descriptor cut off at end of packet]`)
      return
    }
    if (!packet.has(next, CHUNK_BYTES)) {
      printTruncated(out, context)
      return
    }
    const chunkBytes = packet.u16(next + 2)
    if (chunkBytes < CHUNK_BYTES) {
      out.text(`${separator}${number}) [Bad chunk length ${chunkBytes}, < size of chunk descriptor]`)
      return
    }
    const padding = -chunkBytes & 3
    if (left > 0 && left < padding) {
      out.text(`${separator}${number}) [Bad chunk length ${chunkBytes}, > remaining data in packet]`)
      return
    }
    if (!packet.has(next, chunkBytes)) {
      printTruncated(out, context)
      return
    }
    out.text(separator)
    out.decimal(number)
    out.text(') ')
    const readable = printChunk(out, packet, next, chunkBytes, context)
    if (!readable) {
      out.text(`bogus chunk length ${chunkBytes}]`)
      return
    }
    if (!packet.has(next + chunkBytes, padding)) {
      printTruncated(out, context)
      return
    }
    next += chunkBytes + padding
    left -= chunkBytes + padding
  }
}

/** One chunk that was captured whole. False if it is shorter than what its type has. */
function printChunk(out: Line, packet: Cursor, at: Offset, bytes: Bytes, context: Context): boolean {
  const type = packet.u8(at)
  const name = chunkNames.get(type)
  out.text(name === undefined ? `[Unknown chunk type: 0x${type.toString(16)}] ` : `[${name}] `)
  const valueAt = at + CHUNK_BYTES
  const valueBytes = bytes - CHUNK_BYTES
  switch (type) {
    case 0:
      return printData(out, packet, valueAt, valueBytes, packet.u8(at + 1), context)
    case 1:
    case 2:
      return printInit(out, packet, valueAt, valueBytes)
    case 3:
      return printSack(out, packet, valueAt, valueBytes)
    default:
      return true
  }
}

function printData(out: Line, packet: Cursor, at: Offset, bytes: Bytes, flags: number, context: Context): boolean {
  if ((flags & 4) !== 0) out.text('(U)')
  if ((flags & 2) !== 0) out.text('(B)')
  if ((flags & 1) !== 0) out.text('(E)')
  if ((flags & 7) !== 0) out.byte(0x20)
  if (bytes < DATA_BYTES) return false
  printField(out, '[TSN: ', packet.u32(at))
  printField(out, '[SID: ', packet.u16(at + 4))
  printField(out, '[SSEQ ', packet.u16(at + 6))
  const protocol = packet.u32(at + 8)
  out.text(`[PPID ${payloadNames.get(protocol) ?? `0x${protocol.toString(16)}`}] `)
  if (bytes === DATA_BYTES) return false
  if (context.options.verbose >= 2) printPayload(out, packet, at + DATA_BYTES, bytes - DATA_BYTES, protocol, context)
  return true
}

function printPayload(out: Line, packet: Cursor, at: Offset, bytes: Bytes, protocol: number, context: Context): void {
  if (protocol === M3UA) {
    printM3ua(out, packet, at, bytes, context)
    context.protocol = 'sctp'
    return
  }
  out.text('[Payload')
  if (!context.noDefaultDump) {
    out.byte(0x3a)
    dumpUnknown(out, packet, at, bytes)
  }
  out.byte(0x5d)
}

function printInit(out: Line, packet: Cursor, at: Offset, bytes: Bytes): boolean {
  if (bytes < INIT_BYTES) return false
  printField(out, '[init tag: ', packet.u32(at))
  printField(out, '[rwnd: ', packet.u32(at + 4))
  printField(out, '[OS: ', packet.u16(at + 8))
  printField(out, '[MIS: ', packet.u16(at + 10))
  printField(out, '[init TSN: ', packet.u32(at + 12))
  return true
}

function printSack(out: Line, packet: Cursor, at: Offset, bytes: Bytes): boolean {
  if (bytes < SACK_BYTES) return false
  const acknowledged = packet.u32(at)
  const gaps = packet.u16(at + 8)
  const duplicates = packet.u16(at + 10)
  printField(out, '[cum ack ', acknowledged)
  printField(out, '[a_rwnd ', packet.u32(at + 4))
  printField(out, '[#gap acks ', gaps)
  printField(out, '[#dup tsns ', duplicates)
  const end = at + bytes
  let next = at + SACK_BYTES
  for (let gap = 1; gap <= gaps && next !== end; gap++, next += 4) {
    if (end - next < 4) return false
    const from = (acknowledged + packet.u16(next)) >>> 0
    const to = (acknowledged + packet.u16(next + 2)) >>> 0
    out.text(`\n\t\t[gap ack block #${gap}: start = ${from}, end = ${to}] `)
  }
  for (let duplicate = 1; duplicate <= duplicates && next !== end; duplicate++, next += 4) {
    if (end - next < 4) return false
    out.text(`\n\t\t[dup TSN #${duplicate}: ${packet.u32(next)}] `)
  }
  return true
}

/** `name` with its opening bracket and separator. */
function printField(out: Line, name: string, value: number): void {
  out.text(name)
  out.decimal(value)
  out.text('] ')
}
