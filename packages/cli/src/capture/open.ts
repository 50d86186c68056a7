import { writeFully } from '../terminal/write.ts'
import { activate } from './activate.ts'
import { loadKoffi } from './koffi.ts'
import { openLibpcap } from './libpcap.ts'
import { LibpcapSource } from './libpcap-source.ts'
import { LiveError, type LiveRequest, type LiveSource } from './live-source.ts'
import { openTcpdump } from './tcpdump-source.ts'

/** Opens and activates an interface with the privileges that the process has now; capturing needs none of them. Where
 *  koffi or libpcap is missing, tcpdump captures, and `onTcpdump` is told of the reason: one line on standard error.
 *  WIRETALE_ENGINE=libpcap or tcpdump leaves no choice. Rejects with LiveError. */
export async function openLive(request: LiveRequest, onTcpdump = tellOfTcpdump): Promise<LiveSource> {
  const engine = process.env.WIRETALE_ENGINE
  if (engine === 'tcpdump') return openTcpdump(request)
  try {
    return await openWithLibpcap(request)
  } catch (error) {
    if (!(error instanceof LiveError) || error.code !== 'engine' || engine === 'libpcap') throw error
    return openInstead(request, error, onTcpdump)
  }
}

async function openWithLibpcap(request: LiveRequest): Promise<LiveSource> {
  const pcap = openLibpcap(loadKoffi(import.meta.url))
  const source = new LibpcapSource(pcap, request.device, request.nano, activate(pcap, request))
  try {
    await source.prepare()
    return source
  } catch (error) {
    await source.close()
    throw error
  }
}

/** Rejects with the first reason where there is no tcpdump either. */
async function openInstead(
  request: LiveRequest,
  reason: LiveError,
  onTcpdump: (reason: LiveError) => void,
): Promise<LiveSource> {
  try {
    const source = await openTcpdump(request)
    onTcpdump(reason)
    return source
  } catch (error) {
    throw error instanceof LiveError && error.code === 'engine' ? reason : error
  }
}

function tellOfTcpdump({ message }: LiveError): void {
  writeFully(2, Buffer.from(`wiretale: ${message}: packets come through tcpdump, more slowly\n`))
}
