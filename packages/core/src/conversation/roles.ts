import type { Packet } from '../packet/packet.ts'

/** Decides who is the server when no SYN tells, from one packet: what an HTTP message's first bytes say, else the
 *  lower port number (servers listen on low ones, clients are given ephemeral ones: RFC 6335 §6). */
export function guessServerIsSender(p: Packet): boolean {
  if (p.payloadCaptured >= 5) {
    if (startsWith(p, 'HTTP/')) return true
    for (const method of METHODS) if (startsWith(p, method)) return false
  }
  return p.sourcePort < p.destinationPort
}

const METHODS = ['GET /', 'POST ', 'HEAD ', 'PUT /', 'OPTIO', 'DELET', 'PATCH', 'CONNE'] as const

function startsWith(p: Packet, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (p.bytes[p.payloadAt + i] !== text.charCodeAt(i)) return false
  return true
}
