/** Bytes of a packet as text: none of these lets a control character through. */
import type { Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'

/** One byte as tcpdump prints it within names: ^M for a control character, M-x with the eighth bit. */
export function printByte(out: Line, byte: number): void {
  if (byte >= 0x80) out.text('M-')
  const low = byte & 0x7f
  if (low < 0x20 || low === 0x7f) {
    out.byte(0x5e)
    out.byte(low ^ 0x40)
  } else out.byte(low)
}

/** [at, end), or as much as was captured. Returns false if the capture ends before. */
export function printBytes(out: Line, packet: Cursor, at: Offset, end: Offset): boolean {
  const stop = end < packet.end ? end : packet.end
  for (let i = at; i < stop; i++) printByte(out, packet.bytes[i])
  return end <= packet.end
}

/** [at, end) or up to a zero byte. Returns false if the capture ends before. */
export function printString(out: Line, packet: Cursor, at: Offset, end: Offset): boolean {
  const stop = end < packet.end ? end : packet.end
  for (let i = at; i < stop; i++) {
    if (packet.bytes[i] === 0) return true
    printByte(out, packet.bytes[i])
  }
  return end <= packet.end
}

/** A name from outside the packet (a resolver, a file): printable ASCII as it is, anything else as ?. */
export function printName(out: Line, name: string): void {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i)
    out.byte(code > 0x20 && code < 0x7f ? code : 0x3f)
  }
}
