/** DHCPv6's authentication option, RFC 8415 §21.11, with the delayed protocol of RFC 3315 §21.4. */
import type { Bytes, Offset } from '../units.ts'
import type { Cursor } from './cursor.ts'
import type { Line } from './line.ts'

const FIXED_BYTES = 11
const DELAYED = 2
const RECONFIGURE = 3
/** Key id and digest behind the realm. */
const DELAYED_BYTES = 20
const RECONFIGURE_BYTES = 17

/** Prints the value at `at`, of 11 bytes at least, without the bracket behind it. */
export function printDhcpv6Authentication(out: Line, packet: Cursor, at: Offset, bytes: Bytes): void {
  const protocol = packet.u8(at)
  out.text(' proto: ')
  if (protocol === DELAYED) out.text('delayed')
  else if (protocol === RECONFIGURE) out.text('reconfigure')
  else out.decimal(protocol)
  const algorithm = packet.u8(at + 1)
  out.text(algorithm === 1 ? ', alg: HMAC-MD5' : `, alg: ${algorithm}`)
  const method = packet.u8(at + 2)
  out.text(method === 0 ? ', RDM: mono' : `, RDM: ${method}`)
  out.text(', RD:')
  for (let i = 3; i < FIXED_BYTES; i += 2) {
    out.byte(0x20)
    out.hexPadded(packet.u16(at + i), 4)
  }
  const own = at + FIXED_BYTES
  const ownBytes = bytes - FIXED_BYTES
  if (protocol === DELAYED) {
    if (ownBytes === 0) return
    if (ownBytes < DELAYED_BYTES) out.text(' ??')
    else printDelayed(out, packet, own, ownBytes - DELAYED_BYTES)
  } else if (protocol === RECONFIGURE && ownBytes === RECONFIGURE_BYTES) {
    const type = packet.u8(own)
    out.text(type === 1 ? ' reconfig-key' : type === 2 ? ' type: HMAC-MD5' : ' type: ??')
    out.text(' value:')
    printWords(out, packet, own + 1)
  } else out.text(' ??')
}

function printDelayed(out: Line, packet: Cursor, at: Offset, realmBytes: Bytes): void {
  if (realmBytes > 0) out.text(', realm: ')
  for (let i = 0; i < realmBytes; i++) out.hexPadded(packet.u8(at + i), 2)
  out.text(', key ID: ')
  out.hexPadded(packet.u32(at + realmBytes), 8)
  out.text(', HMAC-MD5:')
  printWords(out, packet, at + realmBytes + 4)
}

/** The 16 bytes of a digest or key. */
function printWords(out: Line, packet: Cursor, at: Offset): void {
  for (let i = 0; i < 16; i += 4) {
    out.byte(0x20)
    out.hexPadded(packet.u32(at + i), 8)
  }
}
