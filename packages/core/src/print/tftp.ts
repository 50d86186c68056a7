/** TFTP, RFC 1350 and RFC 2347. */
import type { Bytes, Offset } from '../units.ts'
import { type Cursor, TRUNCATED } from './cursor.ts'
import type { Line } from './line.ts'
import type { Printer } from './printer.ts'
import { printByte } from './safe-text.ts'
import { type Names, nameOf, namesFromZero } from './tokens.ts'

const READ = 1
const WRITE = 2
const DATA = 3
const ACK = 4
const ERROR = 5
const OPTION_ACK = 6

const operations: Names = namesFromZero('|RRQ|WRQ|DATA|ACK|ERROR|OACK')
const errors: Names = namesFromZero('EUNDEF|ENOTFOUND|EACCESS|ENOSPACE|EBADOP|EBADID|EEXISTS|ENOUSER')

export const printTftp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'tftp'
  out.text(`TFTP, length ${length}`)
  if (length < 2) throw TRUNCATED
  const operation = packet.u16(at)
  const name = operations.get(operation)
  out.text(', ')
  out.text(name ?? `tftp-#${operation}`)
  let next = at + 2
  const end = at + length
  switch (operation) {
    case READ:
    case WRITE:
      if (next >= end) throw TRUNCATED
      out.byte(0x20)
      next = printQuoted(out, packet, next, end)
      if (next >= end) throw TRUNCATED
      out.byte(0x20)
      next = printWord(out, packet, next, end)
      printOptions(out, packet, next, end)
      break
    case OPTION_ACK:
      printOptions(out, packet, next, end)
      break
    case DATA:
    case ACK:
      if (length < 4) throw TRUNCATED
      out.text(` block ${packet.u16(next)}`)
      break
    case ERROR:
      if (length < 4) throw TRUNCATED
      packet.need(next, 2)
      out.byte(0x20)
      out.text(nameOf(errors, packet.u16(next), 'tftp-err-#', ' "'))
      next += 2
      if (next >= end) throw TRUNCATED
      out.byte(0x20)
      printQuoted(out, packet, next, end)
      break
  }
}

function printOptions(out: Line, packet: Cursor, at: Offset, end: Offset): void {
  let next = at
  while (next < end) {
    if (packet.u8(next) !== 0) out.byte(0x20)
    next = printWord(out, packet, next, end)
  }
}

function printQuoted(out: Line, packet: Cursor, at: Offset, end: Offset): Offset {
  out.byte(0x22)
  const bytes = printZeroTerminated(out, packet, at, end)
  out.byte(0x22)
  if (bytes === 0) throw TRUNCATED
  return at + bytes
}

function printWord(out: Line, packet: Cursor, at: Offset, end: Offset): Offset {
  const bytes = printZeroTerminated(out, packet, at, end)
  if (bytes === 0) throw TRUNCATED
  return at + bytes
}

/** Bytes of the text with its zero byte, or 0 if that lies beyond `end` or the capture. */
function printZeroTerminated(out: Line, packet: Cursor, at: Offset, end: Offset): Bytes {
  const stop = end < packet.end ? end : packet.end
  for (let i = at; i < stop; i++) {
    const byte = packet.bytes[i]
    if (byte === 0) return i + 1 - at
    printByte(out, byte)
  }
  return 0
}
