import { linkTypeName } from '@wiretale/core'
import { LiveError } from '../capture/live-source.ts'
import { openLive } from '../capture/open.ts'
import { openTcpdump } from '../capture/tcpdump-source.ts'
import type { Engine, Fact } from './check.ts'
import { type Machine, reasonOf, trialRequest } from './machine.ts'

/** Opens the interface as a capture would, and closes it at once: nothing else tells for sure whether that works. */
export async function checkCapture({ device }: Machine): Promise<readonly Fact[]> {
  let engine: Engine = process.env.WIRETALE_ENGINE === 'tcpdump' ? 'tcpdump' : 'libpcap'
  const found = (of: Partial<Fact<'capture'>>): readonly Fact[] => {
    const base = { check: 'capture', interface: device.it, engine, link: null } as const
    return [{ ...base, status: 'failed', code: null, reason: null, wouldTcpdump: false, ...of }]
  }
  if (device.it === null) return found({ code: 'no-device', reason: device.reason })
  try {
    const source = await openLive(trialRequest(device.it), () => {
      engine = 'tcpdump'
    })
    const link = linkTypeName(source.link)
    await source.close()
    return found({ status: 'ok', link })
  } catch (error) {
    const code = error instanceof LiveError ? error.code : 'other'
    const wouldTcpdump = code === 'permission' && engine === 'libpcap' && (await canTcpdump(device.it))
    return found({ code, reason: reasonOf(error), wouldTcpdump })
  }
}

/** A tcpdump with a right of its own may capture for those who have none. */
async function canTcpdump(device: string): Promise<boolean> {
  try {
    const source = await openTcpdump(trialRequest(device))
    await source.close()
    return true
  } catch {
    return false
  }
}
