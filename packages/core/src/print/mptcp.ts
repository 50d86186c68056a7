/** Multipath TCP option, RFC 8684 §3. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'

/** Prints the option of `bytes` bytes, kind and length included; false if its length is impossible. */
export function printMptcp(out: Line, packet: Cursor, at: Offset, bytes: Bytes, flags: number): boolean {
  void flags
  if (bytes < 3) return false
  out.text(` ${bytes} `)
  out.text(`unknown-${packet.u8(at + 2) >> 4}`)
  return true
}
