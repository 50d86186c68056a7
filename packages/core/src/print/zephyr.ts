/** Zephyr notices: fields of text that end with a zero byte. What tcpdump says of its control classes is left out. */
import type { Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Printer, printInvalid } from './printer.ts'
import { printString } from './safe-text.ts'
import { type Names, nameOf, namesFromZero } from './tokens.ts'

const FIELDS = 17
/** Numbers of the fields that are shown. */
const KIND = 2
const CLASS = 8
const INSTANCE = 9
const OPERATION = 10
const SENDER = 11
const RECIPIENT = 12

const kinds: Names = namesFromZero('unsafe|unacked|acked|hm-ack|hm-ctl|serv-ack|serv-nak|client-ack|stat')

export const printZephyr: Printer = (out, packet, at, length, context) => {
  context.protocol = 'zephyr'
  const fields = [at]
  const end = at + length
  for (let next = at; next < end && fields.length <= FIELDS; next++) if (packet.u8(next) === 0) fields.push(next + 1)
  if (fields.length < 2) {
    printInvalid(out)
    return
  }
  if (!startsWith(packet, at, 'ZEPH')) return
  if (fields.length <= FIELDS) {
    printInvalid(out)
    return
  }
  out.text(' zephyr')
  if (!startsWith(packet, at + 4, '0.2')) {
    out.text(' v')
    printString(out, packet, at + 4, end)
    return
  }
  out.text(` ${nameOf(kinds, hexNumber(packet, fields[KIND]), 'type ')}`)
  if (packet.u8(fields[SENDER]) !== 0) printField(out, packet, fields[SENDER], end, ' ')
  printField(out, packet, fields[CLASS], end, ' to <')
  printField(out, packet, fields[INSTANCE], end, ',')
  if (packet.u8(fields[RECIPIENT]) === 0) out.text(',*')
  else printField(out, packet, fields[RECIPIENT], end, ',')
  out.byte(0x3e)
  if (packet.u8(fields[OPERATION]) !== 0) printField(out, packet, fields[OPERATION], end, ' op ')
}

function printField(out: Line, packet: Cursor, at: Offset, end: Offset, before: string): void {
  out.text(before)
  printString(out, packet, at, end)
}

/** The zero byte behind the text ends the comparison. */
function startsWith(packet: Cursor, at: Offset, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (packet.u8(at + i) !== text.charCodeAt(i)) return false
  return true
}

/** Hex digits with or without 0x, up to the first byte that is none. */
function hexNumber(packet: Cursor, at: Offset): number {
  let text = ''
  for (let next = at; text.length < 10 && packet.u8(next) !== 0; next++) text += String.fromCharCode(packet.bytes[next])
  return Number.parseInt(text, 16) || 0
}
