import { BUFFER_BYTES } from '../capture/slabs.ts'
import type { Fact } from './check.ts'
import type { Machine } from './machine.ts'

/** Where packets wait in the kernel. */
export function checkBuffer({ libpcap }: Machine): readonly Fact[] {
  // tcpdump has a buffer of its own choice.
  if (libpcap.it === null || process.env.WIRETALE_ENGINE === 'tcpdump') return []
  const ring = /TPACKET_V\d/.exec(libpcap.it.version())?.[0] ?? null
  return [{ check: 'buffer', status: 'ok', bytes: BUFFER_BYTES, ring }]
}
