import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Koffi } from '../capture/koffi.ts'
import type { Fact, Offload } from './check.ts'
import { parseOffloads } from './ethtool.ts'
import { readFeatures } from './interface-features.ts'
import { LONGEST_MS, type Machine, MOST_INTERFACES } from './machine.ts'

const ETHTOOL = ['/usr/sbin/ethtool', '/sbin/ethtool', '/usr/bin/ethtool']

/** What interfaces and the kernel do to packets on the other side of where they are captured. */
export async function checkOffloads(machine: Machine): Promise<readonly Fact[]> {
  const facts: Fact[] = []
  for (const name of machine.interfaces().slice(0, MOST_INTERFACES)) {
    const enabled = await findOffloads(machine.koffi.it, name)
    const status = enabled === null ? 'unknown' : changesPackets(enabled) ? 'note' : 'ok'
    facts.push({ check: 'offloads', status, interface: name, enabled })
  }
  return facts
}

/** Whether captured packets differ from those on the wire. */
function changesPackets(enabled: readonly Offload[]): boolean {
  return enabled.some((offload) => offload !== 'rx-checksum')
}

/** Asks the kernel, or where koffi is missing ethtool(8). Null: not known. */
async function findOffloads(koffi: Koffi | null, name: string): Promise<readonly Offload[] | null> {
  if (process.platform !== 'linux') return null
  try {
    return koffi === null ? await askEthtool(name) : readFeatures(koffi, name)
  } catch {
    return null
  }
}

async function askEthtool(name: string): Promise<readonly Offload[] | null> {
  const ethtool = ETHTOOL.find((path) => existsSync(path))
  // It would take such a name for an option.
  if (ethtool === undefined || name.startsWith('-')) return null
  const { stdout } = await promisify(execFile)(ethtool, ['-k', name], { timeout: LONGEST_MS })
  return parseOffloads(stdout)
}
