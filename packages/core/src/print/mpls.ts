/** MPLS label stack, RFC 3032. */
import { dumpUnknown } from './hex-dump.ts'
import { type Printer, printTruncated } from './printer.ts'

const ENTRY_BYTES = 4
/** Labels 0–15 have a meaning of their own. */
const labelNames = ['IPv4 explicit NULL', 'router alert', 'IPv6 explicit NULL', 'implicit NULL'] as const

export const printMpls: Printer = (out, packet, at, length, context) => {
  context.protocol = 'mpls'
  out.text('MPLS')
  const verbose = context.options.verbose > 0
  let next = at
  let left = length
  let entry: number
  do {
    packet.need(next, ENTRY_BYTES)
    if (left < ENTRY_BYTES) {
      printTruncated(out, context)
      return
    }
    entry = packet.u32(next)
    const label = entry >>> 12
    out.text(next > at && verbose ? '\n\t' : ' ')
    out.text(`(label ${label}`)
    if (verbose && label < 16) out.text(` (${labelNames[label] ?? 'rsvd'})`)
    out.text(`, tc ${(entry >>> 9) & 7}`)
    if ((entry & 0x100) !== 0) out.text(', [S]')
    out.text(`, ttl ${entry & 0xff})`)
    next += ENTRY_BYTES
    left -= ENTRY_BYTES
  } while ((entry & 0x100) === 0)
  const label = entry >>> 12
  let version = label === 0 || label === 3 ? 4 : label === 2 ? 6 : 0
  if (version === 0) {
    // Nothing says what follows a label; the first byte tells IP.
    packet.need(next, 1)
    if (left < 1) return
    const first = packet.u8(next)
    if (first >= 0x45 && first <= 0x4f) version = 4
    else if (first >> 4 === 6) version = 6
  }
  if (version === 0) {
    if (!context.noDefaultDump) dumpUnknown(out, packet, next, left)
    return
  }
  out.text(verbose ? '\n\t' : ' ')
  const { layers } = context.table
  const printer = version === 4 ? layers.ipv4 : layers.ipv6
  printer(out, packet, next, left, context)
}
