/** Multicast listener discovery, RFC 2710 and RFC 3810 §5. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { printGroup, printGroupRecords, printSources } from './group-records.ts'
import type { Line } from './line.ts'
import type { Context } from './printer.ts'

/** Version 1; nothing if it was not captured whole. */
export function printListener(out: Line, packet: Cursor, at: Offset, context: Context): void {
  if (!packet.has(at, 24)) return
  out.text(`max resp delay: ${packet.u16(at + 4)} addr: `)
  context.names.ipv6(out, packet.bytes, at + 8)
}

export function printListenerQuery(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  const verbose = context.options.verbose
  const code = packet.u16(at + 4)
  const delay = code < 32768 ? code : ((code & 0x0fff) | 0x1000) << (((code & 0x7000) >> 12) + 3)
  if (verbose > 0) out.text(` [max resp delay=${delay}]`)
  printGroup(out, packet, ' [gaddr ', at + 8, 6, context)
  if (verbose > 0) {
    const flags = packet.u8(at + 24)
    if ((flags & 8) !== 0) out.text(' sflag')
    if ((flags & 7) !== 0) out.text(` robustness=${flags & 7}`)
    const interval = packet.u8(at + 25)
    out.text(` qqi=${interval < 128 ? interval : ((interval & 15) | 16) << (((interval & 0x70) >> 4) + 3)}`)
  }
  const sources = packet.u16(at + 26)
  if (sources > 0) {
    if (length < 28 + 16 * sources) out.text(' [invalid number of sources]')
    else if (verbose > 1) printSources(out, packet, at + 28, sources, 6, context)
    else out.text(`, ${sources} source(s)`)
  }
  out.byte(0x5d)
}

export function printListenerReport(out: Line, packet: Cursor, at: Offset, length: Bytes, context: Context): void {
  if (length < 8) out.text(` [invalid len ${length}]`)
  else printGroupRecords(out, packet, at, length, 6, context)
}
