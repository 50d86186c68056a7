import { readFileSync } from 'node:fs'
import type { Owner } from './dump-file.ts'
import { Failure, systemWords } from './failure.ts'

/** The user that tcpdump becomes on Debian and its kin if root does not name one. */
const DEFAULT_USER = 'tcpdump'

/** Where not even the system's list of users has it: what Linux calls nobody. */
const NOBODY: User = { name: 'nobody', uid: 65_534, gid: 65_534 }

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
  const user = findUser(({ name }) => name === (asked ?? DEFAULT_USER))
  if (user === null && asked !== null) throw new Failure(`Couldn't find user '${asked.slice(0, 32)}'`)
  return user
}

/** The same for a live capture, where root's rights are never kept unasked: without the default user it is whoever
 *  called sudo, else nobody. Throws Failure. */
export function userForCapture(asked: string | null): User | null {
  const user = userToBecome(asked)
  if (user !== null || asked === 'root' || (process.getuid?.() !== 0 && process.geteuid?.() !== 0)) return user
  const caller = Number(process.env.SUDO_UID ?? 0)
  const isCaller = ({ uid }: User): boolean => uid === caller && uid > 0
  return findUser(isCaller) ?? findUser(({ name }) => name === 'nobody') ?? NOBODY
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

function findUser(isWanted: (user: User) => boolean): User | null {
  let lines: string[] = []
  try {
    lines = readFileSync('/etc/passwd', 'latin1').split('\n')
  } catch {
    return null
  }
  for (const line of lines) {
    const [name, , uid, gid] = line.split(':')
    if (!/^\d+$/.test(uid) || !/^\d+$/.test(gid)) continue
    const user = { name, uid: Number(uid), gid: Number(gid) }
    if (isWanted(user)) return user
  }
  return null
}
