/** PPP authentication: PAP (RFC 1334 §2) and CHAP (RFC 1994 §4). */
import type { Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import type { Printer } from './printer.ts'
import { printByte } from './safe-text.ts'

const HEADER_BYTES = 4
const papNames = ['', 'Auth-Req', 'Auth-ACK', 'Auth-NACK'] as const
const chapNames = ['', 'Challenge', 'Response', 'Success', 'Fail'] as const

export const printPap: Printer = (out, packet, at, length) => {
  if (length < 1) {
    out.text('[|pap]')
    return
  }
  const cut = (code: number): void => out.text(code < 0 ? '[|pap]' : `[|pap 0x${hex2(code)}]`)
  if (length < HEADER_BYTES) {
    packet.need(at, 1)
    cut(packet.u8(at))
    return
  }
  const code = packet.u8(at)
  out.text(`PAP, ${code > 0 && code < papNames.length ? papNames[code] : 'unknown'} (0x${hex2(code)})`)
  out.text(`, id ${packet.u8(at + 1)}`)
  const total = packet.u16(at + 2)
  if (total > length) {
    out.text(`, length ${total} > packet size`)
    return
  }
  if (total < HEADER_BYTES) {
    out.text(`, length ${total} < PAP header length`)
    return
  }
  // The packet's end counts, not the one that the header tells.
  const end = at + length
  if (code === 1) {
    if (length - HEADER_BYTES < 1) return
    const peer = printCounted(out, packet, ', Peer ', at + HEADER_BYTES, end)
    if (peer >= 0 && end - peer >= 1) printCounted(out, packet, ', Name ', peer, end)
  } else if (code === 2 || code === 3) {
    if (end - at - HEADER_BYTES < 1) return
    printCounted(out, packet, ', Msg ', at + HEADER_BYTES, end)
  }
}

/** A string behind its length. Returns the offset behind it, or -1 after tcpdump's mark. */
function printCounted(out: Line, packet: Cursor, words: string, at: Offset, end: Offset): Offset {
  const bytes = packet.u8(at)
  if (end - at - 1 < bytes) return cutPap(out)
  out.text(words)
  for (let i = 1; i <= bytes; i++) {
    printByte(out, packet.u8(at + i))
  }
  return at + 1 + bytes
}

function cutPap(out: Line): -1 {
  out.text('[|pap]')
  return -1
}

export const printChap: Printer = (out, packet, at, length) => {
  if (length < 1) {
    out.text('[|chap]')
    return
  }
  const code = packet.u8(at)
  if (length < HEADER_BYTES) {
    out.text(`[|chap 0x${hex2(code)}]`)
    return
  }
  out.text(`CHAP, ${code > 0 && code < chapNames.length ? chapNames[code] : 'unknown'} (0x${hex2(code)})`)
  out.text(`, id ${packet.u8(at + 1)}`)
  const end = at + packet.u16(at + 2)
  if (code === 1 || code === 2) printChallenge(out, packet, at + HEADER_BYTES, end)
  else if (code === 3 || code === 4) {
    out.text(', Msg ')
    printRest(out, packet, at + HEADER_BYTES, end)
  }
}

/** A value behind its length, then a name to the end. */
function printChallenge(out: Line, packet: Cursor, at: Offset, end: Offset): void {
  if (end - at < 1) return
  const bytes = packet.u8(at)
  let next = at + 1
  if (end - next < bytes) return
  out.text(', Value ')
  for (let i = 0; i < bytes; i++) out.hexPadded(packet.u8(next + i), 2)
  next += bytes
  out.text(', Name ')
  printRest(out, packet, next, end)
}

function printRest(out: Line, packet: Cursor, at: Offset, end: Offset): void {
  for (let i = at; i < end; i++) printByte(out, packet.u8(i))
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0')
}
