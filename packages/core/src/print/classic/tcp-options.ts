/** TCP options as tcpdump 3.9.8 prints them: `<mss 1460,nop,nop,sackOK>`; kinds that came later as `opt-30:00812a`. */
import type { Bytes, Offset } from '../../units.ts'
import { Option } from '../../wire/tcp-options.ts'
import type { Cursor } from '../cursor.ts'
import type { Line } from '../line.ts'
import { type Context, printTruncated } from '../printer.ts'

const FIXED_BYTES = 20
const BLOCK_BYTES = 8
const MD5_BYTES = 16

interface Form {
  readonly name: string
  /** Bytes of the value that 3.9.8 reads, whatever the option's length says. */
  readonly bytes: Bytes
  /** Sizes of the numbers in it. */
  readonly numbers: readonly (1 | 2 | 4)[]
}

/** Kinds with numbers as their value; the last five are those of RFC 1072 and RFC 1644. */
const forms = new Map<number, Form>([
  [Option.END, { name: 'eol', bytes: 0, numbers: [] }],
  [Option.NOP, { name: 'nop', bytes: 0, numbers: [] }],
  [Option.MSS, { name: 'mss', bytes: 2, numbers: [2] }],
  [Option.WINDOW_SCALE, { name: 'wscale', bytes: 1, numbers: [1] }],
  [Option.SACK_PERMITTED, { name: 'sackOK', bytes: 0, numbers: [] }],
  [Option.TIMESTAMPS, { name: 'timestamp', bytes: 8, numbers: [4, 4] }],
  [6, { name: 'echo', bytes: 4, numbers: [4] }],
  [7, { name: 'echoreply', bytes: 4, numbers: [4] }],
  [11, { name: 'cc', bytes: 4, numbers: [4] }],
  [12, { name: 'ccnew', bytes: 4, numbers: [4] }],
  [13, { name: 'ccecho', bytes: 4, numbers: [4] }],
])

/** How reading a value can end. */
const Outcome = { BAD: -1, CUT: -2 } as const

/** False where the options cannot be read to their end, with which 3.9.8's text of the segment ends. */
export function printClassicOptions(
  out: Line,
  packet: Cursor,
  at: Offset,
  headerBytes: Bytes,
  sackBase: number,
  context: Context,
): boolean {
  const end = at + headerBytes
  let next = at + FIXED_BYTES
  let separator = ' <'
  while (next < end) {
    out.text(separator)
    separator = ','
    if (!packet.has(next, 1)) return printEnd(out, Outcome.CUT, context)
    const kind = packet.bytes[next]
    const single = kind === Option.END || kind === Option.NOP
    if (!single && !packet.has(next, 2)) return printEnd(out, Outcome.CUT, context)
    const bytes = single ? 1 : packet.bytes[next + 1]
    if (!single && (bytes < 2 || bytes > end - next)) return printEnd(out, Outcome.BAD, context)
    const valueAt = single ? next + 1 : next + 2
    const valueBytes = printValue(out, packet, kind, valueAt, single ? 0 : bytes - 2, end, sackBase)
    if (valueBytes < 0) return printEnd(out, valueBytes, context)
    if (!single && valueBytes !== bytes - 2) out.text(`[len ${bytes}]`)
    if (kind === Option.END) break
    next = valueAt + valueBytes
  }
  out.byte(0x3e)
  return true
}

/** Returns the bytes that the value took, or an Outcome. */
function printValue(
  out: Line,
  packet: Cursor,
  kind: number,
  at: Offset,
  bytes: Bytes,
  end: Offset,
  sackBase: number,
): number {
  const form = forms.get(kind)
  if (form !== undefined) return printForm(out, packet, form, at, end)
  if (kind === Option.SACK) return printSack(out, packet, at, bytes, sackBase)
  if (kind === Option.MD5) return printDigest(out, packet, at, end)
  out.text(`opt-${kind}:`)
  for (let i = 0; i < bytes; i++) {
    // 3.9.8 looks for one byte too few, and so prints one that was not captured: of a fresh buffer, a zero.
    if (at + i > packet.end) return Outcome.CUT
    out.hexPadded(at + i < packet.end ? packet.bytes[at + i] : 0, 2)
  }
  return bytes
}

function printForm(out: Line, packet: Cursor, form: Form, at: Offset, end: Offset): number {
  out.text(form.name)
  if (at + form.bytes > end) return Outcome.BAD
  let next = at
  for (const bytes of form.numbers) {
    if (!packet.has(at, form.bytes)) return Outcome.CUT
    out.byte(0x20)
    out.decimal(bytes === 1 ? packet.u8(next) : bytes === 2 ? packet.u16(next) : packet.u32(next))
    next += bytes
  }
  return form.bytes
}

/** RFC 2018 §3. */
function printSack(out: Line, packet: Cursor, at: Offset, bytes: Bytes, base: number): number {
  if (bytes % BLOCK_BYTES !== 0) {
    out.text('malformed sack')
    return bytes
  }
  out.text(`sack ${bytes / BLOCK_BYTES} `)
  for (let i = at; i < at + bytes; i += BLOCK_BYTES) {
    if (!packet.has(i, BLOCK_BYTES)) return Outcome.CUT
    out.text(`{${(packet.u32(i) - base) >>> 0}:${(packet.u32(i + 4) - base) >>> 0}}`)
  }
  return bytes
}

/** RFC 2385, without the secret. */
function printDigest(out: Line, packet: Cursor, at: Offset, end: Offset): number {
  out.text('md5:')
  if (at + MD5_BYTES > end) return Outcome.BAD
  if (!packet.has(at, MD5_BYTES)) return Outcome.CUT
  out.text("can't check - ")
  for (let i = 0; i < MD5_BYTES; i++) out.hexPadded(packet.bytes[at + i], 2)
  return MD5_BYTES
}

function printEnd(out: Line, outcome: number, context: Context): false {
  if (outcome === Outcome.BAD) out.text('[bad opt]')
  else printTruncated(out, context)
  out.byte(0x3e)
  return false
}
