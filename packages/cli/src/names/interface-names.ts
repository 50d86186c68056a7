import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = '/sys/class/net'
/** A capture may name any number of interfaces that do not exist. */
const LOOK_AGAIN_MS = 1000

let names: ReadonlyMap<number, string> = new Map()
let lookedAt = Number.NEGATIVE_INFINITY

/** Name of this machine's interface of that index; null: there is none, or the system does not tell. */
export function interfaceName(index: number): string | null {
  const name = names.get(index)
  if (name !== undefined || performance.now() - lookedAt < LOOK_AGAIN_MS) return name ?? null
  names = readNames()
  lookedAt = performance.now()
  return names.get(index) ?? null
}

function readNames(): ReadonlyMap<number, string> {
  const found = new Map<number, string>()
  try {
    for (const name of readdirSync(FOLDER)) {
      // Linux allows nearly every byte in a name; a terminal does not.
      if (!/^[!-~]+$/.test(name)) continue
      try {
        found.set(Number(readFileSync(`${FOLDER}/${name}/ifindex`, 'latin1')), name)
      } catch {
        // It has gone meanwhile, or is a file that is no interface.
      }
    }
  } catch {
    // No Linux.
  }
  return found
}
