/** TCP options, RFC 9293 §3.1: kind, then length (of the whole option) and value for all kinds but END and NOP. */
import { u16be, u32be } from '../bytes/read.ts'
import type { Offset } from '../units.ts'
import { FIXED_BYTES, headerBytes } from './tcp.ts'

/** Option kinds (IANA "TCP Option Kind Numbers"). */
export const Option = {
  END: 0,
  NOP: 1,
  /** RFC 9293 §3.7.1 */
  MSS: 2,
  /** RFC 7323 §2 */
  WINDOW_SCALE: 3,
  /** RFC 2018 §2 */
  SACK_PERMITTED: 4,
  /** RFC 2018 §3 */
  SACK: 5,
  /** RFC 7323 §3 */
  TIMESTAMPS: 8,
  /** RFC 2385 */
  MD5: 19,
  /** RFC 5482 */
  USER_TIMEOUT: 28,
  /** RFC 5925 */
  AUTHENTICATION: 29,
  /** RFC 8684 */
  MPTCP: 30,
  /** RFC 7413 */
  FAST_OPEN: 34,
  /** RFC 9768 §3.2.3 */
  ACC_ECN_0: 172,
  ACC_ECN_1: 174,
  /** RFC 6994: the value begins with a 16- or 32-bit identifier. */
  EXPERIMENT_1: 253,
  EXPERIMENT_2: 254,
} as const

/** Experiment identifier of fast open before it had its own kind (RFC 7413 §4.1.1, Linux < 3.19 and others). */
const FAST_OPEN_EXPERIMENT = 0xf989
/** nop nop timestamps, as one 32-bit read: what nearly every established connection sends (RFC 7323 appendix A). */
const ALIGNED_TIMESTAMPS = 0x0101080a
/** Four blocks fill the 40 bytes that options can have. */
const MAX_SACK_BLOCKS = 4

/** How readOptions() or eachOption() ended. */
export const OptionsEnd = {
  /** All options were read. */
  WHOLE: 0,
  /** The capture ends inside the options; those before the cut were read. */
  CUT: 1,
  /** An option's length is impossible (RFC 9293 §3.1, MUST-7): the walk stopped there. */
  MALFORMED: 2,
} as const
export type OptionsEnd = (typeof OptionsEnd)[keyof typeof OptionsEnd]

/** The options of one segment; reuse one instance. Absent numbers are -1. */
export class TcpOptions {
  status: OptionsEnd = OptionsEnd.WHOLE
  /** An option of known kind had a length that its RFC forbids; it was passed over. */
  oddLength = false
  mss = -1
  /** Shift count as on the wire; a receiver takes more than 14 as 14 (RFC 7323 §2.3). */
  windowScale = -1
  sackPermitted = false
  hasTimestamps = false
  /** Meaningful with hasTimestamps. */
  tsVal = 0
  tsEcr = 0
  /** Blocks in sackLeft and sackRight, in the order sent. */
  sackCount = 0
  /** First sequence number of each block. */
  readonly sackLeft = new Uint32Array(MAX_SACK_BLOCKS)
  /** Sequence number after the last one of each block. */
  readonly sackRight = new Uint32Array(MAX_SACK_BLOCKS)
  /** Length of the fast open cookie; 0 = the option without one, which asks for a cookie. */
  fastOpen = -1
  /** First byte of the cookie, or -1. */
  fastOpenAt: Offset = -1
  /** Subtype of the (last) Multipath TCP option, 0 = MP_CAPABLE (RFC 8684 §3.1). */
  mptcp = -1
}

/** Calls `visit` for each option up to and including END. `at` is the first header byte, `end` the end of the captured
 *  packet (or of the header). `valueBytes` excludes the kind and length bytes. */
export function eachOption(
  b: Uint8Array,
  at: Offset,
  end: Offset,
  visit: (kind: number, valueAt: Offset, valueBytes: number) => void,
): OptionsEnd {
  const headerEnd = at + headerBytes(b, at)
  const stop = headerEnd < end ? headerEnd : end
  let i = at + FIXED_BYTES
  while (i < stop) {
    const kind = b[i]
    if (kind === Option.END) {
      visit(kind, i + 1, 0)
      return OptionsEnd.WHOLE
    }
    if (kind === Option.NOP) {
      visit(kind, i + 1, 0)
      i++
      continue
    }
    const bytes = optionBytes(b, i, stop, headerEnd)
    if (bytes < 0) return bytes === CUT_OPTION ? OptionsEnd.CUT : OptionsEnd.MALFORMED
    visit(kind, i + 2, bytes - 2)
    i += bytes
  }
  return stop < headerEnd ? OptionsEnd.CUT : OptionsEnd.WHOLE
}

/** Fills `out` from the options of the header at `at`. `end` is the end of the captured packet (or of the header):
 *  nothing is read at or beyond it. The header's first FIXED_BYTES must be there. */
export function readOptions(b: Uint8Array, at: Offset, end: Offset, out: TcpOptions): void {
  reset(out)
  const headerEnd = at + headerBytes(b, at)
  const stop = headerEnd < end ? headerEnd : end
  let i = at + FIXED_BYTES
  if (stop - i === 12 && headerEnd === stop && u32be(b, i) === ALIGNED_TIMESTAMPS) {
    out.hasTimestamps = true
    out.tsVal = u32be(b, i + 4)
    out.tsEcr = u32be(b, i + 8)
    return
  }
  while (i < stop) {
    const kind = b[i]
    if (kind === Option.END) return
    if (kind === Option.NOP) {
      i++
      continue
    }
    const bytes = optionBytes(b, i, stop, headerEnd)
    if (bytes < 0) {
      out.status = bytes === CUT_OPTION ? OptionsEnd.CUT : OptionsEnd.MALFORMED
      return
    }
    if (!readOption(b, kind, i + 2, bytes - 2, out)) out.oddLength = true
    i += bytes
  }
  if (stop < headerEnd) out.status = OptionsEnd.CUT
}

const CUT_OPTION = -1
const MALFORMED_OPTION = -2

/** Length of the option at `i`, which is neither END nor NOP. */
function optionBytes(b: Uint8Array, i: Offset, stop: Offset, headerEnd: Offset): number {
  if (i + 1 >= headerEnd) return MALFORMED_OPTION
  if (i + 1 >= stop) return CUT_OPTION
  const bytes = b[i + 1]
  if (bytes < 2 || i + bytes > headerEnd) return MALFORMED_OPTION
  return i + bytes > stop ? CUT_OPTION : bytes
}

function reset(out: TcpOptions): void {
  out.status = OptionsEnd.WHOLE
  out.oddLength = false
  out.mss = -1
  out.windowScale = -1
  out.sackPermitted = false
  out.hasTimestamps = false
  out.tsVal = 0
  out.tsEcr = 0
  out.sackCount = 0
  out.fastOpen = -1
  out.fastOpenAt = -1
  out.mptcp = -1
}

/** False if the length does not fit the kind. */
function readOption(b: Uint8Array, kind: number, valueAt: Offset, valueBytes: number, out: TcpOptions): boolean {
  switch (kind) {
    case Option.MSS:
      if (valueBytes !== 2) return false
      out.mss = u16be(b, valueAt)
      return true
    case Option.WINDOW_SCALE:
      if (valueBytes !== 1) return false
      out.windowScale = b[valueAt]
      return true
    case Option.SACK_PERMITTED:
      if (valueBytes !== 0) return false
      out.sackPermitted = true
      return true
    case Option.SACK:
      return readSack(b, valueAt, valueBytes, out)
    case Option.TIMESTAMPS:
      if (valueBytes !== 8) return false
      out.hasTimestamps = true
      out.tsVal = u32be(b, valueAt)
      out.tsEcr = u32be(b, valueAt + 4)
      return true
    case Option.MPTCP:
      if (valueBytes < 1) return false
      out.mptcp = b[valueAt] >> 4
      return true
    case Option.FAST_OPEN:
      return readFastOpen(valueAt, valueBytes, out)
    case Option.EXPERIMENT_2:
      if (valueBytes < 2) return false
      return u16be(b, valueAt) === FAST_OPEN_EXPERIMENT ? readFastOpen(valueAt + 2, valueBytes - 2, out) : true
    default:
      return true
  }
}

function readSack(b: Uint8Array, valueAt: Offset, valueBytes: number, out: TcpOptions): boolean {
  if (valueBytes === 0 || valueBytes % 8 !== 0) return false
  let at = valueAt
  while (at < valueAt + valueBytes && out.sackCount < MAX_SACK_BLOCKS) {
    out.sackLeft[out.sackCount] = u32be(b, at)
    out.sackRight[out.sackCount] = u32be(b, at + 4)
    out.sackCount++
    at += 8
  }
  return true
}

/** A cookie has 4–16 bytes and an even length; without one the option asks for a cookie (RFC 7413 §4.1.1). */
function readFastOpen(cookieAt: Offset, cookieBytes: number, out: TcpOptions): boolean {
  if (cookieBytes !== 0 && (cookieBytes < 4 || cookieBytes > 16 || cookieBytes % 2 !== 0)) return false
  out.fastOpen = cookieBytes
  out.fastOpenAt = cookieAt
  return true
}
