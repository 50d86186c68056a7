/** Router renumbering, RFC 2894 §3. */
import { formatIpv6 } from '../bytes/address.ts'
import type { Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import { type Context, printTruncated } from './printer.ts'

const COMMAND = 0
const HEADER_BYTES = 16
const MATCH_BYTES = 24
const USE_BYTES = 32
const kinds: Readonly<Record<number, string>> = { 0: ', command', 1: ', result', 255: ', sequence number reset' }
const operations: Readonly<Record<number, string>> = { 1: 'add', 2: 'change', 3: 'setglobal' }

export function printRouterRenumbering(out: Line, packet: Cursor, at: Offset, context: Context): void {
  if (!packet.has(at, HEADER_BYTES)) {
    printTruncated(out, context)
    return
  }
  const verbose = context.options.verbose
  const code = packet.u8(at + 1)
  out.text(kinds[code] ?? `, code-#${code}`)
  out.text(`, seq=${packet.u32(at + 4)}`)
  if (verbose > 0) {
    out.byte(0x5b)
    const flags = packet.u8(at + 9)
    if ((flags & 0xf8) !== 0) {
      for (const [bit, letter] of [
        [0x80, 'T'],
        [0x40, 'R'],
        [0x20, 'A'],
        [0x10, 'S'],
        [0x08, 'P'],
      ] as const)
        if ((flags & bit) !== 0) out.text(letter)
      out.byte(0x2c)
    }
    out.text(`seg=${packet.u8(at + 8)},maxdelay=${packet.u16(at + 10)}`)
    if (packet.u32(at + 12) !== 0) out.text(`rsvd=0x${packet.u32(at + 12).toString(16)}`)
    out.byte(0x5d)
  }
  if (code !== COMMAND) return
  const match = at + HEADER_BYTES
  if (!packet.has(match, MATCH_BYTES)) {
    printTruncated(out, context)
    return
  }
  out.text(verbose > 1 ? '\n\t' : ' ')
  const operation = packet.u8(match)
  out.text(`match(${operations[operation] ?? `#${operation}`}`)
  if (verbose > 0) out.text(`,ord=${packet.u8(match + 2)},min=${packet.u8(match + 4)},max=${packet.u8(match + 5)}`)
  out.text(`,${formatIpv6(packet.bytes, match + 8)}/${packet.u8(match + 3)})`)
  const words = packet.u8(match + 1) - 3
  if (words % 4 !== 0) {
    printTruncated(out, context)
    return
  }
  for (let i = 0; i < words / 4; i++) {
    const use = match + MATCH_BYTES + i * USE_BYTES
    if (!packet.has(use, USE_BYTES)) {
      printTruncated(out, context)
      return
    }
    printUse(out, packet, use, verbose)
  }
}

function printUse(out: Line, packet: Cursor, at: Offset, verbose: number): void {
  out.text(verbose > 1 ? '\n\t' : ' ')
  out.text('use(')
  const flags = packet.u8(at + 12) << 24
  if ((flags & 0xc0000000) !== 0) {
    if ((flags & 0x80000000) !== 0) out.byte(0x56)
    if ((flags & 0x40000000) !== 0) out.byte(0x50)
    out.byte(0x2c)
  }
  if (verbose > 0) {
    out.text(`mask=0x${packet.u8(at + 2).toString(16)},raflags=0x${packet.u8(at + 3).toString(16)},`)
    out.text(`vltime=${lifetime(packet.u32(at + 4))},pltime=${lifetime(packet.u32(at + 8))},`)
  }
  out.text(`${formatIpv6(packet.bytes, at + 16)}/${packet.u8(at)}/${packet.u8(at + 1)})`)
}

function lifetime(seconds: number): string {
  return seconds === 0xffffffff ? 'infty' : String(seconds)
}
