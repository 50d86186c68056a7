/** Kerberos over UDP: its version; of version 5 (RFC 4120) tcpdump shows no more either. */
import type { Printer } from './printer.ts'

/** ASN.1 tags that a version 5 message to the authentication server and its answer begin with. */
const AS_REQUEST = 0x6a
const AS_REPLY = 0x6b

export const printKerberos: Printer = (out, packet, at, _length, context) => {
  context.protocol = 'krb'
  const first = packet.u8(at)
  if (first === AS_REQUEST || first === AS_REPLY) out.text(' v5')
  else if (first >= 1 && first <= 4) out.text(` v${first}`)
}
