import { activate } from './activate.ts'
import { loadKoffi } from './koffi.ts'
import { openLibpcap } from './libpcap.ts'
import { LibpcapSource } from './libpcap-source.ts'
import type { LiveRequest, LiveSource } from './live-source.ts'

/** Opens and activates an interface with the privileges that the process has now; capturing needs none of them.
 *  Rejects with LiveError. */
export async function openLive(request: LiveRequest): Promise<LiveSource> {
  const pcap = openLibpcap(loadKoffi(import.meta.url))
  return new LibpcapSource(pcap, request.device, request.nano, activate(pcap, request))
}
