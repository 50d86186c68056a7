import { readdirSync, readlinkSync } from 'node:fs'
import { processIds, readProcess, type SeenProcess } from './programs.ts'

/** Time for one piece of the search; then events are read. */
const SLICE_MS = 4
/** A process with many files is searched in pieces, too. */
const FILES = 256

/** Which processes hold the sockets of these inodes: every one of them, since sockets are inherited and passed on.
 *  Only processes that may be looked at are found. */
export async function findHolders(inodes: ReadonlySet<number>): Promise<Map<number, SeenProcess[]>> {
  const holders = new Map<number, SeenProcess[]>()
  if (inodes.size === 0) return holders
  let slice = performance.now()
  for (const pid of processIds()) {
    const before = readFiles(pid)
    const found = new Set<number>()
    for (const [i, name] of before.entries()) {
      const inode = readInode(pid, name)
      if (inode !== null && inodes.has(inode)) found.add(inode)
      if (i % FILES === FILES - 1 && performance.now() - slice > SLICE_MS) slice = await pause()
    }
    if (found.size > 0) {
      const holder = readProcess(pid)
      // Whoever has the number now must still be who has the socket.
      if (holder !== null && stillHolds(pid, before, found))
        for (const inode of found) holders.set(inode, [...(holders.get(inode) ?? []), holder])
    }
    if (performance.now() - slice > SLICE_MS) slice = await pause()
  }
  return holders
}

function stillHolds(pid: number, names: readonly string[], inodes: ReadonlySet<number>): boolean {
  const left = new Set(inodes)
  for (const name of names) {
    const inode = readInode(pid, name)
    if (inode !== null) left.delete(inode)
    if (left.size === 0) return true
  }
  return false
}

function pause(): Promise<number> {
  return new Promise((resolve) => setImmediate(() => resolve(performance.now())))
}

function readFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
  } catch {
    return []
  }
}

/** Null: no socket. */
function readInode(pid: number, name: string): number | null {
  try {
    const target = readlinkSync(`/proc/${pid}/fd/${name}`)
    return target.startsWith('socket:[') ? Number(target.slice(8, -1)) : null
  } catch {
    return null
  }
}
