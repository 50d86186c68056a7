/** Reports of multicast groups, which IGMPv3 (RFC 3376 §4.2) and MLDv2 (RFC 3810 §5.2) share but for their addresses. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'
import type { Context } from './printer.ts'

const recordNames = ['', 'is_in', 'is_ex', 'to_in', 'to_ex', 'allow', 'block'] as const

type Version = 4 | 6

function addressBytes(version: Version): Bytes {
  return version === 4 ? 4 : 16
}

/** The records of the report at `at`. */
export function printGroupRecords(
  out: Line,
  packet: Cursor,
  at: Offset,
  length: Bytes,
  version: Version,
  context: Context,
): void {
  const records = packet.u16(at + 6)
  out.text(`, ${records} group record(s)`)
  if (context.options.verbose === 0) return
  const bytes = addressBytes(version)
  let record = 8
  for (let i = 0; i < records; i++) {
    if (length < record + 4 + bytes) {
      out.text(' [invalid number of groups]')
      return
    }
    printGroup(out, packet, ' [gaddr ', at + record + 4, version, context)
    const type = packet.u8(at + record)
    const unknown = ` [v${version === 4 ? 3 : 2}-report-#${type}]`
    out.text(` ${type > 0 && type < recordNames.length ? recordNames[type] : unknown}`)
    const sources = packet.u16(at + record + 2)
    if (length < record + 4 + bytes + bytes * sources) {
      out.text(` [invalid number of sources ${sources}]`)
      return
    }
    if (context.options.verbose === 1) out.text(`, ${sources} source(s)`)
    else printSources(out, packet, at + record + 4 + bytes, sources, version, context)
    record += 4 + bytes + bytes * sources
    out.byte(0x5d)
  }
}

export function printSources(
  out: Line,
  packet: Cursor,
  at: Offset,
  count: number,
  version: Version,
  context: Context,
): void {
  out.text(' {')
  for (let i = 0; i < count; i++) printGroup(out, packet, ' ', at + addressBytes(version) * i, version, context)
  out.text(' }')
}

/** `words`, then the address. */
export function printGroup(
  out: Line,
  packet: Cursor,
  words: string,
  at: Offset,
  version: Version,
  context: Context,
): void {
  packet.need(at, addressBytes(version))
  out.text(words)
  if (version === 4) context.names.ipv4(out, packet.bytes, at)
  else context.names.ipv6(out, packet.bytes, at)
}
