import { readFileSync } from 'node:fs'
import type { Owner } from './dump-file.ts'
import { Failure, systemWords } from './failure.ts'

/** The user that tcpdump becomes on Debian and its kin if root does not name one. */
const DEFAULT_USER = 'tcpdump'

/** The types of the oldest Node that is supported leave it out. */
const withGroups = process as { initgroups?: (user: string, group: number) => void }

/** Whom root gives up its privileges to. */
export interface User extends Owner {
  readonly name: string
}

/** The user of -Z, or the default one where the system has it; null if nothing is given up: not root, or -Z root.
 *  Throws Failure if there is no such user. */
export function userToBecome(asked: string | null): User | null {
  if (process.getuid?.() !== 0 && process.geteuid?.() !== 0) return null
  if (asked === 'root') return null
  const user = findUser(asked ?? DEFAULT_USER)
  if (user === null && asked !== null) throw new Failure(`Couldn't find user '${asked.slice(0, 32)}'`)
  return user
}

/** Becomes `user` for good. Throws Failure. */
export function becomeUser({ name, uid, gid }: User): void {
  try {
    withGroups.initgroups?.(name, gid)
    process.setgid?.(gid)
    process.setuid?.(uid)
  } catch (error) {
    throw new Failure(`Couldn't change to '${name.slice(0, 32)}' uid=${uid} gid=${gid}: ${systemWords(error)}`)
  }
}

function findUser(name: string): User | null {
  let lines: string[] = []
  try {
    lines = readFileSync('/etc/passwd', 'latin1').split('\n')
  } catch {
    return null
  }
  for (const line of lines) {
    const [user, , uid, gid] = line.split(':')
    if (user === name && /^\d+$/.test(uid) && /^\d+$/.test(gid)) return { name, uid: Number(uid), gid: Number(gid) }
  }
  return null
}
