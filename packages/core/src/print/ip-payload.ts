/** What an IP header carries, by its protocol number. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import { ipProtocolName } from './ip-protocols.ts'
import type { Line } from './line.ts'
import { type Context, printInvalid } from './printer.ts'

/** Deeper nesting is no tunnel that anybody built. */
const MAX_DEPTH = 64
const NO_NEXT_HEADER = 59

/** Prints the payload of `length` bytes at `at`. The fields of `context` say which header is around. */
export function printIpPayload(
  out: Line,
  packet: Cursor,
  at: Offset,
  length: Bytes,
  protocol: number,
  context: Context,
): void {
  const printer = context.table.ipProtocols[protocol]
  if (printer !== null) {
    if (context.depth >= MAX_DEPTH) {
      printInvalid(out)
      return
    }
    context.depth++
    context.type = protocol
    printer(out, packet, at, length, context)
    context.depth--
    return
  }
  if (protocol === NO_NEXT_HEADER) {
    out.text('no next header')
    return
  }
  out.byte(0x20)
  out.text(context.names.protocol(protocol) ?? `ip-proto-${protocol}`)
  out.byte(0x20)
  out.decimal(length)
}

/** True if the IP header around has the version that the protocol belongs to; else says so. */
export function requiresVersion(out: Line, version: 4 | 6, context: Context): boolean {
  if (context.ipVersion === version) return true
  out.text(`[${ipProtocolName(context.type) ?? 'unknown'} requires IPv${version}]`)
  printInvalid(out)
  return false
}
