/** RTP and RTCP (RFC 3550), and vat's older protocol; by `-T` alone. */
import type { Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import type { Printer } from './printer.ts'
import { twoDecimals } from './tokens.ts'

const EXTENSION = 0x10000000
/** Marker of version 2; in version 1 the mark of options. */
const BIT_23 = 0x800000
const MARKER_1 = 0x400000
const H261 = 31
const REPORT_BYTES = 24
const SENDER_BYTES = 20
const RTCP_HEADER_BYTES = 8

export const printRtp: Printer = (out, packet, at, length, context) => {
  context.protocol = 'rtp'
  if (length < 8) {
    out.text(`udp/rtp, length ${length} < 8`)
    return
  }
  const first = packet.u32(at)
  const timestamp = packet.u32(at + 4)
  const old = first >>> 30 === 1
  if (!old && length < 12) {
    out.text(`udp/rtp, length ${length} < 12`)
    return
  }
  const hasOptions = old && (first & BIT_23) !== 0
  const hasExtension = !old && (first & EXTENSION) !== 0
  const marked = (first & (old ? MARKER_1 : BIT_23)) !== 0
  const type = (first >>> 16) & (old ? 0x3f : 0x7f)
  out.text(`udp/${old ? 'rtpv1' : 'rtp'} ${length - (old ? 8 : 12)} c${type} `)
  if (hasOptions || hasExtension) out.byte(0x2b)
  if (marked) out.byte(0x2a)
  out.text(` ${first & 0xffff} ${timestamp}`)
  if (context.options.verbose === 0) return
  out.text(` ${packet.u32(at + 8)}`)
  let next = at + (old ? 8 : 12)
  let words = (length >>> 2) - (old ? 2 : 3)
  if (hasOptions) {
    for (let last = false; !last; ) {
      const option = packet.u32(next)
      const bytes = (option >>> 16) & 0xff
      if (bytes === 0 || bytes > words) {
        out.text(' !opt')
        return
      }
      next += 4 * bytes
      words -= bytes
      last = option >>> 31 === 1
    }
  }
  if (hasExtension) {
    const bytes = (packet.u32(next) & 0xffff) + 1
    if (bytes > words) {
      out.text(' !ext')
      return
    }
    next += 4 * bytes
  }
  if (type === H261) {
    packet.need(next, 4)
    out.text(' 0x')
    out.hexPadded(packet.u16(next), 4)
  }
}

export const printRtcp: Printer = (out, packet, at, _length, context) => {
  context.protocol = 'rtcp'
  let next = at
  // Each message goes forward by 4 bytes at least.
  while (next < packet.end) next = printRtcpMessage(out, packet, next, context.options.verbose > 0)
}

function printRtcpMessage(out: Line, packet: Cursor, at: Offset, verbose: boolean): Offset {
  packet.need(at, RTCP_HEADER_BYTES)
  const flags = packet.u16(at)
  const bytes = (packet.u16(at + 2) + 1) * 4
  const type = flags & 0xff
  let reports = (flags >> 8) & 0x1f
  let next = at + RTCP_HEADER_BYTES
  if (type === 200 || type === 201) {
    out.text(type === 200 ? ' sr' : ' rr')
    const expected = reports * REPORT_BYTES + RTCP_HEADER_BYTES + (type === 200 ? SENDER_BYTES : 0)
    if (bytes !== expected) out.text(` [${bytes}]`)
  } else {
    out.text(type === 202 ? ' sdes' : type === 203 ? ' bye' : ` type-0x${type.toString(16)}`)
    out.text(` ${bytes}`)
    reports = 0
  }
  if (verbose && type >= 200 && type <= 203) out.text(` ${packet.u32(at + 4)}`)
  if (type === 200) {
    packet.need(next, SENDER_BYTES)
    const seconds = packet.u32(next) + packet.u32(next + 4) / 2 ** 32
    out.text(` @${twoDecimals(seconds)} ${packet.u32(next + 8)} ${packet.u32(next + 12)}p ${packet.u32(next + 16)}b`)
    next += SENDER_BYTES
  }
  if (reports > 1) out.text(` c${reports}`)
  // tcpdump prints the first report again in place of each further one; whoever compares the two finds it here as well.
  for (; reports > 0; reports--) {
    packet.need(next, REPORT_BYTES)
    if (verbose) out.text(` ${packet.u32(next)}`)
    const last = twoDecimals(packet.u32(next + 16) / 65536)
    const delay = twoDecimals(packet.u32(next + 20) / 65536)
    out.text(` ${packet.u24(next + 5)}l ${packet.u32(next + 8)}s ${packet.u32(next + 12)}j @${last}+${delay}`)
  }
  return at + bytes
}

export const printVat: Printer = (out, packet, at, length, context) => {
  context.protocol = 'vat'
  if (length < 2) {
    out.text(`udp/va/vat, length ${length} < 2`)
    return
  }
  const first = packet.u16(at)
  if ((first & 0xf060) !== 0) {
    out.text(`udp/vt ${length} ${first & 0x3ff} / ${first >> 10}`)
    return
  }
  if (length < 8) {
    out.text(`udp/vat, length ${length} < 8`)
    return
  }
  const header = packet.u32(at)
  out.text(`udp/vat ${length - 8} c${header & 0xffff} ${packet.u32(at + 4)}`)
  if ((header & BIT_23) !== 0) out.byte(0x2a)
  if ((header & 0x1f0000) !== 0) out.text(` f${(header >> 16) & 0x1f}`)
  if ((header & 0x3f000000) !== 0) out.text(` s${(header >> 24) & 0x3f}`)
}
