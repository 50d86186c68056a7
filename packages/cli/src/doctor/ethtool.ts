import type { Offload } from './check.ts'

/** Names in `ethtool -k`. */
const NAMES: ReadonlyMap<string, Offload> = new Map([
  ['tcp-segmentation-offload', 'tso'],
  ['generic-segmentation-offload', 'gso'],
  ['generic-receive-offload', 'gro'],
  ['large-receive-offload', 'lro'],
  ['tx-checksumming', 'tx-checksum'],
  ['rx-checksumming', 'rx-checksum'],
])

/** What `ethtool -k` says is on, in its order; null: it says nothing of any. */
export function parseOffloads(text: string): Offload[] | null {
  const enabled: Offload[] = []
  let isKnown = false
  for (const line of text.split('\n')) {
    // What belongs to a feature is indented under it.
    const [, name, state] = /^([a-z-]+): (on|off)\b/.exec(line) ?? []
    const offload = NAMES.get(name)
    if (offload === undefined) continue
    isKnown = true
    if (state === 'on') enabled.push(offload)
  }
  return isKnown ? enabled : null
}
