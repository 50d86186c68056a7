import { listLinkTypes } from '../capture/devices.ts'
import type { Fact, InterfaceFact } from './check.ts'
import { type Machine, MOST_INTERFACES, trialRequest } from './machine.ts'

/** Which interfaces there are, and what their packets look like. */
export async function checkInterfaces(machine: Machine): Promise<readonly Fact[]> {
  const { devices, device, isChosen } = machine
  if (devices.it === null)
    return [{ check: 'interfaces', status: 'unknown', interfaces: null, more: 0, reason: devices.reason }]
  const all = isChosen ? devices.it.filter(({ name }) => name === device.it) : devices.it
  const openable = new Set(machine.interfaces())
  const interfaces: InterfaceFact[] = []
  for (const { name, flags } of all.slice(0, MOST_INTERFACES))
    interfaces.push({ name, flags, link: openable.has(name) ? await findLink(name) : null })
  const status = all.length > 0 ? 'ok' : 'warning'
  return [{ check: 'interfaces', status, interfaces, more: all.length - interfaces.length, reason: null }]
}

/** The first link type is the one that a capture has unless another is asked for. */
async function findLink(name: string): Promise<string | null> {
  try {
    const [first] = await listLinkTypes(trialRequest(name))
    return first?.name ?? null
  } catch {
    return null
  }
}
