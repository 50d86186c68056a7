import { listTimeStampTypes } from '../capture/devices.ts'
import type { Fact } from './check.ts'
import type { Machine } from './machine.ts'

/** Who may stamp packets: the kernel, or the interface itself. */
export async function checkTimeStamps({ device }: Machine): Promise<readonly Fact[]> {
  if (device.it === null) return [{ check: 'time-stamps', status: 'unknown', interface: null, types: null }]
  try {
    const types = (await listTimeStampTypes(device.it)).map(({ name, number }) => name ?? String(number))
    return [{ check: 'time-stamps', status: 'ok', interface: device.it, types }]
  } catch {
    return [{ check: 'time-stamps', status: 'unknown', interface: device.it, types: null }]
  }
}
