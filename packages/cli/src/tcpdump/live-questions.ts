import { existsSync } from 'node:fs'
import { isLinkPrinted, linkTypeNumber } from '@wiretale/core'
import { listDevices, listLinkTypes, listTimeStampTypes } from '../capture/devices.ts'
import type { LiveRequest } from '../capture/live-source.ts'
import { print, tell } from './tell.ts'

/** -D. Rejects with LiveError. */
export async function showInterfaces(): Promise<number> {
  const lines = (await listDevices()).map(({ name, description, flags }, i) => {
    const words = description === null ? '' : ` (${description})`
    return `${i + 1}.${name}${words}${flags === null ? '' : ` [${flags}]`}\n`
  })
  print(lines.join(''))
  return 0
}

/** -L, on standard error as tcpdump has it. Rejects with LiveError. */
export async function showLinkTypes(request: LiveRequest): Promise<number> {
  const types = await listLinkTypes(request)
  const when = isWireless(request.device) ? ` when ${request.monitorMode ? '' : 'not '}in monitor mode` : ''
  tell(`Data link types for ${request.device}${when} (use option -y to set):\n`)
  for (const { name, description, number } of types) {
    if (name === null) tell(`  DLT ${number} (printing not supported)\n`)
    else
      tell(
        `  ${name} (${description})${isLinkPrinted(linkTypeNumber(name) ?? -1) ? '' : ' (printing not supported)'}\n`,
      )
  }
  return 0
}

/** -J. Rejects with LiveError. */
export async function showTimeStampTypes(device: string): Promise<number> {
  const types = await listTimeStampTypes(device)
  if (types.length === 0) tell(`Time stamp type cannot be set for ${device}\n`)
  else tell(`Time stamp types for ${device} (use option -j to set):\n`)
  for (const { name, description, number } of types) {
    tell(name === null ? `  ${number}\n` : `  ${name} (${description})\n`)
  }
  return 0
}

/** Whether the interface has a monitor mode: those that Linux's Wi-Fi drivers make. */
function isWireless(device: string): boolean {
  return !device.includes('/') && existsSync(`/sys/class/net/${device}/phy80211`)
}
