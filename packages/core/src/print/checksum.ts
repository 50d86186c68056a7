import { onesComplementSum } from '../bytes/checksum.ts'
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Context } from './printer.ts'

/** Checksum over the pseudo-header of the IP header around (RFC 9293 §3.1, RFC 8200 §8.1) and [at, at + covered): 0 if
 *  the checksum field in it is right. All of it was captured. `length` is what the pseudo-header says. */
export function transportChecksum(
  packet: Cursor,
  context: Context,
  at: Offset,
  length: Bytes,
  covered: Bytes,
  protocol: number,
): number {
  const { view } = packet
  const ip = context.ipAt
  let sum = onesComplementSum(view, at, at + covered) + protocol
  if (context.ipVersion === 4) {
    sum += length & 0xffff
    sum += onesComplementSum(view, ip + 12, ip + 16)
    const destination = finalDestination4(packet, ip)
    sum += onesComplementSum(view, destination, destination + 4)
  } else {
    sum += (length >>> 16) + (length & 0xffff)
    sum += onesComplementSum(view, ip + 8, ip + 24)
    const destination = finalDestination6(packet, ip, protocol)
    sum += onesComplementSum(view, destination, destination + 16)
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** What a checksum field that holds `found` should hold, from the checksum over it and what it covers. */
export function rightChecksum(found: number, computed: number): number {
  let sum = found + computed
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum
}

/** Where the last address lies to which an IPv4 packet goes: that of a source route, else the destination. */
function finalDestination4(packet: Cursor, ip: Offset): Offset {
  const headerBytes = (packet.bytes[ip] & 15) * 4
  if (headerBytes === 20) return ip + 16
  const end = ip + headerBytes
  let at = ip + 20
  while (at < end) {
    const kind = packet.u8(at)
    if (kind === 0) break
    if (kind === 1) {
      at++
      continue
    }
    const bytes = packet.u8(at + 1)
    if (bytes < 2 || at + bytes > end || !packet.has(at, bytes)) break
    if ((kind === 131 || kind === 137) && bytes >= 7) return at + bytes - 4
    at += bytes
  }
  return ip + 16
}

/** The same for IPv6: the last address of a routing header of type 0 or 2, or the first of a segment routing header
 *  (RFC 8754 §4.3.1.1), with segments left. */
function finalDestination6(packet: Cursor, ip: Offset, protocol: number): Offset {
  let kind = packet.bytes[ip + 6]
  let at = ip + 40
  const destination = ip + 24
  // Each step goes forward by 8 bytes at least.
  while (kind !== protocol && packet.has(at, 8)) {
    const bytes = kind === 51 ? (packet.bytes[at + 1] + 2) * 4 : kind === 44 ? 8 : (packet.bytes[at + 1] + 1) * 8
    if (kind === 43) {
      const type = packet.bytes[at + 2]
      if (type === 4 && packet.has(at + 8, 16)) return at + 8
      if ((type === 0 || type === 2) && bytes >= 24 && packet.has(at, bytes)) return at + bytes - 16
      return destination
    }
    if (kind !== 0 && kind !== 44 && kind !== 51 && kind !== 60 && kind !== 135 && kind !== 139 && kind !== 140)
      return destination
    kind = packet.bytes[at]
    at += bytes
  }
  return destination
}
