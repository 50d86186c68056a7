import { readFileSync } from 'node:fs'
import { afterEach, expect, vi } from 'vitest'
import { itNeeds } from '../../../../tests/needs.ts'
import { userForCapture, userToBecome } from './privileges.ts'

const system = vi.hoisted(() => ({ users: '' }))
vi.mock('node:fs', () => ({ readFileSync: () => system.users }))

const NOBODY = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n'
const ANNE = 'anne:x:1000:1001:Anne:/home/anne:/bin/sh\n'
const TCPDUMP = 'tcpdump:x:102:105::/nonexistent:/usr/sbin/nologin\n'

afterEach(() => vi.unstubAllEnvs())

/** `sudo`: the number of the user who called it. */
function given(users: string, sudo: string | undefined): void {
  system.users = users
  vi.stubEnv('SUDO_UID', sudo)
}

itNeeds(['root'], 'root captures as tcpdump, else as the one who called sudo, else as nobody', () => {
  expect(readFileSync('/etc/passwd')).toBe('')
  given(NOBODY + ANNE + TCPDUMP, '1000')
  expect(userForCapture(null)).toEqual({ name: 'tcpdump', uid: 102, gid: 105 })
  expect(userForCapture('anne')).toEqual({ name: 'anne', uid: 1000, gid: 1001 })
  expect(userForCapture('root')).toBeNull()
  expect(() => userForCapture('bob')).toThrow("Couldn't find user 'bob'")
  given(NOBODY + ANNE, '1000')
  expect(userForCapture(null)).toEqual({ name: 'anne', uid: 1000, gid: 1001 })
  // Called by root itself, by one who is not there, with what is no number, not at all.
  for (const sudo of ['0', '1234', 'x', undefined]) {
    given(`root:x:0:0::/root:/bin/sh\n${NOBODY}`, sudo)
    expect(userForCapture(null)).toEqual({ name: 'nobody', uid: 65_534, gid: 65_534 })
  }
  given('', undefined)
  expect(userForCapture(null)).toMatchObject({ uid: 65_534, gid: 65_534 })
  // Reading a file gives nothing up for want of the default user.
  expect(userToBecome(null)).toBeNull()
})
